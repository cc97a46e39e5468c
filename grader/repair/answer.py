"""The text of one answer, from the cells that hold it: one as a rule, several after a copy or a split.

Everything the student wrote is kept, in the order in which it ran; only what is there twice to the letter,
or was never touched, is left out. The last definition counts, as it did in the student's notebook.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from grader.repair import code
from grader.repair.cells import Place, lines_of, squeeze

MOST_PARTS = 4  # cells after (or before) an answer that may be torn from it
MOST_LINES = 300  # of a text in which an answer is looked for


@dataclass(frozen=True)
class Answer:
    """What goes into the answer's own cell, and what runs before it in cells of its own."""

    text: str
    before: tuple[str, ...] = ()
    copies: int = 0  # pieces left out, as the others say the same


def gather(place: Place, pieces: Sequence[str]) -> Answer:
    """One answer from its pieces, in their order; there is at least one."""
    distinct = _distinct(place, pieces)
    copies = len(pieces) - len(distinct)
    if place.cell.cell_type != "code":
        return Answer("\n\n".join(distinct), copies=copies)
    text = join(place, distinct)
    if text is None:
        return Answer(distinct[-1], tuple(distinct[:-1]), copies)
    return Answer(text, copies=copies)


def join(place: Place, pieces: Sequence[str]) -> str | None:
    """The pieces as one cell's Python; None if they are none together."""
    if len(pieces) == 1:
        return pieces[0]
    if any(piece.lstrip().startswith("%%") for piece in pieces[1:]):
        return None  # what runs a whole cell must be its first line
    # A cell is split after a line, or in the middle of one.
    for between in ("", "\n") if _tears_a_line(place, pieces) else ("\n", ""):
        if code.parses(text := between.join(pieces)):
            return text
    return None


def _tears_a_line(place: Place, pieces: Sequence[str]) -> bool:
    """Whether a line of the lesson's own is there only if the pieces are put end to end."""
    whole = "".join(pieces)
    return any(line in whole and all(line not in p for p in pieces) for line in lines_of(place.source))


def torn_off(place: Place, text: str, neighbours: Sequence[str], is_after: bool) -> int:
    """How many of the neighbouring cells are the rest of an answer, which is Python only with them.

    Args:
        place: where the answer belongs.
        text: the answer as far as it is known.
        neighbours: the added cells on one side of it, the nearest first.
        is_after: whether that side is the one after it.
    """
    for number in range(1, min(len(neighbours), MOST_PARTS) + 1):
        some = neighbours[:number]
        pieces = [text, *some] if is_after else [*reversed(some), text]
        is_torn = _tears_a_line(place, pieces) or not all(code.parses(piece) for piece in pieces)
        if is_torn and join(place, pieces) is not None:
            return number
    return 0


def _distinct(place: Place, pieces: Sequence[str]) -> list[str]:
    """The pieces without copies of a later one, and without the cell as released if any is an answer."""
    last = {squeeze(piece): index for index, piece in enumerate(pieces)}
    kept = [piece for index, piece in enumerate(pieces) if last[squeeze(piece)] == index]
    touched = [piece for piece in kept if squeeze(piece) not in ("", squeeze(place.source))]
    return touched or kept[-1:]


def code_within(text: str, names: frozenset[str]) -> tuple[str, str] | None:
    """The longest run of lines at the end or beginning that is Python and names these; and the rest.

    What is left of an answer that was merged into a text which somebody had changed as well.
    """
    lines = text.split("\n")
    for length in range(len(lines), 0, -1) if len(lines) <= MOST_LINES else ():
        for part, rest in ((lines[-length:], lines[:-length]), (lines[:length], lines[length:])):
            candidate = "\n".join(part)
            if names & code.names(candidate) and code.parses(candidate):
                return candidate, "\n".join(rest)
    return None
