"""Grading one submission with nbgrader's own converter, in a course that holds nothing else.

The converter reads a gradebook and writes to it as it goes. Here that is a private SQLite file with the
lesson's cells and nobody in it. The steps that enter scores are left to the writer, who has the real one:
all that they need is in the graded notebook.
"""

from __future__ import annotations

import logging
import shutil
import tempfile
import time
import zlib
from collections.abc import Iterable
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock

import nbformat
from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbgrader import api, utils
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory
from sqlalchemy import Engine, create_engine, event
from traitlets.config import Config

from grader.batch import steps
from grader.batch.release import Release
from grader.batch.result import Result, Status, not_gradable, plain
from grader.verdict import MIME as VERDICT
from grader.verdict import Status as Judged

GRADEBOOK = "gradebook.db"


def grade(release: Release, student: str, files: dict[str, bytes], scratch: Path) -> Result:
    """Grade one submission below ``scratch``. Whatever goes wrong is in the result and raises nothing."""
    started = time.perf_counter()
    place = Path(tempfile.mkdtemp(dir=scratch))
    try:
        result = _grade(release, student, files, place)
    except Exception as error:
        result = not_gradable(student, f"{type(error).__name__}: {error}")
    finally:
        shutil.rmtree(place, ignore_errors=True)
    seconds = time.perf_counter() - started
    return Result(student, result.status, result.reason, result.files, seconds)


def _grade(release: Release, student: str, files: dict[str, bytes], root: Path) -> Result:
    (root.parent / GRADEBOOK).write_bytes(zlib.decompress(release.gradebook))
    config = _configure(release, root)
    directory = CourseDirectory(config=config)
    for step, whose, what in (
        (directory.release_directory, ".", release.released),
        (directory.source_directory, ".", release.files),
        (directory.submitted_directory, student, files),
    ):
        _put(Path(directory.format_path(step, whose, release.lesson)), what)
    log = _Log()
    converter = _Autograde(student, coursedir=directory, config=config, log=log.logger)
    try:
        with mock.patch.object(api, "create_engine", _engine):
            converter.start()
    except Exception as error:
        return not_gradable(student, log.reason() or str(error))
    kept = set(converter.exclude_overwriting.get(release.lesson, ()))
    beside = files | {name: content for name, content in release.files.items() if name not in kept}
    beside = {name: content for name, content in beside.items() if not name.endswith(".ipynb")}
    trouble = first_trouble(converter.graded.values())
    status = Status.STUDENT_ERROR if trouble else Status.GRADED
    return Result(student, status, trouble, beside | converter.graded)


class _Autograde(Autograde):
    """nbgrader's converter, which also keeps what it writes.

    What the folder holds after the notebook has run is the notebook's doing: a link to somebody else's work,
    another time of submission, a graded notebook written by hand. None of it is read back.
    """

    def __init__(self, student: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.student = student
        self.graded: dict[str, bytes] = {}

    def init_notebooks(self) -> None:
        """The one submission there is. nbgrader would look for it with a glob, which a name may upset."""
        source = self._format_source(self.coursedir.assignment_id, self.student)
        found = sorted(str(path) for path in Path(source).glob("*.ipynb"))
        if not found:
            raise FileNotFoundError("no notebook was handed in")
        self.assignments = {source: found}

    def write_single_notebook(self, output: str, resources: ResourcesDict) -> None:
        super().write_single_notebook(output, resources)
        self.graded[f"{resources['unique_key']}.ipynb"] = output.encode()


@cache
def _engine(url: str, **options: Any) -> Engine:
    """The private gradebook's engine. nbgrader opens it nine times a submission, and a new engine would know
    no query yet; SQLite need not see to it that anything survives a loss of power."""
    engine = create_engine(url, **options)
    event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous = OFF"))
    return engine


def _configure(release: Release, root: Path) -> Config:
    config = deepcopy(release.config)
    config.CourseDirectory.root = str(root)
    config.CourseDirectory.db_url = f"sqlite:///{root.parent / GRADEBOOK}"
    config.CourseDirectory.assignment_id = release.lesson
    config.CourseDirectory.student_id_exclude = ""
    config.Autograde.create_student = True  # here; whether the class knows them is for the writer to say
    config.Autograde.autograde_preprocessors = steps.grading(release.config)
    config.Execute.shutdown_kernel = "immediate"  # nothing of a graded notebook's kernel is worth waiting for
    config.Execute.record_timing = False  # a regrade must give the same bytes
    return config


def _put(folder: Path, files: dict[str, bytes]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


# -- what happened ----------------------------------------------------------------------------------------


def first_trouble(notebooks: Iterable[bytes]) -> str:
    """The first thing in the notebooks that raised or ran out of time; nothing if all went well."""
    for content in notebooks:
        for number, cell in enumerate(nbformat.v4.reads_json(content.decode()).cells, start=1):
            for output in cell.get("outputs", ()):
                verdict = output.get("data", {}).get(VERDICT)
                if verdict and verdict["status"] == Judged.FAILED:
                    return plain(f"{verdict['exercise']}: {verdict['message']}")
                if output.output_type == "error" and not utils.is_grade(cell):
                    return plain(f"{_name(cell, number)}: {output.ename}: {output.evalue}".rstrip(": "))
    return ""


def _name(cell: NotebookNode, number: int) -> str:
    return cell.metadata.get("nbgrader", {}).get("grade_id") or f"cell {number}"


class _Log(logging.Handler):
    """Keeps what nbgrader logs as an error: there, and nowhere else, it says why it gave up."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.said: list[str] = []
        self.logger = logging.Logger("grading", logging.WARNING)
        self.logger.addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(record.getMessage())

    def reason(self) -> str:
        """The exception's line of the last traceback, else the first thing that was logged."""
        tracebacks = [text for text in self.said if text.startswith("Traceback")]
        if tracebacks:
            return tracebacks[-1].strip().splitlines()[-1]
        return self.said[0] if self.said else ""
