"""What a hostile submission is: an honest one, changed by a function, and what may come of it.

Every case begins with all exercises of a small lesson answered rightly. The *attacked* exercise then loses
its answer, and the case tries to get its points, or something else, in another way.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

ATTACKED = "attention"
NOTHING = """
def attention(q, k, v, mask=None):
    return torch.zeros(*q.shape[:-1], v.shape[-1])
"""


class Deserves(StrEnum):
    """What a submission is worth to an honest grader."""

    THE_REST = "the rest"  # the exercises that were not attacked, whose answers are right
    AT_MOST_THE_REST = "at most the rest"  # it may spoil its own right answers, and be not gradable
    ALL = "all"  # the answers are right, and what is odd about them costs nothing
    NOT_GRADABLE = "not gradable"  # there is no notebook to be read: no score, which is not a score of 0


@dataclass
class Handed:
    """What one student hands in: a notebook, files beside it, and links, all in one folder.

    ``raw`` stands in place of the notebook's own bytes. ``file`` is the notebook's name; None: no such file.
    """

    notebook: NotebookNode
    file: str | None
    files: dict[str, bytes] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    special: Callable[[Path], None] | None = None
    raw: bytes | None = None

    def cell(self, grade_id: str) -> NotebookNode:
        """The cell with this name."""
        return next(
            c for c in self.notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == grade_id
        )

    def answer(self, code: str, exercise: str = ATTACKED) -> None:
        """Write this as the answer to an exercise."""
        self.cell(f"{exercise}_answer").source = code.strip()

    def add(self, code: str, place: int = 1, kind: str = "code") -> NotebookNode:
        """A cell of the student's own; the lesson's imports are cell 0."""
        make: Any = getattr(nbformat.v4, f"new_{kind}_cell")
        cell = make(source=code.strip())
        self.notebook.cells.insert(place if place >= 0 else len(self.notebook.cells), cell)
        return cell

    def bytes(self) -> bytes:
        """The notebook's file."""
        if self.raw is not None:
            return self.raw
        return json.dumps(self.notebook, indent=1, ensure_ascii=False).encode("utf-8", "surrogatepass")

    def put(self, folder: Path) -> None:
        """Write it all to a new folder."""
        folder.mkdir(parents=True)
        if self.file is not None:
            (folder / self.file).write_bytes(self.bytes())
        for name, content in self.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        for name, target in self.links.items():
            (folder / name).symlink_to(target)
        if self.special is not None:
            self.special(folder)


@dataclass(frozen=True)
class Places:
    """Where the things are that a case is after; in its code ``{root}`` stands for the first, and so on."""

    root: str  # of the course: gradebook, secret, solutions, other submissions
    canary: str  # a file of the instructor's
    home: str
    port: int  # of 127.0.0.1, on which somebody listens
    socket: str  # the same as a file
    marker: str  # the name of files, and a word on the command line of processes, that must not stay

    def fill(self, text: str) -> str:
        for name, value in vars(self).items():
            text = text.replace(f"{{{name}}}", str(value))
        return text


@dataclass(frozen=True)
class Case:
    """One hostile or broken submission.

    Args:
        name: short, the student's name too.
        family: what kind of thing it tries.
        tries: that in one sentence.
        change: makes it of an honest submission, in which the attacked exercise has no answer.
        deserves: what it is worth.
        page: whether what comes of it has to be looked at as a page of feedback.
        plain: whether it can be let loose on plain nbgrader, even locked in; if not, the reason.
    """

    name: str
    family: str
    tries: str
    change: Callable[[Handed], None]
    deserves: Deserves = Deserves.THE_REST
    page: bool = False
    not_for_plain: str = ""

    def submission(self, honest: Handed, places: Places) -> Handed:
        """The submission, from an honest one, which stays as it is."""
        handed = deepcopy(honest)
        if self.deserves in (Deserves.THE_REST, Deserves.AT_MOST_THE_REST):
            handed.answer(NOTHING)
        self.change(handed)
        for cell in handed.notebook.cells:
            if isinstance(cell.source, str):
                cell.source = places.fill(cell.source)
        handed.files = {
            name: places.fill(content.decode("latin-1")).encode("latin-1")
            for name, content in handed.files.items()
        }
        handed.links = {name: places.fill(target) for name, target in handed.links.items()}
        return handed


class Family:
    """Collects the cases of one kind."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.cases: list[Case] = []

    def code(self, name: str, tries: str, code: str, answer: bool = True, **more: Any) -> None:
        """A case that is one piece of code: the attacked exercise's answer, or a cell near the beginning."""
        self.case(name, tries, lambda handed: handed.answer(code) if answer else _add(handed, code), **more)

    def case(self, name: str, tries: str, change: Callable[[Handed], None], **more: Any) -> None:
        self.cases.append(Case(name, self.title, tries, change, **more))


def _add(handed: Handed, code: str) -> None:
    handed.add(code)
