"""Which cell of the release each cell of a submission is, and which of them stand in the lesson's order.

By grade id, then by cell id where that does not count another release's cells, then by the same text, then by
the name that only one answer gives a value, then by likeness, then by being the beginning of a locked cell,
and at last by standing where only one is missing. Several cells of a submission may be the same cell of the
release: copies, or parts.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence

from grader.repair.cells import Cell, Place, Release, Role
from grader.repair.text import likeness, names, parses, squeeze, tokens

ALIKE = 0.6
SHORTEST = 8  # signs of a beginning that could not be anything else's
MOST_COMPARED = 3  # cells that are compared closely for one place


def match(cells: Sequence[Cell], release: Release) -> list[Place | None]:
    """For each cell its place in the release, or None for one that the student added."""
    counted_otherwise = _counted_otherwise(cells, release)
    found = [_by_name(cell, release, counted_otherwise) for cell in cells]
    _by_text(cells, release, found)
    _by_own_names(cells, release, found)
    _by_likeness(cells, release, found)
    _by_beginning(cells, release, found)
    _by_position(cells, release, found)
    return found


def in_order(places: Sequence[Place | None]) -> list[int]:
    """The most cells that stand in the order of the release, which are those that nobody moved."""
    tails: list[int] = []  # the smallest last place of an ordered run, by its length less one
    ends: list[int] = []  # and the cell there
    earlier: dict[int, int | None] = {}
    for index, place in enumerate(places):
        if place is None:
            continue
        length = bisect_right(tails, place.index)
        earlier[index] = ends[length - 1] if length else None
        tails[length : length + 1] = [place.index]
        ends[length : length + 1] = [index]
    run: list[int] = []
    step = ends[-1] if ends else None
    while step is not None:
        run.append(step)
        step = earlier[step]
    return run[::-1]


def _by_name(cell: Cell, release: Release, counted_otherwise: bool) -> Place | None:
    place = release.by_grade_id.get(cell.grade_id or "")
    if place is None:
        place = release.by_id.get(cell.id or "")
        if place is not None and counted_otherwise and place.role is Role.PLAIN:
            return place if likeness(cell.source, place.source) >= ALIKE else None
    return place


def _counted_otherwise(cells: Sequence[Cell], release: Release) -> bool:
    """Whether ids are those of another release: where an exercise comes or goes, the cells behind it move up.

    Ids of cells without a grade id count cells. Then one has the id of a place whose text another cell has,
    while its own text stands elsewhere in the lesson.
    """
    ids = {squeeze(cell.source): cell.id for cell in cells}
    for cell in cells:
        place = release.by_id.get(cell.id or "")
        if place is None or place.role is not Role.PLAIN or cell.grade_id:
            continue
        own, its = squeeze(cell.source), squeeze(place.source)
        if own != its and own in release.by_text and ids.get(its, cell.id) != cell.id:
            return True
    return False


def _free(release: Release, found: Sequence[Place | None]) -> list[Place]:
    taken = {place.index for place in found if place is not None}
    return [place for place in release.places if place.index not in taken]


def _by_text(cells: Sequence[Cell], release: Release, found: list[Place | None]) -> None:
    free = {place.index for place in _free(release, found)}
    for index, cell in enumerate(cells):
        if found[index] is None:
            for place in release.by_text.get(squeeze(cell.source), ()):
                if place.index in free:
                    free.remove(place.index)
                    found[index] = place
                    break


def _by_own_names(cells: Sequence[Cell], release: Release, found: list[Place | None]) -> None:
    for place in _free(release, found):
        if place.own_names:
            named = [
                index
                for index, cell in enumerate(cells)
                if found[index] is None and names(cell.source) & place.own_names
            ]
            # Text that says these names in passing is no answer: rather a code cell, then the most alike.
            best = max(
                named,
                key=lambda i: (cells[i].kind == "code", likeness(cells[i].source, place.source)),
                default=None,
            )
            if best is not None:
                found[best] = place


def _by_likeness(cells: Sequence[Cell], release: Release, found: list[Place | None]) -> None:
    loose = [index for index, place in enumerate(found) if place is None]
    words = {index: Counter(tokens(cells[index].source)) for index in loose}
    sizes = {index: words[index].total() for index in loose}
    pairs = []
    for place in _free(release, found):
        own = Counter(tokens(place.source))
        total = own.total()
        bounds = (
            (2 * (own & words[i]).total() / (total + sizes[i]), i) for i in loose if total + sizes[i]
        )  # no order of the words could make them more alike
        for bound, index in sorted(bounds, reverse=True)[:MOST_COMPARED]:
            if bound >= ALIKE and (ratio := likeness(cells[index].source, place.source)) >= ALIKE:
                pairs.append((ratio, -abs(index - place.index), index, place))
    taken: set[int] = set()
    for _, _, index, place in sorted(pairs, key=lambda pair: pair[:3], reverse=True):
        if found[index] is None and place.index not in taken:
            found[index] = place
            taken.add(place.index)


def _by_beginning(cells: Sequence[Cell], release: Release, found: list[Place | None]) -> None:
    """What is left of a locked code cell that was cut short: no Python, and the beginning of one missing."""
    cut = [i for i, cell in enumerate(cells) if found[i] is None and not parses(cell.source)]
    for index in cut:
        text = squeeze(cells[index].source)
        begun = [
            place
            for place in _free(release, found)
            if place.role is Role.LOCKED and squeeze(place.source).startswith(text)
        ]
        if len(text) >= SHORTEST and len(begun) == 1:
            found[index] = begun[0]


def _by_position(cells: Sequence[Cell], release: Release, found: list[Place | None]) -> None:
    """An answer of which nothing is left but its place: between what is before it and what is after it."""
    for place in _free(release, found):
        if place.role is not Role.ANSWER:
            continue
        before = [i for i, other in enumerate(found) if other is not None and other.index == place.index - 1]
        after = [i for i, other in enumerate(found) if other is not None and other.index == place.index + 1]
        if not before or not after:
            continue
        between = [i for i in range(before[-1] + 1, after[0]) if found[i] is None]
        code_cells = [i for i in between if cells[i].kind == "code"] or between
        if code_cells:
            best = max(code_cells, key=lambda i: likeness(cells[i].source, place.source))
            found[best] = place
