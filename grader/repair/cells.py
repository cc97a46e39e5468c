"""A submission's cells, stripped to what may be believed, and the release's cells with their roles."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import Any

from nbformat import NotebookNode, from_dict
from nbgrader.utils import compute_checksum

from grader.demonstrations import is_demonstration
from grader.repair.text import lines_of, names, squeeze

MARKS = ("grade", "solution", "locked", "task", "points")  # what nbgrader's metadata says of a cell


@dataclass(frozen=True)
class Cell:
    """One cell of a submission: text, and what it says of itself. Outputs are left behind."""

    kind: str  # code, markdown or raw
    source: str
    id: str | None = None
    grade_id: str | None = None
    marks: Mapping[str, Any] = field(default_factory=dict)
    attachments: Mapping[str, Any] = field(default_factory=dict)
    checksum: str | None = None  # nbgrader's, of the cell as it was released

    @cached_property
    def is_untouched(self) -> bool:
        """Whether it stands as it was released to the student, in this or an earlier version of the lesson.

        Whoever forges that is told that the lesson has changed, and gets the lesson's own cell all the same.
        """
        said = {"nbgrader": {**self.marks, "grade_id": self.grade_id}}
        cell = from_dict({"cell_type": self.kind, "source": self.source, "metadata": said})
        try:
            return self.checksum == compute_checksum(cell)
        except (KeyError, TypeError, ValueError, AttributeError):  # marks that are none of nbgrader's
            return False


class Role(Enum):
    LOCKED = "locked"  # nbgrader's, not for the student to change: statements and graded cells
    ANSWER = "answer"  # nbgrader's, for the student to write
    PLAIN = "plain"  # the rest of the lesson: text, imports, demonstrations; the student may change it


@dataclass(frozen=True)
class Place:
    """One cell of the release, which is where a cell of the submission may belong."""

    index: int
    cell: NotebookNode
    role: Role
    own_names: frozenset[str] = frozenset()  # what only this answer gives a value

    @property
    def source(self) -> str:
        return self.cell.source

    @property
    def grade_id(self) -> str | None:
        return self.cell.metadata.get("nbgrader", {}).get("grade_id")

    @property
    def name(self) -> str:
        """What people call it."""
        return self.grade_id or self.cell.id

    @property
    def is_demonstration(self) -> bool:
        return is_demonstration(self.cell)

    @property
    def marks(self) -> dict[str, Any]:
        said = self.cell.metadata.get("nbgrader", {})
        return {mark: said[mark] for mark in MARKS if mark in said}


class Release:
    """The released notebook, by place, by grade id and by cell id."""

    def __init__(self, notebook: NotebookNode) -> None:
        self.notebook = notebook
        bound = [names(cell.source) if cell.cell_type == "code" else frozenset() for cell in notebook.cells]
        often = Counter(name for some in bound for name in some)
        once = frozenset(name for name, times in often.items() if times == 1)
        roles = [_role(cell) for cell in notebook.cells]
        self.places = [
            Place(index, cell, role, some & once if role is Role.ANSWER else frozenset())
            for index, (cell, role, some) in enumerate(zip(notebook.cells, roles, bound))
        ]
        self.by_grade_id = {place.grade_id: place for place in self.places if place.grade_id}
        self.by_id = {place.cell.id: place for place in self.places}

    @cached_property
    def by_text(self) -> dict[str, list[Place]]:
        """Places by their text without any white space; a text may stand in several."""
        found: dict[str, list[Place]] = {}
        for place in self.places:
            found.setdefault(squeeze(place.source), []).append(place)
        return found

    @cached_property
    def demonstrations(self) -> list[tuple[Place, frozenset[str]]]:
        """Each with its lines."""
        return [(place, lines_of(place.source)) for place in self.places if place.is_demonstration]


def _role(cell: NotebookNode) -> Role:
    said = cell.metadata.get("nbgrader", {})
    if said.get("solution") or said.get("task"):
        return Role.ANSWER
    return Role.LOCKED if said.get("grade") or said.get("locked") else Role.PLAIN
