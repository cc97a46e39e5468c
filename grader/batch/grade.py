"""Grading one submission with nbgrader's own converter, in a course that holds nothing else.

The converter reads a gradebook and writes to it as it goes. Here it finds the lesson's cells in memory
(`grader.batch.once`), and a step of an instructor's own a private SQLite file with nobody in it. The steps
that enter scores are left to the writer, who has the real one: all that they need is in the graded notebook.
"""

from __future__ import annotations

import logging
import re
import shutil
import tempfile
import time
import zlib
from collections.abc import Iterable
from copy import deepcopy
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import Exporter, NotebookExporter
from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from grader.appeals.word import Words
from grader.batch import once, steps
from grader.batch.release import Release
from grader.batch.result import Result, Status, not_gradable, plain
from grader.judging.replies import RESOURCE as REPLIES
from grader.judging.replies import Replies
from grader.judging.verdict import MIME as VERDICT
from grader.judging.verdict import Status as Judged
from grader.repair import NotGradable
from grader.repair.report import mended_in

GRADEBOOK = "gradebook.db"
EXCEPTION = re.compile(r"^[\w.]+(?:Error|Exception|Died)\b.*", re.MULTILINE)  # some end with a whole cell


def grade(
    release: Release, student: str, files: dict[str, bytes], words: Words, known: Replies, scratch: Path
) -> Result:
    """Grade one submission below ``scratch``. Whatever goes wrong is in the result and raises nothing.

    ``words`` are people's, on this student's answers; ``known`` is what these sent before.
    """
    started = time.perf_counter()
    place = Path(tempfile.mkdtemp(dir=scratch))
    try:
        result = _grade(release, student, files, words, known, place)
    except Exception as error:
        result = not_gradable(student, f"{type(error).__name__}: {error}")
    finally:
        shutil.rmtree(place, ignore_errors=True)
    return replace(result, seconds=time.perf_counter() - started)


def _grade(
    release: Release, student: str, files: dict[str, bytes], words: Words, known: Replies, root: Path
) -> Result:
    if not (gradebook := root.parent / GRADEBOOK).exists():
        gradebook.write_bytes(zlib.decompress(release.gradebook))
    config = _configure(release, root)
    config.Judge.appeals, config.Judge.replies = {student: dict(words)}, dict(known)
    directory = CourseDirectory(config=config)
    for step, whose, what in (
        (directory.release_directory, ".", release.released),
        (directory.source_directory, ".", release.files),
        (directory.submitted_directory, student, files),
    ):
        _put(Path(directory.format_path(step, whose, release.lesson)), what)
    log = _Log()
    converter = _Autograde(student, set(release.released), coursedir=directory, config=config, log=log.logger)
    try:
        with once.lend(release):
            converter.start()
    except Exception as error:
        return not_gradable(student, converter.refused or log.reason() or str(error))
    kept = set(converter.exclude_overwriting.get(release.lesson, ()))
    beside = files | {name: content for name, content in release.files.items() if name not in kept}
    beside = {name: content for name, content in beside.items() if not name.endswith(".ipynb")}
    notebooks = [nbformat.v4.reads_json(content.decode()) for content in converter.graded.values()]
    trouble = first_trouble(notebooks)
    mended = tuple(plain(sentence) for notebook in notebooks for sentence in mended_in(notebook))
    status = Status.STUDENT_ERROR if trouble else Status.GRADED
    graded = beside | converter.graded
    return Result(student, status, trouble, graded, mended=mended, replies=converter.replies)


class _Autograde(Autograde):
    """nbgrader's converter, which also keeps what it writes.

    What the folder holds after the notebook has run is the notebook's doing: a link to somebody else's work,
    another time of submission, a graded notebook written by hand. None of it is read back.
    """

    def __init__(self, student: str, released: set[str], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.exporter_class = _handing_over(self.exporter_class)  # type: ignore[has-type]
        self.student, self.released = student, released
        self.graded: dict[str, bytes] = {}
        self.replies: dict[str, str] = {}
        self.refused = ""  # why, if repair found nothing to grade

    def init_notebooks(self) -> None:
        """The one submission there is. nbgrader would look for it with a glob, which a name may upset.

        Where repair is among the steps, it finds a notebook by whatever name, and says if there is none.
        """
        source = Path(self._format_source(self.coursedir.assignment_id, self.student))
        found = sorted(source.glob("*.ipynb"))
        repairs = any(kind.__module__ == steps.REPAIR for kind in self.exporter_class.__mro__)
        if repairs and not any(path.name in self.released for path in found):
            found = sorted(source / name for name in self.released if name.endswith(".ipynb"))
        if not found:
            raise FileNotFoundError("no notebook was handed in")
        self.assignments = {str(source): [str(path) for path in found]}

    def convert_single_notebook(self, notebook_filename: str) -> None:
        try:
            super().convert_single_notebook(notebook_filename)
        except NotGradable as refusal:
            self.refused = str(refusal)
            raise

    def write_single_notebook(self, output: str, resources: ResourcesDict) -> None:
        super().write_single_notebook(output, resources)
        self.graded[f"{resources['unique_key']}.ipynb"] = output.encode()
        self.replies |= resources.get(REPLIES, {})


@cache
def _handing_over(exporter: type[NotebookExporter]) -> type[NotebookExporter]:
    """The exporter, with which nbgrader's two passes hand on the notebook without writing and reading it."""

    class HandingOver(exporter):  # type: ignore[misc, valid-type]
        def from_notebook_node(
            self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kw: Any
        ) -> tuple[str, dict[str, Any]]:
            if not self.parent._sanitizing:
                return super().from_notebook_node(nb, resources, **kw)
            self._sanitised, resources = Exporter.from_notebook_node(self, nb, resources, **kw)
            return "", resources

        def from_file(
            self, file_stream: Any, resources: dict[str, Any] | None = None, **kw: Any
        ) -> tuple[str, dict[str, Any]]:
            if self.parent._sanitizing:
                return super().from_file(file_stream, resources, **kw)
            return self.from_notebook_node(self._sanitised, resources, **kw)

    return HandingOver


def _configure(release: Release, root: Path) -> Config:
    config = deepcopy(release.config)
    config.CourseDirectory.root = str(root)
    config.CourseDirectory.db_url = f"sqlite:///{root.parent / GRADEBOOK}"
    config.CourseDirectory.assignment_id = release.lesson
    config.CourseDirectory.student_id_exclude = ""
    config.Autograde.create_student = True  # here; whether the class knows them is for the writer to say
    config.Autograde.autograde_preprocessors = steps.grading(release.config)
    config.Judge.secret = release.secret
    config.Judge.classmates = release.classmates
    config.Judge.partners = release.partners
    config.Execute.shutdown_kernel = "immediate"  # nothing of a graded notebook's kernel is worth waiting for
    config.Execute.record_timing = False  # a regrade must give the same bytes
    config.Exporter.optimistic_validation = True  # once, after all steps, and not after each
    return config


def _put(folder: Path, files: dict[str, bytes]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


# -- what happened ----------------------------------------------------------------------------------------


def first_trouble(notebooks: Iterable[NotebookNode]) -> str:
    """The first thing in the notebooks that raised or ran out of time; nothing if all went well."""
    for notebook in notebooks:
        for number, cell in enumerate(notebook.cells, start=1):
            for output in cell.get("outputs", ()):
                verdict = output.get("data", {}).get(VERDICT)
                if verdict and verdict["status"] == Judged.FAILED:
                    told = [verdict["message"], *(part["summary"] for part in verdict["parts"])]
                    return plain(f"{verdict['exercise']}: {next(filter(None, told), 'it failed')}")
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
            named = EXCEPTION.findall(tracebacks[-1])
            return named[-1] if named else tracebacks[-1].strip().splitlines()[-1]
        return self.said[0] if self.said else ""
