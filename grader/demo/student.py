"""A student of the demonstration, and the notebook that they hand in."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field

import nbformat
from nbformat import NotebookNode

from grader.exercise.solution import BEGIN, END


@dataclass(frozen=True)
class Student:
    """A submission: the notebook with solutions, some answers replaced or left out, then perhaps damaged."""

    name: str
    story: str
    answers: dict[str, str] = field(default_factory=dict)
    blank: bool = False
    unanswered: frozenset[str] = frozenset()
    damage: Callable[[NotebookNode], None] | None = None


def submission(student: Student, solved: NotebookNode, released: NotebookNode) -> NotebookNode:
    """The released notebook, as the student hands it in."""
    notebook = deepcopy(released)
    if student.blank:
        return notebook
    sources = {grade_id(cell): cell.source for cell in solved.cells}
    for cell in notebook.cells:
        name = grade_id(cell)
        exercise = name.removesuffix("_answer")
        if name != exercise and exercise not in student.unanswered:
            own = student.answers.get(exercise)
            cell.source = own.strip() if own else _without_marks(sources[name])
    if student.damage:
        student.damage(notebook)
    return notebook


def damage(notebook: NotebookNode, deleted: str, edited: str, statement: str) -> None:
    """Delete one graded cell, edit another and a statement, and add a cell of the student's own."""
    cells = notebook.cells
    cells[:] = [cell for cell in cells if grade_id(cell) != deleted]
    for cell in cells:
        if grade_id(cell) == edited:
            cell.source = "assert True  # it works on my machine"
        if grade_id(cell) == f"{statement}_statement":
            cell.source = "I deleted the question."
    cells.insert(3, nbformat.v4.new_code_cell("my_notes = 'what I want to remember'"))


def grade_id(cell: NotebookNode) -> str:
    """nbgrader's name of a cell; empty for a cell that is not nbgrader's."""
    return cell.metadata.get("nbgrader", {}).get("grade_id", "")


def _without_marks(source: str) -> str:
    return "\n".join(line for line in source.split("\n") if line.strip() not in (BEGIN, END))
