"""A lesson that changes after somebody has handed it in: its cells in the gradebook, fitted to the new ones.

nbgrader refuses to enter such a lesson when a cell has come or gone. A cell that has come is entered here,
with a grade that nobody has given yet for each submission; one that has gone takes grades with it, so it goes
only when that is asked for, and a copy of the gradebook stays.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbformat import NotebookNode

from grader.building.lesson import BuildError

if TYPE_CHECKING:
    from nbgrader.api import Gradebook, Notebook

DROP = (
    "{lesson} has been handed in by {count}, and {gone} {has} gone from it: the grades for {it} would go, "
    "too. Put {it} back, or give `grader build --drop {first}`, which keeps a copy of the gradebook."
)


def fit(gradebook: Path, lesson: str, notebook: NotebookNode, drop: Collection[str]) -> list[str]:
    """Make the gradebook's cells of a lesson those of ``notebook``; a line about each change, for people.

    Does nothing where nobody has handed the lesson in: then nbgrader enters it anew.

    Args:
        drop: the graded cells that may go, with their grades.

    Raises:
        BuildError: a graded cell has gone that may not.
    """
    from nbgrader.api import Gradebook, MissingEntry

    if not gradebook.is_file():
        return []
    with Gradebook(f"sqlite:///{gradebook}") as book:
        try:
            known = book.find_notebook(lesson, lesson)
        except MissingEntry:
            return []
        if not known.submissions:
            return []
        wanted, there = _kinds(notebook), _kinds_there(known)
        gone = sorted(there["grade_cell"].keys() - wanted["grade_cell"].keys())
        if kept := [name for name in gone if name not in drop]:
            raise BuildError(_refusal(lesson, len(known.submissions), kept))
        if is_entered(notebook, known):
            return []
        said = []
        if gone:
            copy = gradebook.with_name(f"{gradebook.stem}_before_{datetime.now():%Y-%m-%d_%H-%M-%S}.db")
            shutil.copyfile(gradebook, copy)
            said.append(
                f"{lesson}: {', '.join(gone)} dropped, with grades; the gradebook before: {copy.name}"
            )
        for kind, cells in there.items():
            for name in cells.keys() - wanted[kind].keys():
                _remove(book, cells[name])
        for kind, new in wanted.items():
            for name in new.keys() - there[kind].keys():
                _add(book, known, kind, name, new[name])
        if come := sorted(wanted["grade_cell"].keys() - there["grade_cell"].keys()):
            said.append(f"{lesson}: {', '.join(come)} added, for {len(known.submissions)} who have handed in")
        book.db.commit()
        return said


def is_entered(notebook: NotebookNode, known: Notebook) -> bool:
    """Whether the gradebook knows this notebook by the names of its cells, each of its kind, and no other."""
    wanted, there = _kinds(notebook), _kinds_there(known)
    return all(wanted[kind].keys() == there[kind].keys() for kind in wanted)


def _kinds(notebook: NotebookNode) -> dict[str, dict[str, dict[str, Any]]]:
    """What nbgrader enters of a notebook's cells: by kind and name."""
    from nbgrader import utils

    kinds: dict[str, dict[str, dict[str, Any]]] = {"grade_cell": {}, "solution_cell": {}, "source_cell": {}}
    for cell in notebook.cells:
        said = cell.metadata.get("nbgrader", {})
        if utils.is_grade(cell):
            worth = {"max_score": float(said["points"]), "cell_type": cell.cell_type}
            kinds["grade_cell"][said["grade_id"]] = worth
        if utils.is_solution(cell):
            kinds["solution_cell"][said["grade_id"]] = {}
        if utils.is_grade(cell) or utils.is_solution(cell) or utils.is_locked(cell):
            kinds["source_cell"][said["grade_id"]] = {"cell_type": cell.cell_type, "source": cell.source}
    return kinds


def _kinds_there(notebook: Notebook) -> dict[str, dict[str, Any]]:
    kinds = ("grade_cell", "solution_cell", "source_cell")
    return {kind: {cell.name: cell for cell in getattr(notebook, f"{kind}s")} for kind in kinds}


def _remove(book: Gradebook, cell: Any) -> None:
    """A cell, and the grades and comments on it."""
    for entry in (*getattr(cell, "grades", ()), *getattr(cell, "comments", ())):
        book.db.delete(entry)
    book.db.delete(cell)


def _add(book: Gradebook, notebook: Notebook, kind: str, name: str, about: dict[str, Any]) -> None:
    """A cell, and for each submission a grade or a comment that nobody has given yet."""
    from nbgrader.api import Comment, Grade

    add = getattr(book, f"add_{kind}")
    cell = add(name, notebook.name, notebook.assignment.name, **about)
    about_it = [kept for kept, on in ((Grade, "grade_cell"), (Comment, "solution_cell")) if on == kind]
    for submission in notebook.submissions:
        book.db.add_all(entry(cell_id=cell.id, notebook=submission) for entry in about_it)


def _refusal(lesson: str, count: int, gone: list[str]) -> str:
    one = len(gone) == 1
    return DROP.format(
        lesson=lesson,
        count=f"{count} student{'' if count == 1 else 's'}",
        gone=", ".join(gone),
        has="has" if one else "have",
        it="it" if one else "them",
        first=" --drop ".join(gone),
    )
