"""Building the lessons: percent-format source → instructor notebook → nbgrader's release → ``lessons/``."""

from __future__ import annotations

import logging
import shutil
import tempfile
from collections.abc import Collection, Iterator
from pathlib import Path

import nbformat

from grader.building import since
from grader.building.instructor import instructor_notebook
from grader.building.lesson import BuildError, Lesson, find_lessons
from grader.configure import SOURCES, configure

GRADEBOOK = "gradebook.db"


def build_lessons(root: Path, check: bool = False, drop: Collection[str] = ()) -> Iterator[str]:
    """Build every lesson; yield a line about each: what was written, and where.

    With ``check`` nothing is written and a difference is an error. A lesson that somebody has worked in is
    never overwritten. Graded cells that are gone from one that was handed in need to be named in ``drop``.

    Raises:
        BuildError: a source is wrong, or a lesson has drifted (``check``).
    """
    lessons = find_lessons(root)
    drifted = []
    with tempfile.TemporaryDirectory() as scratch:
        yield from release_all(lessons, Path(scratch), None if check else root / GRADEBOOK, drop)
        for lesson in lessons:
            built = Lesson(Path(scratch), lesson.name)
            if not check:
                yield f"{lesson.name}: {_write(built, lesson)}"
            elif not _same(built.released, lesson.released) or any(
                not _same(file, lesson.released.with_name(file.name)) for file in lesson.files
            ):
                drifted.append(lesson.name)
    if drifted:
        raise BuildError(
            f"lessons/ is not what solutions/ builds ({', '.join(drifted)}): "
            "run `grader build` and commit the result."
        )
    if check:
        yield f"{len(lessons)} lessons are what solutions/ builds."


def _write(built: Lesson, lesson: Lesson) -> str:
    """Put a lesson's two notebooks, and the files that belong to it, in their places, and say so."""
    shutil.copyfile(built.instructor, lesson.instructor)
    for file in lesson.files:
        lesson.released.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, lesson.released.with_name(file.name))
    place, solved = lesson.shown(lesson.released), lesson.shown(lesson.instructor)
    if _same(built.released, lesson.released):
        done = f"up to date, {place}"
    elif _is_worked_in(lesson.released):
        return (
            f"left alone, as somebody has worked in {place}; move it away to build. With solutions: {solved}"
        )
    else:
        lesson.released.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(built.released, lesson.released)
        done = f"built → {place}"
    cells = nbformat.read(built.released, as_version=4).cells
    graded = sum(cell.metadata.get("nbgrader", {}).get("grade", False) for cell in cells)
    return f"{done} ({len(cells)} cells, {graded} exercises); with solutions: {solved}"


def _same(one: Path, other: Path) -> bool:
    return other.exists() and one.read_bytes() == other.read_bytes()


def _is_worked_in(released: Path) -> bool:
    """Whether a notebook has been run, or an answer in it differs from the one it was released with."""
    from nbgrader.utils import compute_checksum, is_solution  # nbgrader is slow to load

    if not released.exists():
        return False
    try:
        cells = nbformat.read(released, as_version=4).cells
    except (ValueError, nbformat.reader.NotJSONError):
        return False  # what is not a notebook holds no work
    answers = [cell for cell in cells if is_solution(cell)]
    return any(cell.get("outputs") or cell.get("execution_count") for cell in cells) or any(
        cell.metadata.nbgrader.get("checksum") != compute_checksum(cell) for cell in answers
    )


def release_all(
    lessons: list[Lesson], scratch: Path, gradebook: Path | None, drop: Collection[str] = ()
) -> list[str]:
    """Make instructor notebooks and nbgrader's release of each lesson below ``scratch``.

    With a ``gradebook`` the assignments are entered there, as ``nbgrader generate_assignment`` does; a line
    about each that has been handed in already and has other exercises now.
    """
    from nbgrader.apps import NbGraderAPI  # nbgrader is slow to load
    from traitlets.config import Config

    said, notebooks = list[str](), {lesson.name: instructor_notebook(lesson) for lesson in lessons}
    for lesson in lessons:
        target = scratch / SOURCES / lesson.name / lesson.instructor.name
        target.parent.mkdir(parents=True)
        nbformat.write(notebooks[lesson.name], target)
        if gradebook:
            said += since.fit(gradebook, lesson.name, notebooks[lesson.name], drop)
    config = configure(Config())
    config.CourseDirectory.root = str(scratch)
    if gradebook is None:
        config.GenerateAssignment.no_database = True
        config.SaveCells.enabled = False
    else:
        config.CourseDirectory.db_url = f"sqlite:///{gradebook}"
    api = NbGraderAPI(config=config)
    api.log.setLevel(logging.ERROR)
    for lesson in lessons:
        result = api.generate_assignment(lesson.name)
        if not result["success"]:
            raise BuildError(
                f"nbgrader cannot release {lesson.name}: {result.get('error') or result.get('log')}"
            )
    return said
