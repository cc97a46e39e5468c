"""Who is in a class, as far as the course's folder and its gradebook tell."""

from __future__ import annotations

import glob
import re
from pathlib import Path

from nbgrader.api import Gradebook, Student
from nbgrader.coursedir import CourseDirectory
from sqlalchemy import select


def classmates(directory: CourseDirectory) -> list[str]:
    """Everybody who has handed something in, or is in the gradebook, in order."""
    return sorted(_handed_in(directory) | _entered(directory))


def _handed_in(directory: CourseDirectory) -> set[str]:
    submitted = directory.submitted_directory
    shape = directory.format_path(submitted, "(?P<student>[^/]+)", "[^/]+", escape=True)
    anybody = directory.format_path(submitted, "*", "*").replace(
        directory.root, glob.escape(directory.root), 1
    )
    return {match["student"] for place in glob.glob(anybody) if (match := re.fullmatch(shape, place))}


def _entered(directory: CourseDirectory) -> set[str]:
    url = directory.db_url
    if url.startswith("sqlite:///") and not Path(url.removeprefix("sqlite:///")).is_file():
        return set()  # looking there would make an empty one
    with Gradebook(url, directory.course_id) as gradebook:
        return set(gradebook.db.execute(select(Student.id)).scalars())
