"""What is the same for a whole class, done once in a worker's life instead of for every submission.

nbgrader's converter and its sanitising steps open the gradebook a dozen times a submission, ask it for every
cell, and enter the student; and for every cell they check anew that nbgrader's own schema is one. A worker
enters nobody, and the lesson's cells do not change: they are read once, and `lend` lets nbgrader find them.
"""

from __future__ import annotations

import json
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache, lru_cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

from nbgrader.api import Assignment, Gradebook, MissingEntry, Notebook
from nbgrader.converters import autograde
from nbgrader.nbgraderformat import common
from nbgrader.preprocessors import overwritecells, overwritekernelspec

from grader.batch.release import Release

OPENED_IN = (autograde, overwritecells, overwritekernelspec)  # nbgrader's modules that open the gradebook
JSONSCHEMA = common.jsonschema
LIKE_CELLS = 2000  # that are remembered: several times those of a lesson
NOBODY = SimpleNamespace(total_seconds_late=0, grades=[])  # in place of what is entered about a student


@contextmanager
def lend(release: Release) -> Iterator[None]:
    """While this lasts, nbgrader finds the lesson's cells where it opens a gradebook."""
    cells = _read(release.gradebook, release.lesson)
    with ExitStack() as stack:
        for module in OPENED_IN:
            stack.enter_context(mock.patch.object(module, "Gradebook", lambda *_: cells))
        stack.enter_context(mock.patch.object(common, "jsonschema", SimpleNamespace(validate=_validate)))
        yield


class Cells:
    """What nbgrader asks a gradebook about a lesson while it converts a submission."""

    def __init__(self, db_url: str, lesson: str) -> None:
        with Gradebook(db_url) as gradebook:
            self._lesson = gradebook.find_assignment(lesson)
            self._notebooks = {notebook.name: notebook for notebook in self._lesson.notebooks}
            self._source = {
                (notebook.name, cell.name): cell
                for notebook in self._lesson.notebooks
                for cell in notebook.source_cells
            }
            self._graded = {
                (notebook.name, cell.name): cell
                for notebook in self._lesson.notebooks
                for cell in (*notebook.grade_cells, *notebook.task_cells)
                if cell.max_score is not None  # which also loads it
            }
            gradebook.db.expunge_all()
        self.db = SimpleNamespace(commit=lambda: None)

    def __enter__(self) -> Cells:
        return self

    def __exit__(self, *_: Any) -> None:
        """Stay open."""

    def find_assignment(self, name: str) -> Assignment:
        return self._lesson

    def find_notebook(self, name: str, assignment: str) -> Notebook:
        return _find(self._notebooks, name)

    def find_source_cell(self, name: str, notebook: str, assignment: str) -> Any:
        return _find(self._source, (notebook, name))

    def find_graded_cell(self, name: str, notebook: str, assignment: str) -> Any:
        return _find(self._graded, (notebook, name))

    def update_or_create_student(self, *_: Any, **more: Any) -> SimpleNamespace:
        return NOBODY

    update_or_create_submission = find_submission_notebook = update_or_create_student


@lru_cache(maxsize=1)
def _read(gradebook: bytes, lesson: str) -> Cells:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "gradebook.db")
        path.write_bytes(zlib.decompress(gradebook))
        return Cells(f"sqlite:///{path}", lesson)


def _find(found: dict[Any, Any], key: Any) -> Any:
    if key not in found:
        raise MissingEntry(f"The lesson has no {key!r}.")
    return found[key]


def _validate(instance: Any, schema: dict[str, Any]) -> None:
    """`jsonschema.validate` for a schema that has been checked before."""
    _check(json.dumps(instance), json.dumps(schema))


@lru_cache(maxsize=LIKE_CELLS)
def _check(instance: str, schema: str) -> None:
    """The same for texts: what nbgrader says of a cell is in a class's every notebook alike."""
    if error := JSONSCHEMA.exceptions.best_match(_validator(schema).iter_errors(json.loads(instance))):
        raise error


@cache
def _validator(schema: str) -> Any:
    known = json.loads(schema)
    kind = JSONSCHEMA.validators.validator_for(known)
    kind.check_schema(known)
    return kind(known)
