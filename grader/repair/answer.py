"""The text of one answer, from the cells that hold it: one as a rule, several after a copy or a split.

Everything the student wrote is kept, in the order in which it ran; only what is there twice to the letter,
or was never touched, is left out. The last definition counts, as it did in the student's notebook.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grader.repair.cells import Cell, Place, Release, Role
from grader.repair.text import lines_of, parses, squeeze

MOST_PARTS = 4  # cells after (or before) a cell that may be torn from it


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
    text = join(distinct, lines_of(place.source))
    if text is None:
        return Answer(distinct[-1], tuple(distinct[:-1]), copies)
    return Answer(text, copies=copies)


def _distinct(place: Place, pieces: Sequence[str]) -> list[str]:
    """The pieces without copies of a later one, and without the cell as released if any is an answer."""
    last = {squeeze(piece): index for index, piece in enumerate(pieces)}
    kept = [piece for index, piece in enumerate(pieces) if last[squeeze(piece)] == index]
    touched = [piece for piece in kept if squeeze(piece) not in ("", squeeze(place.source))]
    return touched or kept[-1:]


# -- what was one cell ------------------------------------------------------------------------------------


def join(pieces: Sequence[str], own: frozenset[str] = frozenset()) -> str | None:
    """The pieces as one cell's Python; None if they are none together.

    Args:
        pieces: texts of cells, in their order.
        own: lines that the lesson had put into the cell.
    """
    if len(pieces) == 1:
        return pieces[0]
    if any(piece.lstrip().startswith("%%") for piece in pieces[1:]):
        return None  # what runs a whole cell must be its first line
    # A cell is split after a line, or in the middle of one.
    for between in ("", "\n") if _tears_a_line(pieces, own) else ("\n", ""):
        if parses(text := between.join(pieces)):
            return text
    return None


def torn_off(
    text: str, neighbours: Sequence[str], own: frozenset[str] = frozenset(), is_after: bool = True
) -> int:
    """How many of the neighbouring cells are the rest of a cell, which is Python only with them.

    Args:
        text: the cell as far as it is known.
        neighbours: the added cells on one side of it, the nearest first.
        own: lines that the lesson had put into the cell.
        is_after: whether that side is the one after it.
    """
    for number in range(1, min(len(neighbours), MOST_PARTS) + 1):
        some = neighbours[:number]
        pieces = [text, *some] if is_after else [*reversed(some), text]
        is_torn = _tears_a_line(pieces, own) or not all(parses(piece) for piece in pieces)
        if is_torn and join(pieces, own) is not None:
            return number
    return 0


def _tears_a_line(pieces: Sequence[str], own: frozenset[str]) -> bool:
    """Whether a line of the lesson's own is there only if the pieces are put end to end."""
    whole = "".join(pieces)
    return any(line in whole and all(line not in piece for piece in pieces) for line in own)


def torn_answers(
    release: Release,
    cells: Sequence[Cell],
    places: Sequence[Place | None],
    held: Mapping[int, Sequence[int]],
) -> dict[int, list[int]]:
    """Added cells that are the rest of an answer, by its place; an answer is torn to one side."""
    torn: dict[int, list[int]] = {}
    for place in release.places:
        indices = held.get(place.index)
        if place.role is not Role.ANSWER or place.cell.cell_type != "code" or not indices:
            continue
        text = gather(place, [cells[i].source for i in indices]).text
        after = code_beside(cells, places, indices[-1])
        before = code_beside(cells, places, indices[0], step=-1)
        for beside, is_after in ((after, True), (before, False)):
            sources = [cells[i].source for i in beside]
            if number := torn_off(text, sources, lines_of(place.source), is_after):
                torn[place.index] = beside[:number]
                break
    return torn


def code_beside(
    cells: Sequence[Cell], places: Sequence[Place | None], index: int, step: int = 1
) -> list[int]:
    """The added code cells right after a cell, or right before it with a step of -1; the nearest first."""
    beside = []
    index += step
    while 0 <= index < len(cells) and places[index] is None and cells[index].kind == "code":
        beside.append(index)
        index += step
    return beside
