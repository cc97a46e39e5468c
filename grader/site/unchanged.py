"""Pages of lessons that need not be made anew: neither the lesson nor what makes a page of it has changed.

To make one takes seconds, for the judge is asked about every choice of every quiz; to see that nothing has
changed takes a tenth of one.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from grader import own
from grader.building.executed import KEPT, environment
from grader.building.lesson import Lesson

MAKERS = ("course", "grader")  # the folders whose files have a say in every page


class Unchanged:
    """The pages of the last build.

    Args:
        kept: the folder where they are kept; they count as long as their files lie in the site, too.
    """

    def __init__(self, root: Path, kept: Path) -> None:
        self.root, self.kept = root, kept
        files = (file for name in MAKERS for file in sorted((root / name).rglob("*")) if _counts(file))
        self._all = _digest([*files, root / own.NAME, root / "pyproject.toml"]) + json.dumps(environment())

    def page(self, lesson: Lesson, files: Path, make: Callable[[], NotebookNode]) -> NotebookNode:
        """A lesson's page: as it was, or made, which writes into the folder of its files."""
        file = self.kept / f"{lesson.name}.json"
        if file.is_file() and files.is_dir():
            before = json.loads(file.read_text(encoding="utf-8"))
            if before["key"] == self._key(lesson):
                return nbformat.reads(before["page"], as_version=4)
        shutil.rmtree(files, ignore_errors=True)
        page = make()
        told = {"key": self._key(lesson), "page": nbformat.writes(page)}  # its run may be a new one, too
        self.kept.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(told), encoding="utf-8")
        return page

    def _key(self, lesson: Lesson) -> str:
        run = self.root / KEPT / f"{lesson.name}.json"
        return self._all + _digest([lesson.source, lesson.released, *lesson.files, run])


def _counts(file: Path) -> bool:
    return file.is_file() and "__pycache__" not in file.parts


def _digest(files: Iterable[Path]) -> str:
    """Of the names and contents of files; one that is not there counts by its name."""
    found = hashlib.sha256()
    for file in files:
        found.update(f"\0{file.name}\0".encode() + (file.read_bytes() if file.is_file() else b""))
    return found.hexdigest()
