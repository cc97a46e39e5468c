"""Repair as steps of nbgrader's autograding.

Three of nbgrader's own extension points carry it. A hook before the conversion adds the lesson's notebook to
what is graded where a student's file has another name; an exporter reads files that are no valid notebooks;
a preprocessor, the first of those that sanitise, heals. ``submitted/`` is only ever read.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor

from grader.configure import RELEASES
from grader.repair.folder import Submission, find_submission
from grader.repair.heal import heal
from grader.repair.reading import NotGradable
from grader.repair.report import note

SUBMISSION = "submission"  # in nbconvert's resources: the file, from the exporter to the preprocessor


class Repair(NbGraderPreprocessor):
    """Heals a submission against the release and says at the top of the notebook what was mended."""

    def preprocess(self, nb: NotebookNode, resources: ResourcesDict) -> tuple[NotebookNode, ResourcesDict]:
        submission: Submission | None = resources.pop(SUBMISSION, None)
        healed = heal(submission.data if submission else nb, _release(self, resources))
        mended = (*(submission.mended if submission else ()), *healed.mended)
        for sentence in mended:
            self.log.warning("%s, mended: %s", resources["nbgrader"]["student"], sentence)
        if mended:
            healed.notebook.cells.insert(0, note(mended))
        return healed.notebook, resources


class SubmissionExporter(NotebookExporter):
    """Reads a submission's bytes for `Repair`; any other notebook as nbconvert does."""

    def from_filename(
        self, filename: str, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[NotebookNode, dict[str, Any]]:
        if resources is None or not any(isinstance(step, Repair) for step in self._preprocessors):
            return super().from_filename(filename, resources, **kw)
        path = Path(filename)
        submission = find_submission(path.parent, path.stem, _release(self, resources))
        resources = {**resources, SUBMISSION: submission}
        return self.from_notebook_node(nbformat.v4.new_notebook(), resources, **kw)


def add_renamed(assignment: str, student: str, notebooks: list[str]) -> None:
    """nbgrader's hook before it converts a submission: add the lesson's notebook if its file is renamed.

    A submission without a healthy notebook is left as it is: nbgrader then refuses it. Of one with a healthy
    notebook ``nbgrader autograde`` enters 0 for the file that it misses, until it has graded the other; with
    ``grader autograde``, whose workers have gradebooks of their own, nobody sees that.
    """
    folder = Path(notebooks[0]).parent
    for released in sorted(Path(RELEASES, assignment).glob("*.ipynb")):
        expected = folder / released.name
        if str(expected) in notebooks:
            continue
        release = _read(released.read_bytes())
        try:
            heal(find_submission(folder, released.stem, release).data, release)
        except NotGradable:
            continue
        notebooks.append(str(expected))


def _release(step: Any, resources: Any) -> NotebookNode:
    """The released notebook that a submission is compared with.

    Raises:
        FileNotFoundError: it is not where nbgrader puts releases.
    """
    course = CourseDirectory(parent=step)
    said = resources["nbgrader"]
    folder = Path(course.format_path(course.release_directory, ".", said["assignment"]))
    path = folder / f"{said['notebook']}.ipynb"
    if not path.is_file():
        raise FileNotFoundError(
            f"{path} is missing, with which submissions are compared: run `grader build`."
        )
    return _read(path.read_bytes())


@lru_cache(maxsize=4)
def _read(released: bytes) -> NotebookNode:
    """A released notebook. A whole class is compared with one, and nobody changes it."""
    return nbformat.reads(released.decode(), as_version=4)
