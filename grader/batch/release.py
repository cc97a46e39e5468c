"""What a worker gets to know of the course: one lesson's cells and settings, and of the class the names.

Taken once at the start of a run. It travels to every worker, on other machines too, so that none needs the
gradebook, the course's folder or a shared disk.
"""

from __future__ import annotations

import importlib.metadata
import json
import pickle
import tempfile
import zlib
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from nbgrader.api import (
    Assignment,
    Base,
    BaseCell,
    Gradebook,
    GradeCell,
    MissingEntry,
    Notebook,
    SolutionCell,
    SourceCell,
    TaskCell,
)
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import find_all_files
from sqlalchemy import create_engine, insert, select
from traitlets.config import Config

from grader.batch.course import Course, digest
from grader.building.since import is_entered
from grader.course_folder import CourseError
from grader.intake.classmates import classmates
from grader.intake.roster import partners
from grader.questions.personal import course_secret

PACKAGES = ("grader", "course")  # whose code decides on scores


@dataclass(frozen=True)
class Release:
    """One lesson, ready to be graded anywhere.

    ``gradebook`` is a compressed SQLite gradebook with the lesson's cells and no student; ``released`` is the
    lesson as students got it; ``files`` is what the instructor puts beside the notebooks; ``classmates`` are
    the names of everybody, ``partners`` who hands in with whom; ``fingerprint`` changes
    with whatever may change everybody's scores.
    """

    lesson: str
    config: Config
    gradebook: bytes
    released: dict[str, bytes]
    files: dict[str, bytes]
    secret: str
    classmates: list[str]
    partners: dict[str, list[str]]
    fingerprint: str


def take_release(course: Course, lesson: str) -> Release:
    """Take what grading ``lesson`` needs from the course.

    Raises:
        CourseError: the gradebook does not know the lesson, or knows another release of it, or the
            configuration cannot leave this process.
    """
    directory = course.directory
    released = _files(directory, directory.release_directory, lesson)
    _refuse_another_release(course, lesson, released)
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch, "gradebook.db")
        rows = _copy_lesson(course, lesson, f"sqlite:///{copy}")
        gradebook = zlib.compress(copy.read_bytes())
    files = _files(directory, directory.source_directory, lesson)
    files = {name: content for name, content in files.items() if not name.endswith(".ipynb")}
    config = deepcopy(course.config)
    for private in ("root", "db_url", "student_id", "assignment_id"):
        config.CourseDirectory.pop(private, None)
    try:
        pickle.dumps(config)
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        raise CourseError(
            "nbgrader_config.py holds something that cannot be handed to a worker "
            f'({error}): name functions and classes as "module.name".'
        ) from None
    secret = course_secret(course.root)
    known = {"rows": rows, "config": config, "secret": secret, "code": code_fingerprint()}
    fingerprint = digest(files, digest(released, json.dumps(known, sort_keys=True, default=repr)))
    everybody = classmates(directory)  # no part of the fingerprint: who joins does not regrade the others
    together = partners(course.root)
    return Release(lesson, config, gradebook, released, files, secret, everybody, together, fingerprint)


def _refuse_another_release(course: Course, lesson: str, released: dict[str, bytes]) -> None:
    """nbgrader would end on each submission with the name of a cell that one of the two does not know."""
    with Gradebook(course.db_url, course.directory.course_id) as book:
        for notebook in _assignment(book, lesson).notebooks:
            content = released.get(f"{notebook.name}.ipynb")
            if content and not is_entered(nbformat.reads(content.decode(), as_version=4), notebook):
                raise CourseError(
                    f"The gradebook was built from another release of {notebook.name} than the one in "
                    f"{course.directory.release_directory}/: run `grader build`, then autograde again."
                )


def _assignment(book: Gradebook, lesson: str) -> Assignment:
    try:
        return book.find_assignment(lesson)
    except MissingEntry:
        raise CourseError(
            f"The gradebook holds no lesson {lesson}: run `grader build` or "
            f"`nbgrader generate_assignment {lesson}` first."
        ) from None


def _files(directory: CourseDirectory, step: str, lesson: str) -> dict[str, bytes]:
    """The instructor's files of a lesson at one of nbgrader's steps, as nbgrader finds them."""
    folder = Path(directory.format_path(step, ".", lesson))
    found = [Path(path) for path in find_all_files(str(folder), directory.ignore)]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def code_fingerprint() -> str:
    """Changes with the code that grades: ours, and the version of what it builds on."""
    files: dict[str, bytes] = {}
    for package in PACKAGES:
        top = Path(__file__).parents[2] / package
        files |= {f"{package}/{path.relative_to(top)}": path.read_bytes() for path in top.rglob("*.py")}
    versions = [importlib.metadata.version(name) for name in ("nbgrader", "torch", "numpy")]
    return digest(files, json.dumps(versions))


def _copy_lesson(course: Course, lesson: str, target: str) -> list[Any]:
    """Copy one lesson's rows to a new gradebook; return them with names in place of ids."""
    engine = create_engine(target)
    Base.metadata.create_all(engine)  # otherwise nbgrader would start alembic, which takes seconds
    engine.dispose()
    with (
        Gradebook(course.db_url, course.directory.course_id) as ours,
        Gradebook(target, course.directory.course_id) as copy,
    ):
        assignment = _assignment(ours, lesson)
        names = {assignment.id: lesson, **{notebook.id: notebook.name for notebook in assignment.notebooks}}
        cells = select(BaseCell.__table__).where(BaseCell.__table__.c.notebook_id.in_(names))
        names |= {row.id: f"{names[row.notebook_id]}/{row.name}" for row in ours.db.execute(cells)}
        told = []
        for model, key in (
            (Assignment, "id"),
            (Notebook, "assignment_id"),
            (BaseCell, "notebook_id"),
            (GradeCell, "id"),
            (SolutionCell, "id"),
            (TaskCell, "id"),
            (SourceCell, "notebook_id"),
        ):
            table = model.__table__
            found = ours.db.execute(select(table).where(table.c[key].in_(names))).mappings()
            rows = [dict(row) for row in found]
            if rows:
                copy.db.execute(insert(table), rows)
            told += [[table.name, *_named(row, names)] for row in rows]
        copy.db.commit()
    return sorted(told, key=repr)


def _named(row: dict[str, Any], names: dict[str, str]) -> list[str]:
    """A row's values with names for ids; ids that nobody refers to are left out."""
    kept = {key: names.get(value, value) for key, value in row.items() if key != "id" or value in names}
    return [f"{key}={value!r}" for key, value in sorted(kept.items())]
