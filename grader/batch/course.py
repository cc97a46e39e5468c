"""The course as nbgrader's configuration describes it, and the submissions in it."""

from __future__ import annotations

import fnmatch
import glob
import hashlib
import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import parse_utc
from traitlets.config import Config

from grader.batch.result import plain
from grader.course_folder import CourseError, configuration


class UnreadableSubmission(Exception):
    """A submission that must not be, or cannot be, handed to a worker; the message is the reason."""


@dataclass(frozen=True)
class Course:
    """A course's root, and what ``nbgrader_config.py`` says of it."""

    config: Config
    directory: CourseDirectory

    @property
    def root(self) -> Path:
        return Path(self.directory.root)

    @property
    def db_url(self) -> str:
        return self.directory.db_url

    def folder(self, step: str, student: str, lesson: str) -> Path:
        """The folder of one student's work at one of nbgrader's steps."""
        return Path(self.directory.format_path(step, student, lesson))


def open_course(root: Path, db_url: str | None = None) -> Course:
    """The course in ``root``; ``db_url`` takes precedence over the configured gradebook.

    Raises:
        CourseError: there is none, or a worker would grade it outside of its own folder.
    """
    config = configuration(root.resolve())
    if db_url:
        config.CourseDirectory.db_url = db_url
    directory = CourseDirectory(config=config)
    if Path(directory.directory_structure).is_absolute():
        raise CourseError(
            "CourseDirectory.directory_structure is an absolute path, and workers grade in folders of their "
            "own: let it begin with {nbgrader_step}."
        )
    return Course(config, directory)


# -- submissions ------------------------------------------------------------------------------------------


def find_students(course: Course, lesson: str, patterns: list[str]) -> list[str]:
    """Those who handed the lesson in and whose names match one of the patterns, in order.

    Raises:
        CourseError: there are none.
    """
    directory = course.directory
    places = directory.format_path(directory.submitted_directory, "*", glob.escape(lesson))
    shape = directory.format_path(directory.submitted_directory, "(?P<student>.*)", lesson, escape=True)
    excluded = directory.student_id_exclude.split(",")
    found = {match["student"] for place in glob.glob(places) if (match := re.fullmatch(shape, place))}
    chosen = sorted(
        student
        for student in found - set(excluded)
        if any(fnmatch.fnmatchcase(student, pattern) for pattern in patterns or ["*"])
    )
    if not chosen:
        whose = f" of {', '.join(patterns)}" if patterns else ""
        raise CourseError(f"No submission{whose} to {lesson} was found: submissions are {places}.")
    return chosen


def read_submission(course: Course, student: str, lesson: str) -> dict[str, bytes]:
    """The files handed in, by their names below the submission's folder.

    A link is never followed, as it would put somebody else's work, or a file of the instructor's, into a
    student's hands. What nbgrader is configured to ignore is left out.

    Raises:
        UnreadableSubmission: the notebook is a link, or it is all too large.
    """
    directory = course.directory
    top = course.folder(directory.submitted_directory, student, lesson)
    room = directory.max_dir_size * 1000
    files: dict[str, bytes] = {}
    for place, folders, names in os.walk(top):
        folders[:] = sorted(name for name in folders if not _is_ignored(name, directory))
        for name in sorted(names):
            path = Path(place, name)
            if _is_ignored(name, directory):
                continue
            details = path.lstat()
            if not stat.S_ISREG(details.st_mode):
                if path.suffix == ".ipynb":
                    raise UnreadableSubmission(f"{plain(name)} is not a file of its own but a link or device")
                continue
            room -= details.st_size
            if room < 0:
                limit = f"{directory.max_dir_size / 1000:g} MB (CourseDirectory.max_dir_size)"
                raise UnreadableSubmission(f"what was handed in is larger than {limit}")
            files[path.relative_to(top).as_posix()] = path.read_bytes()
    _check_timestamp(files.get("timestamp.txt", b""))
    return files


def _check_timestamp(content: bytes) -> None:
    stamp = content.decode("utf-8", "replace").strip()
    try:
        parse_utc(stamp or None)
    except (ValueError, OverflowError):
        raise UnreadableSubmission(f"its timestamp.txt says {plain(stamp)!r}, which is no date") from None


def _is_ignored(name: str, directory: CourseDirectory) -> bool:
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in directory.ignore)


def digest(files: Mapping[str, bytes], more: str = "") -> str:
    """A fingerprint of names and contents."""
    whole = hashlib.sha256(more.encode())
    for name, content in sorted(files.items()):
        for part in (name.encode("utf-8", "surrogatepass"), content):
            whole.update(len(part).to_bytes(8, "big") + part)
    return whole.hexdigest()
