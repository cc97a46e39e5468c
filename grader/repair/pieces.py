"""Cells of the lesson that were split are put together again, and those merged into another are cut out.

Both go by the lesson's own text, which is known to the letter; what a student wrote is never looked for. A
cell of the lesson that stands in the submission as it is needs neither.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from grader.repair.cells import Cell, Place, Release, Role
from grader.repair.text import names as names_in
from grader.repair.text import parses, squeeze

MOST_PARTS = 5  # into which a cell was split


def put_together(cells: Sequence[Cell], release: Release) -> tuple[list[Cell], list[str]]:
    """Neighbours that together are a cell of the lesson become that cell; and its name."""
    joined: list[Cell] = []
    names: list[str] = []
    squeezed = [squeeze(cell.source) for cell in cells]
    missing = _missing(squeezed, release)
    index = 0
    while index < len(cells):
        place, parts = _split_from(squeezed, index, missing)
        if place is None:
            joined.append(cells[index])
        else:
            joined.append(_as_released(place))
            names.append(place.name)
            del missing[squeeze(place.source)]
        index += parts
    return joined, names


def _split_from(squeezed: list[str], start: int, missing: dict[str, Place]) -> tuple[Place | None, int]:
    """The missing cell that begins in ``start``, and into how many parts it is split."""
    together = squeezed[start]
    for end in range(start + 1, min(start + MOST_PARTS, len(squeezed))):
        if not squeezed[end] or not any(text.startswith(together) for text in missing if together):
            break
        together += squeezed[end]
        if together in missing:
            return missing[together], end + 1 - start
    return None, 1


def cut_out(cells: Sequence[Cell], release: Release) -> tuple[list[Cell], list[str]]:
    """Cells with the text of a missing cell of the lesson among their lines are cut there; and its name."""
    cut: list[Cell] = []
    names: list[str] = []
    missing = _missing([squeeze(cell.source) for cell in cells], release)
    wanted = sorted(missing.values(), key=lambda place: -len(place.source))
    for cell in cells:
        lines = cell.source.split("\n")
        bare = [line.rstrip() for line in lines]
        held = set(bare)
        spans: dict[int, tuple[int, Place]] = {}
        for place in wanted:
            sought = [line.rstrip() for line in place.source.strip("\n").split("\n")]
            if held.issuperset(sought):
                start = _find(bare, sought, spans)
                if start is not None:
                    spans[start] = start + len(sought), place
        wanted = [place for place in wanted if not any(place is found for _, found in spans.values())]
        names += [place.name for _, place in spans.values()]
        cut += _cut(cell, lines, spans, release) if spans else [cell]
    return cut, names


def _find(lines: list[str], sought: list[str], taken: dict[int, tuple[int, Place]]) -> int | None:
    """Where the sought lines stand among those that are not taken; None if nowhere."""
    for start, line in enumerate(lines):
        end = start + len(sought)
        if line != sought[0] or lines[start:end] != sought:
            continue
        if all(end <= begin or other_end <= start for begin, (other_end, _) in taken.items()):
            return start
    return None


def _cut(cell: Cell, lines: list[str], spans: dict[int, tuple[int, Place]], release: Release) -> list[Cell]:
    parts: list[Cell] = []
    position = 0
    for start in [*sorted(spans), len(lines)]:
        if text := "\n".join(lines[position:start]).strip("\n"):
            parts.append(_remainder(cell, text, release, is_first=position == 0))
        if start in spans:
            position, place = spans[start]
            parts.append(_as_released(place))
    return parts


def _remainder(cell: Cell, text: str, release: Release, is_first: bool) -> Cell:
    """What stood before, between or after; it keeps the cell's names where it can be what they say."""
    if cell.kind == "code":
        kind = "code" if parses(text) else "markdown"
    else:
        kind = "code" if parses(text) and names_in(text) else cell.kind
    place = release.by_grade_id.get(cell.grade_id or "")
    fits = place is not None and place.role is Role.ANSWER and names_in(text) & place.own_names
    if fits:
        return replace(cell, source=text, kind="code", id=None, attachments={})
    keeps = is_first and (place is None or place.role is Role.ANSWER)
    if keeps:
        return replace(cell, source=text, kind=cell.kind)
    return Cell(kind=kind, source=text)


def _missing(squeezed: list[str], release: Release) -> dict[str, Place]:
    """Cells of the lesson, answers left out, whose text is no cell of the submission; by that text."""
    present = set(squeezed)
    return {
        text: place
        for text, places in release.by_text.items()
        for place in places[:1]
        if text and text not in present and place.role is not Role.ANSWER
    }


def _as_released(place: Place) -> Cell:
    return Cell(
        kind=place.cell.cell_type,
        source=place.source,
        id=place.cell.id,
        grade_id=place.grade_id,
        marks=place.marks,
    )
