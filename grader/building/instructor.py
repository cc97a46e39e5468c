"""The instructor's notebook: a lesson's source, with every exercise in its place.

In the source ``solutions/NN_name/NN_name.py`` an exercise is a marker, an empty cell ``# %% exercise="id"``.
From it come three cells: the statement (heading, text and what is checked), the cell for the answer with the
solution in it, and the graded cell. Text in a Markdown cell of the same marker comes before the statement;
code in the marker's cell stands in place of the exercise's own. A cell ``# %% [markdown] author=true`` is a
note for authors, and is in no notebook. A cell with the marker ``by_hand`` is a question for a person to
grade. In the lesson's own text ``{{exercises}}``, ``{{points}}`` and ``{{minutes}}`` stand for the sums over
all that is asked, and ``{{by_hand}}`` for the points that a person gives, so that an introduction never says
yesterday's; what only a notebook can say stands in ``{{notebook: …}}`` (`grader.building.medium`). Comments
for tools are left out. Cell ids come from the exercise or the place: every build gives the same bytes.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import jupytext
import nbformat
from nbformat import NotebookNode

from grader import catalogue, own
from grader.building import by_hand
from grader.building.by_hand import ByHand
from grader.building.lesson import BuildError, Lesson
from grader.building.medium import Medium, words_for
from grader.building.pictures import attach
from grader.configure import DEMONSTRATION, LONG
from grader.exercise import Exercise, Function
from grader.exercise.comments import for_readers
from grader.exercise.solution import BEGIN, END

# A comment such as `# copy the rows` is no magic command that has lost its way: it stays a comment
PERCENT = {"extension": ".py", "format_name": "percent", "comment_magics": False}
_SUM = re.compile(r"\{\{(\w+)\}\}")
_BETWEEN_MARKS = re.compile(f"{BEGIN}.*?{END}", re.DOTALL)
MARKERS = {"author", "demonstration", "exercise", *by_hand.MARKERS, by_hand.FILE}
SPACING = {
    "lines_to_next_cell",
    "lines_to_end_of_cell_marker",
}  # what jupytext notes of a source's blank lines
GOES_ON = (
    "raises-exception"  # Jupyter's tag: where such a cell stops and waits for an answer, "Run All" goes on
)
TAGS = {  # by the marker `demonstration=`
    "None": (),
    "True": (DEMONSTRATION, GOES_ON),
    "long": (DEMONSTRATION, LONG, GOES_ON),
}
NOTEBOOK_METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def instructor_notebook(lesson: Lesson, medium: Medium = "notebook") -> NotebookNode:
    """The notebook with solutions, in nbgrader's format. For a page its code is the same, its words differ.

    Raises:
        BuildError: with the cell that is wrong.
    """
    changes = own.changes(lesson.name)
    asked = _Asked(lesson, changes)
    cells: list[NotebookNode] = []
    for source in jupytext.reads(lesson.source.read_text(encoding="utf-8"), fmt=PERCENT).cells:
        name = source.metadata.get("exercise")
        if _is_for_authors(source, lesson) or asked.leaves_out(name or source.metadata.get("by_hand")):
            continue
        if "by_hand" in source.metadata:
            cells += _question_and_words(*asked.by_hand(source))
        elif name is None:
            cells.append(_plain_cell(source, f"cell-{len(cells):03d}", lesson))
        elif source.cell_type == "markdown":
            cells.append(_statement(*asked.state(name), source.source))
        else:
            if name not in asked.stated:
                cells.append(_statement(*asked.state(name)))
            cells += _answer_and_check(asked.answer(name), source.source, lesson)
    asked.finish()
    for cell in cells:
        if cell.cell_type == "code":
            cell.source = for_readers(cell.source)
        else:
            cell.source = asked.words(cell.source, medium)
            attach(cell, lesson)
    cells = [cell for cell in cells if cell.cell_type == "code" or cell.source]
    notebook = nbformat.v4.new_notebook(cells=cells, metadata=NOTEBOOK_METADATA)
    nbformat.validate(notebook)
    return notebook


class _Asked:
    """Sees that each exercise of the lesson is stated once and answered once, and numbers them."""

    def __init__(self, lesson: Lesson, changes: own.Changes) -> None:
        self.lesson, self.changes = lesson, changes
        self.names = catalogue.ids().get(lesson.name, ())
        self.left_out: set[str] = set()
        self.stated: list[str] = []
        self.answered: list[str] = []
        self.worth: list[Exercise | ByHand] = []

    def leaves_out(self, name: str | None) -> bool:
        """Whether the instructor leaves an exercise out."""
        if name not in self.changes.leave_out:
            return False
        self.left_out.add(name)
        return True

    def state(self, name: str) -> tuple[Exercise, int, str]:
        """An exercise, its number, and what it is worth, in words."""
        exercise = self._find(name)
        if name in self.stated:
            raise self._error(f"states the exercise {name!r} twice")
        self.stated.append(name)
        self.worth.append(exercise)
        return exercise, len(self.worth), self._in_words(exercise)

    def by_hand(self, source: NotebookNode) -> tuple[ByHand, int, str]:
        """The same of a question that a person grades."""
        question = ByHand.read(source, self.lesson.shown(self.lesson.source))
        question = replace(question, points=self.changes.points.get(question.id, question.points))
        if question.id in {*self.names, *(one.id for one in self.worth)}:
            raise self._error(f"asks {question.id!r} twice")
        self.worth.append(question)
        return question, len(self.worth), self._in_words(question)

    def _in_words(self, asked: Exercise | ByHand) -> str:
        bonus = ", a bonus" if asked.id in self.changes.bonus else ""
        return f"{asked.points:g} point{'' if asked.points == 1 else 's'}{bonus}"

    def words(self, text: str, medium: Medium) -> str:
        """A text with its sums, as it is read in one medium."""
        try:
            return words_for(medium, _SUM.sub(self._sum, text))
        except ValueError as error:
            raise self._error(f"has {error}") from None

    def _sum(self, placeholder: re.Match[str]) -> str:
        """What stands for ``{{points}}`` in the lesson's text."""
        counted = [one for one in self.worth if one.id not in self.changes.bonus]
        sums = {
            "exercises": len(self.worth),
            "points": sum(one.points for one in counted),
            "by_hand": sum(one.points for one in counted if isinstance(one, ByHand)),
            "minutes": sum(one.minutes for one in self.worth),
        }
        if placeholder[1] not in sums:
            raise self._error(
                f"writes `{placeholder[0]}`; there are {', '.join(f'{{{{{n}}}}}' for n in sums)}"
            )
        return f"{sums[placeholder[1]]:g}"

    def answer(self, name: str) -> Exercise:
        exercise = self._find(name)
        if name in self.answered:
            raise self._error(f"asks the exercise {name!r} twice")
        self.answered.append(name)
        return exercise

    def finish(self) -> None:
        if missing := [name for name in self.names if name not in self.answered]:
            raise self._error(f'never asks {", ".join(missing)}: each needs a cell `# %% exercise="…"`')
        known = self.left_out | {one.id for one in self.worth}
        if unknown := sorted(
            (self.changes.leave_out | self.changes.points.keys() | self.changes.bonus) - known
        ):
            raise BuildError(f"{own.NAME}: {self.lesson.name} has no exercise {', '.join(unknown)}.")

    def _find(self, name: str) -> Exercise:
        if name not in self.names:
            raise self._error(
                f"asks the exercise {name!r}, and there is no grader/exercises/{self.lesson.name}/{name}.py"
            )
        try:
            return catalogue.find(name)
        except catalogue.BrokenExercise as error:
            raise BuildError(str(error)) from error

    def _error(self, what: str) -> BuildError:
        return BuildError(f"{self.lesson.shown(self.lesson.source)} {what}.")


def _is_for_authors(source: NotebookNode, lesson: Lesson) -> bool:
    """Whether a cell is a note that no student sees; a marker that nobody knows might have been meant so.

    Raises:
        BuildError: there is such a marker.
    """
    place, marked = lesson.shown(lesson.source), dict(source.metadata)
    unread = marked.pop("incorrectly_encoded_metadata", "")  # jupytext's word for it
    if "author" in unread or marked.get("author", True) is not True:
        raise BuildError(f"{place} marks a cell with `{unread or 'author'}`: write `author=true`.")
    if unknown := marked.keys() - MARKERS - SPACING:
        raise BuildError(f"{place} marks a cell with `{min(unknown)}`, and there is no such marker.")
    return "author" in marked


def _plain_cell(source: NotebookNode, id: str, lesson: Lesson) -> NotebookNode:
    marker = source.metadata.get("demonstration")
    unread = source.metadata.get("incorrectly_encoded_metadata", "")  # jupytext's word for it
    if str(marker) not in TAGS or "demonstration" in unread:
        raise BuildError(
            f"{lesson.shown(lesson.source)} marks a cell with `{unread or f'demonstration={marker}'}`: write "
            '`demonstration=true`, or `demonstration="long"` for one that takes more than two seconds.'
        )
    tags = [*TAGS[str(marker)]]
    metadata = {"tags": tags} if tags else {}
    return _cell(source.cell_type, source.source, id, metadata)


def _statement(exercise: Exercise | ByHand, number: int, worth: str, before: str = "") -> NotebookNode:
    """The heading of an exercise, what the lesson says before it, its own text, and what is checked."""
    dots = "●" * exercise.difficulty + "○" * (5 - exercise.difficulty)
    minutes = f"{exercise.minutes} minute{'' if exercise.minutes == 1 else 's'}"
    parts = [
        f"### Exercise {number} · {exercise.title}",
        f"difficulty {dots} · {minutes} · {worth}",
        before.strip(),
        exercise.statement,
        _checked(exercise),
    ]
    text = "\n\n".join(part for part in parts if part)
    return _cell(
        "markdown", text, f"{exercise.id}-statement", _nbgrader(f"{exercise.id}_statement", locked=True)
    )


def _checked(exercise: Exercise | ByHand) -> str:
    """What has to hold of code. (What a test has to reject is for the student to think of.)"""
    if not isinstance(exercise, Function) or len(exercise.parts) < 2:
        return ""
    return f"*What is checked:* {' · '.join(exercise.parts)}."


def _question_and_words(question: ByHand, number: int, worth: str) -> list[NotebookNode]:
    """The statement, and a cell for words, answer and graded cell in one: these nbgrader leaves to people."""
    words = _nbgrader(question.id, solution=True, grade=True, points=question.points)
    return [
        _statement(question, number, worth),
        _cell("markdown", question.solution, f"{question.id}-words", words),
    ]


def _answer_and_check(exercise: Exercise, given: str, lesson: Lesson) -> list[NotebookNode]:
    code = given.strip("\n") or exercise.solution
    if BEGIN not in code or code.count(BEGIN) != code.count(END):
        raise BuildError(
            f"{lesson.shown(lesson.source)}: the code that is given for {exercise.id!r} needs the lines "
            f"'{BEGIN}' and '{END}' around what the student is to write; or leave the cell empty."
        )
    try:
        compile(_BETWEEN_MARKS.sub("", code), exercise.id, "exec")
    except SyntaxError as error:
        raise BuildError(
            f"What a student gets for {exercise.id!r} is not Python ({error.msg}, line {error.lineno}): a "
            "function that is to be written whole needs a docstring."
        ) from error
    answer = _nbgrader(f"{exercise.id}_answer", solution=True)
    graded = _nbgrader(exercise.id, grade=True, locked=True, points=exercise.points)
    return [
        _cell("code", code, f"{exercise.id}-answer", answer),
        _cell("code", exercise.call, f"{exercise.id}-check", graded),
    ]


def _nbgrader(grade_id: str, **role: bool | float) -> dict[str, Any]:
    roles: dict[str, Any] = {"grade": False, "solution": False, "locked": False, "task": False, **role}
    return {"nbgrader": {"grade_id": grade_id, "schema_version": 3, **roles}}


def _cell(kind: str, source: str, id: str, metadata: dict[str, Any]) -> NotebookNode:
    make = nbformat.v4.new_markdown_cell if kind == "markdown" else nbformat.v4.new_code_cell
    return make(source=source, id=id.replace("_", "-")[:64], metadata=metadata)
