"""Which cells of a submission stand in the lesson's order, and which answers were torn."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence

from grader.repair.answer import gather, torn_off
from grader.repair.cells import Cell, Place, Release, Role


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


def torn_answers(
    release: Release,
    cells: Sequence[Cell],
    places: Sequence[Place | None],
    held: Mapping[int, Sequence[int]],
) -> dict[int, list[int]]:
    """Added cells that are the rest of an answer, by its place; an answer is torn to one side."""
    torn: dict[int, list[int]] = {}
    for place in release.places:
        own = held.get(place.index)
        if place.role is not Role.ANSWER or place.cell.cell_type != "code" or not own:
            continue
        text = gather(place, [cells[i].source for i in own]).text
        after = _loose(cells, places, range(own[-1] + 1, len(cells)))
        before = _loose(cells, places, range(own[0] - 1, -1, -1))
        for beside, is_after in ((after, True), (before, False)):
            sources = [cells[i].source for i in beside]
            if number := torn_off(place, text, sources, is_after=is_after):
                torn[place.index] = beside[:number]
                break
    return torn


def _loose(cells: Sequence[Cell], places: Sequence[Place | None], indices: range) -> list[int]:
    """The added code cells at the beginning of a range."""
    loose = []
    for index in indices:
        if places[index] is not None or cells[index].kind != "code":
            break
        loose.append(index)
    return loose
