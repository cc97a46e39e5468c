"""Building the lessons: percent-format source → instructor notebook → nbgrader's release → ``lessons/``.

The source ``solutions/NN_name/NN_name.py`` says which exercise a cell belongs to (``exercise="attention"``)
and nothing else about it. Everything that can be derived is added here: headings and numbers, quiz options,
nbgrader's metadata, and the graded cell. Cell ids come from the exercise or the place, so that every build
gives the same bytes.
"""

from __future__ import annotations

import logging
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jupytext
import nbformat
from nbformat import NotebookNode

from grader import catalogue
from grader.configure import DEMONSTRATION, RELEASES, SOURCES, configure
from grader.exercise import Exercise

GRADEBOOK = "gradebook.db"
NOTEBOOK_METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"


class BuildError(Exception):
    """A lesson cannot be built; the message says what to change where."""


@dataclass(frozen=True)
class Lesson:
    """One lesson's files below the root of the course."""

    root: Path
    name: str

    @property
    def source(self) -> Path:
        return self.root / SOURCES / self.name / f"{self.name}.py"

    @property
    def instructor(self) -> Path:
        return self.source.with_suffix(".ipynb")

    @property
    def released(self) -> Path:
        return self.root / RELEASES / self.name / f"{self.name}.ipynb"


def find_lessons(root: Path) -> list[Lesson]:
    """The lessons that have a source, in order.

    Raises:
        BuildError: there is none, so this is not the root of a course.
    """
    found = [Lesson(root, folder.name) for folder in sorted((root / SOURCES).glob("[0-9]*"))]
    found = [lesson for lesson in found if lesson.source.is_file()]
    if not found:
        raise BuildError(f"There are no lessons in {root / SOURCES}: run this in the root of the course.")
    return found


def build_lessons(root: Path, check: bool = False) -> Iterator[str]:
    """Build every lesson; yield a line about each.

    With ``check`` nothing is written and a difference is an error. A lesson that somebody has worked in is
    never overwritten.

    Raises:
        BuildError: a source is wrong, or a lesson has drifted (``check``).
    """
    lessons = find_lessons(root)
    gradebook = None if check else root / GRADEBOOK
    drifted = []
    with tempfile.TemporaryDirectory() as scratch:
        release_all(lessons, Path(scratch), gradebook)
        for lesson in lessons:
            built = (Path(scratch) / RELEASES / lesson.name / lesson.released.name).read_bytes()
            present = lesson.released.read_bytes() if lesson.released.exists() else None
            if check:
                drifted += [] if built == present else [lesson.name]
                continue
            shutil.copyfile(Path(scratch) / SOURCES / lesson.name / lesson.instructor.name, lesson.instructor)
            if built == present:
                yield f"{lesson.name}: up to date"
            elif _is_worked_in(lesson.released):
                place = lesson.released.relative_to(root)
                yield f"{lesson.name}: left alone, as somebody has worked in {place}; move it away to build"
            else:
                lesson.released.parent.mkdir(parents=True, exist_ok=True)
                lesson.released.write_bytes(built)
                yield f"{lesson.name}: built"
    if drifted:
        raise BuildError(
            f"lessons/ is not what solutions/ builds ({', '.join(drifted)}): "
            "run `grader build` and commit the result."
        )
    if check:
        yield f"{len(lessons)} lessons are what solutions/ builds."


def _is_worked_in(released: Path) -> bool:
    """Whether a notebook has been run, or an answer in it differs from the one it was released with."""
    from nbgrader.utils import compute_checksum, is_solution  # nbgrader is slow to load

    if not released.exists():
        return False
    try:
        cells = nbformat.read(released, as_version=4).cells
    except (ValueError, nbformat.reader.NotJSONError):
        return False  # what is not a notebook holds no work
    answers = [cell for cell in cells if is_solution(cell)]
    return any(cell.get("outputs") or cell.get("execution_count") for cell in cells) or any(
        cell.metadata.nbgrader.get("checksum") != compute_checksum(cell) for cell in answers
    )


def release_all(lessons: list[Lesson], scratch: Path, gradebook: Path | None) -> None:
    """Make instructor notebooks and nbgrader's release of each lesson below ``scratch``.

    With a ``gradebook`` the assignments are entered there, as ``nbgrader generate_assignment`` does.
    """
    from nbgrader.apps import NbGraderAPI  # nbgrader is slow to load
    from traitlets.config import Config

    for lesson in lessons:
        target = scratch / SOURCES / lesson.name / lesson.instructor.name
        target.parent.mkdir(parents=True)
        nbformat.write(instructor_notebook(lesson), target)
    config = configure(Config())
    config.CourseDirectory.root = str(scratch)
    if gradebook is None:
        config.GenerateAssignment.no_database = True
        config.SaveCells.enabled = False
    else:
        config.CourseDirectory.db_url = f"sqlite:///{gradebook}"
    api = NbGraderAPI(config=config)
    api.log.setLevel(logging.ERROR)
    for lesson in lessons:
        result = api.generate_assignment(lesson.name)
        if not result["success"]:
            raise BuildError(
                f"nbgrader cannot release {lesson.name}: {result.get('error') or result.get('log')}"
            )


# -- the instructor's notebook --------------------------------------------------------------------------


def instructor_notebook(lesson: Lesson) -> NotebookNode:
    """The notebook with solutions, in nbgrader's format.

    Raises:
        BuildError: with the cell that is wrong.
    """
    text = lesson.source.read_text(encoding="utf-8")
    exercises = {exercise.id: exercise for exercise in catalogue.lessons().get(lesson.name, ())}
    order = _Order(lesson, exercises)
    cells: list[NotebookNode] = []
    for source in jupytext.reads(text, fmt="py:percent").cells:
        name = source.metadata.get("exercise")
        if name is None:
            cells.append(_plain_cell(source, f"cell-{len(cells):03d}"))
        elif source.cell_type == "markdown":
            cells.append(_statement(source, *order.state(name)))
        else:
            cells += _answer_and_check(source, order.answer(name), lesson)
    order.finish()
    notebook = nbformat.v4.new_notebook(cells=cells, metadata=NOTEBOOK_METADATA)
    nbformat.validate(notebook)
    return notebook


class _Order:
    """Sees that each exercise is stated once and answered once, and numbers them."""

    def __init__(self, lesson: Lesson, exercises: dict[str, Exercise]) -> None:
        self.lesson, self.exercises = lesson, exercises
        self.stated: list[str] = []
        self.answered: list[str] = []

    def state(self, name: str) -> tuple[Exercise, int]:
        exercise = self._find(name)
        if name in self.stated:
            raise self._error(f"states the exercise {name!r} twice")
        self.stated.append(name)
        return exercise, len(self.stated)

    def answer(self, name: str) -> Exercise:
        exercise = self._find(name)
        if name not in self.stated or name in self.answered:
            raise self._error(f"must state the exercise {name!r} once, then answer it once")
        self.answered.append(name)
        return exercise

    def finish(self) -> None:
        if missing := [name for name in self.exercises if name not in self.answered]:
            raise self._error(f"never asks the exercises {', '.join(missing)}")

    def _find(self, name: str) -> Exercise:
        if name not in self.exercises:
            raise self._error(
                f"asks the exercise {name!r}, which no file in grader/exercises gives this lesson"
            )
        return self.exercises[name]

    def _error(self, what: str) -> BuildError:
        return BuildError(f"{self.lesson.source.relative_to(self.lesson.root)} {what}.")


def _plain_cell(source: NotebookNode, id: str) -> NotebookNode:
    metadata = {"tags": [DEMONSTRATION]} if source.metadata.get("demonstration") else {}
    return _cell(source.cell_type, source.source, id, metadata)


def _statement(source: NotebookNode, exercise: Exercise, number: int) -> NotebookNode:
    """The heading of an exercise, the author's text, and what the exercise itself has to say."""
    dots = "●" * exercise.difficulty + "○" * (5 - exercise.difficulty)
    worth = f"{exercise.points:g} point{'' if exercise.points == 1 else 's'}"
    minutes = f"{exercise.minutes} minute{'' if exercise.minutes == 1 else 's'}"
    parts = [
        f"### Exercise {number} · {exercise.title}",
        f"difficulty {dots} · {minutes} · {worth}",
        source.source.strip(),
        exercise.statement(),
    ]
    text = "\n\n".join(part for part in parts if part)
    return _cell(
        "markdown", text, f"{exercise.id}-statement", _nbgrader(f"{exercise.id}_statement", locked=True)
    )


def _answer_and_check(source: NotebookNode, exercise: Exercise, lesson: Lesson) -> list[NotebookNode]:
    if source.source.count(BEGIN) != 1 or source.source.count(END) != 1:
        raise BuildError(
            f"{lesson.source.relative_to(lesson.root)}: the answer to {exercise.id!r} needs one "
            f"'{BEGIN}' and one '{END}'."
        )
    answer = _nbgrader(f"{exercise.id}_answer", solution=True)
    graded = _nbgrader(exercise.id, grade=True, locked=True, points=exercise.points)
    return [
        _cell("code", source.source, f"{exercise.id}-answer", answer),
        _cell("code", exercise.call, f"{exercise.id}-check", graded),
    ]


def _nbgrader(grade_id: str, **role: bool | float) -> dict[str, Any]:
    roles: dict[str, Any] = {"grade": False, "solution": False, "locked": False, "task": False, **role}
    return {"nbgrader": {"grade_id": grade_id, "schema_version": 3, **roles}}


def _cell(kind: str, source: str, id: str, metadata: dict[str, Any]) -> NotebookNode:
    make = nbformat.v4.new_markdown_cell if kind == "markdown" else nbformat.v4.new_code_cell
    return make(source=source, id=id.replace("_", "-")[:64], metadata=metadata)
