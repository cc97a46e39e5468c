"""A reader's folder: their passed answers as plain Python, one file each, and the points that they have.

It lies beside the lessons (``COURSE_ANSWERS`` names another place), so it outlives kernels and newer lessons,
and can be read, copied and carried on. Nothing in it is secret or proves anything: no score comes from here.
"""

from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path

from course.whole_files import replacing

FOLDER, POINTS = "my_answers", "points.json"
VARIABLE = "COURSE_ANSWERS"
LESSONS = Path(__file__).resolve().parents[1] / "exercises"  # a folder a lesson, by its name
HEADING = "# Your answer `{0}`, which passed its check on {1}: what `mine.{0}` is in later lessons.\n\n"


def folder() -> Path:
    """Where a reader's answers are: beside the folder of the lesson that this process works in."""
    if place := os.environ.get(VARIABLE):
        return Path(place)
    here = Path.cwd()
    is_lesson = here.name[:1].isdecimal() and (LESSONS / here.name).is_dir()
    return (here.parent if is_lesson else here) / FOLDER


def file_of(lesson: str, name: str) -> Path:
    """The file in which an answer is kept, if it is."""
    return folder() / lesson / f"{name}.py"


def shown(file: Path) -> str:
    """A file as it is said: from the folder on."""
    return file.relative_to(folder().parent).as_posix()


def day(file: Path) -> str:
    """The day on which an answer was kept: ``2026-11-29``."""
    return date.fromtimestamp(file.stat().st_mtime).isoformat()


def keep(lesson: str, name: str, text: str) -> bool | None:
    """Keep an answer. Whether it took the place of another one; None where it is the same as before.

    Raises:
        OSError: it cannot be written there.
    """
    file = file_of(lesson, name)
    before = file.read_text(encoding="utf-8") if file.is_file() else None
    if before is not None and before.partition("\n\n")[2] == text:
        return None
    with replacing(file) as growing:
        growing.write_text(HEADING.format(name, date.today().isoformat()) + text, encoding="utf-8")
    return before is not None


def points() -> dict[str, float]:
    """The most points that each exercise has had, by its name; none where the file cannot be read."""
    try:
        found = json.loads((folder() / POINTS).read_text(encoding="utf-8"))
        return {str(name): float(score) for name, score in found.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def note(name: str, score: float) -> None:
    """Note the points of an exercise, if they are more than it has had.

    Raises:
        OSError: they cannot be written there.
    """
    known = points()
    if score > known.get(name, 0.0):
        known[name] = score
        with replacing(folder() / POINTS) as growing:
            growing.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n", encoding="utf-8")
