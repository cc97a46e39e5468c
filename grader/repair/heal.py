"""A submission healed: the released notebook with the student's work in it, and what was mended."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import nbformat
from nbformat import NotebookNode

from grader.repair import code
from grader.repair.assemble import Assembly
from grader.repair.cells import Cell, Place, Release, Role, squeeze
from grader.repair.errors import NotGradable
from grader.repair.match import match
from grader.repair.pieces import cut_out, put_together
from grader.repair.reading import AGAIN, Reading, read
from grader.repair.report import listed

ENOUGH = 0.1  # of the lesson's own cells; a notebook with fewer is another lesson's


@dataclass(frozen=True)
class Healed:
    """A notebook that can be graded, and a sentence for each thing that had to be mended."""

    notebook: NotebookNode
    mended: tuple[str, ...]


def heal(submission: Mapping[str, Any] | bytes, release: NotebookNode) -> Healed:
    """Heal a submission against the notebook that was released; neither is changed.

    Args:
        submission: the bytes of the file that was handed in, or a notebook.
        release: the lesson as it was released, in nbformat 4 with cell ids.

    Raises:
        NotGradable: not even healing makes a submission of it; the message says why and what to do.
    """
    reading = read(submission)
    model = Release(release)
    cells, split = put_together(reading.cells, model)
    cells, merged = cut_out(cells, model)
    places = match(cells, model)
    _refuse_hopeless(reading, model, _held(cells, places))
    assembly = Assembly(model, cells, places)
    notebook = nbformat.v4.new_notebook(cells=assembly.nodes(), metadata=deepcopy(release.metadata))
    mended = [*reading.mended]
    if reading.whole and reading.kernel != release.metadata.get("kernelspec", {}).get("name"):
        mended.append("The notebook asked for another kernel; the lesson's own was used.")
    if split:
        mended.append(f"Cells that had been split were put together: {listed(split)}.")
    if merged:
        mended.append(f"Cells that had been merged with others were taken apart: {listed(merged)}.")
    nbformat.validate(notebook)
    return Healed(notebook, (*mended, *assembly.mended))


@dataclass(frozen=True)
class Likeness:
    """How much of a lesson a notebook holds, to tell which of several files is the submission."""

    exercises: float  # the share of the lesson's own cells that it has
    answered: int  # answers that are not as they were released


def likeness(submission: bytes, release: NotebookNode) -> Likeness:
    """Compare a file with a lesson.

    Raises:
        NotGradable: the file is no notebook.
    """
    model = Release(release)
    cells, _ = put_together(read(submission).cells, model)
    cells, _ = cut_out(cells, model)
    places = match(cells, model)
    held = _held(cells, places)
    total = sum(place.role is not Role.PLAIN for place in model.places)
    answered = {
        place.index for cell, place in zip(cells, places) if place is not None and _is_answered(cell, place)
    }
    return Likeness(len(held) / max(1, total), len(answered))


def _is_answered(cell: Cell, place: Place) -> bool:
    return place.role is Role.ANSWER and cell.source.strip() not in ("", place.source.strip())


def _held(cells: list[Cell], places: list[Place | None]) -> set[int]:
    """The lesson's own cells that a notebook surely holds; to be like one, or in its place, is not enough."""
    return {
        place.index
        for cell, place in zip(cells, places)
        if place is not None
        and place.role is not Role.PLAIN
        and (
            cell.grade_id == place.grade_id
            or cell.id == place.cell.id
            or squeeze(cell.source) == squeeze(place.source)
            or (place.own_names and place.own_names <= code.names(cell.source))
        )
    }


def _refuse_hopeless(reading: Reading, release: Release, held: set[int]) -> None:
    exercises = [place for place in release.places if place.role is not Role.PLAIN]
    if reading.whole and len(held) < ENOUGH * len(exercises):
        raise NotGradable(
            "Next to nothing in the notebook belongs to this lesson's exercises: hand in the notebook "
            "that you worked in."
        )
    answers = [place for place in exercises if place.role is Role.ANSWER]
    lost = [place for place in answers if place.index not in held]
    if not reading.whole and lost:
        raise NotGradable(
            f"The file breaks off, and {len(lost)} of {len(answers)} answers are not in what is left of it: "
            f"{AGAIN}."
        )
