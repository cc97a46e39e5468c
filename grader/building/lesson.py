"""Where a lesson's files stand."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from grader import own
from grader.configure import NOT_RELEASED, RELEASES, SOURCES

NAME = re.compile(r"\w[\w.-]*")
ASKS = re.compile(r'^# %% \[markdown\](?=.*\bby_hand=).*\bfile="([^"]*)"', re.MULTILINE)
LEFT_BEHIND = ("*.ipynb", *NOT_RELEASED)


class BuildError(Exception):
    """A lesson cannot be built; the message says what to change where."""


@dataclass(frozen=True)
class Lesson:
    """One lesson's files below the root of the course."""

    root: Path
    name: str

    @property
    def source(self) -> Path:
        """The course's own, or the instructor's (`grader.own`)."""
        return own.changes(self.name).source or self.root / SOURCES / self.name / f"{self.name}.py"

    @property
    def instructor(self) -> Path:
        return self.root / SOURCES / self.name / f"{self.name}.ipynb"

    @property
    def files(self) -> list[Path]:
        """Pictures and data that lie beside the lesson's source and travel with it."""
        beside = sorted(self.instructor.parent.iterdir()) if self.instructor.parent.is_dir() else []
        return [f for f in beside if f.is_file() and not any(map(f.match, LEFT_BEHIND))]

    @property
    def asked_for(self) -> tuple[str, ...]:
        """The files that are handed in beside the notebook; none where the source is not here."""
        return tuple(ASKS.findall(self.source.read_text(encoding="utf-8"))) if self.source.is_file() else ()

    @property
    def released(self) -> Path:
        return self.root / RELEASES / self.name / f"{self.name}.ipynb"

    def shown(self, path: Path) -> str:
        """A path as it is said: from the root of the course."""
        return str(path.relative_to(self.root) if path.is_relative_to(self.root) else path)


def find_lessons(root: Path) -> list[Lesson]:
    """The lessons that have a source, in order.

    Raises:
        BuildError: there is none, so this is not the root of a course.
    """
    found = [Lesson(root, folder.name) for folder in sorted((root / SOURCES).glob("[0-9]*"))]
    found = [lesson for lesson in found if lesson.source.is_file()]
    for lesson in found:
        if not NAME.fullmatch(lesson.name):
            raise BuildError(
                f"{SOURCES}/{lesson.name} cannot be a lesson's name: take letters, digits, _, - and dots."
            )
    if not found:
        raise BuildError(f"There are no lessons in {root / SOURCES}: run this in the root of the course.")
    return found
