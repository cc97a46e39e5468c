"""A submission healed: the released notebook with the student's work in it, and what was mended."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import nbformat
from nbformat import NotebookNode

from grader.questions.record import METADATA
from grader.repair.assemble import assemble
from grader.repair.cells import Cell, Place, Release, Role
from grader.repair.match import match
from grader.repair.pieces import cut_out, put_together
from grader.repair.reading import AGAIN, NotGradable, Reading, read
from grader.repair.report import listed
from grader.repair.text import names, squeeze

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
    found = _compare(submission, release)
    _refuse_hopeless(found)
    nodes, put_right = assemble(found.release, found.cells, found.places)
    notebook = nbformat.v4.new_notebook(cells=nodes, metadata=deepcopy(release.metadata))
    reading = found.reading
    if reading.records:  # outputs are cleared before the judge comes
        notebook.metadata[METADATA] = [record.to_json() for record in reading.records]
    nbformat.validate(notebook)
    mended = [*reading.mended]
    if reading.whole and reading.kernel != release.metadata.get("kernelspec", {}).get("name"):
        mended.append("The notebook asked for another kernel; the lesson's own was used.")
    if found.split:
        mended.append(f"Cells that had been split were put together: {listed(found.split)}.")
    if found.merged:
        mended.append(f"Cells that had been merged with others were taken apart: {listed(found.merged)}.")
    return Healed(notebook, (*mended, *put_right))


@dataclass(frozen=True)
class Overlap:
    """How much of a lesson a notebook holds, to tell which of several files is the submission."""

    exercises: float  # the share of the lesson's own cells that it has
    answered: int  # answers that are not as they were released
    whole: bool  # False: the file breaks off, and may have held more


def overlap(submission: bytes, release: NotebookNode) -> Overlap:
    """Compare a file with a lesson.

    Raises:
        NotGradable: the file is no notebook.
    """
    found = _compare(submission, release)
    answered = {
        place.index
        for cell, place in found.pairs
        if place.role is Role.ANSWER and squeeze(cell.source) not in ("", squeeze(place.source))
    }
    return Overlap(len(found.held) / max(1, len(found.exercises)), len(answered), found.reading.whole)


# -- comparing --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Compared:
    """A submission's cells beside the release's."""

    reading: Reading
    release: Release
    cells: list[Cell]
    places: list[Place | None]  # of each cell
    split: list[str]  # names of cells that were put together
    merged: list[str]  # and of those that were taken apart

    @property
    def pairs(self) -> list[tuple[Cell, Place]]:
        return [(cell, place) for cell, place in zip(self.cells, self.places) if place is not None]

    @property
    def exercises(self) -> list[Place]:
        """The cells of the lesson that are nbgrader's."""
        return [place for place in self.release.places if place.role is not Role.PLAIN]

    @property
    def held(self) -> set[int]:
        """Which of them the notebook surely holds; to be like one, or in its place, is not enough."""
        return {
            place.index
            for cell, place in self.pairs
            if place.role is not Role.PLAIN
            and (
                cell.grade_id == place.grade_id
                or cell.id == place.cell.id
                or squeeze(cell.source) == squeeze(place.source)
                or (place.own_names and place.own_names <= names(cell.source))
            )
        }


def _compare(submission: Mapping[str, Any] | bytes, notebook: NotebookNode) -> _Compared:
    reading, release = read(submission), Release(notebook)
    cells, split = put_together(reading.cells, release)
    cells, merged = cut_out(cells, release)
    return _Compared(reading, release, cells, match(cells, release), split, merged)


def _refuse_hopeless(found: _Compared) -> None:
    held = found.held
    if found.reading.whole and len(held) < ENOUGH * len(found.exercises):
        raise NotGradable(
            "Next to nothing in the notebook belongs to this lesson's exercises: hand in the notebook "
            "that you worked in."
        )
    answers = [place for place in found.exercises if place.role is Role.ANSWER]
    lost = [place for place in answers if place.index not in held]
    if not found.reading.whole and lost:
        raise NotGradable(
            f"The file breaks off, and {len(lost)} of {len(answers)} answers are not in what is left of it: "
            f"{AGAIN}."
        )
