"""What a person looks for in an answer, shown in nbgrader's formgrader directly above the answer.

It stands between nbgrader's marks in the lesson's source, and is read from there when the page of a
submission is opened. So it is in nothing that is released, graded or given back, and a line that was changed
is seen as soon as the lesson is built, with nobody graded again.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.coursedir import CourseDirectory

from grader.exercise.solution import BEGIN, END

FORMGRADERS = "submission_id"  # only the formgrader says it of what it shows: feedback has no such resource
MARKED = re.compile(rf"^[ \t]*{BEGIN}[^\n]*\n(.*?)^[ \t]*{END}", re.MULTILINE | re.DOTALL)
SHOWN = """<div style="border-left: 4px solid #337ab7; padding-left: 1em">

**What is looked for** (students are not shown this)

{}

</div>"""
ABSENT = "It stands in `{}`, which cannot be read: `grader build` writes it anew."


class Rubric(Preprocessor):
    """Puts a cell with what is looked for above each answer that nbgrader leaves to people."""

    def preprocess(self, nb: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        directory = CourseDirectory(parent=self)
        if FORMGRADERS in resources and self._is_of(directory, resources):
            lesson, notebook = resources["assignment_id"], resources["notebook_id"]
            folder = directory.format_path(directory.source_directory, ".", lesson)
            nb.cells = with_rubrics(nb.cells, Path(folder, f"{notebook}.ipynb"), Path(directory.root))
        return nb, resources

    def _is_of(self, directory: CourseDirectory, resources: Any) -> bool:
        """Whether the submission is this course's: the formgrader can be turned to another while it runs."""
        return Path(resources["metadata"]["path"]).is_relative_to(directory.root)


def with_rubrics(cells: list[NotebookNode], source: Path, root: Path) -> list[NotebookNode]:
    """The cells of a submission, and above each hand-graded one what the notebook ``source`` says of it."""
    rubrics, shown = _read(source), list[NotebookNode]()
    for cell in cells:
        if _is_for_people(cell):
            if rubrics is None:
                shown.append(_cell(ABSENT.format(source.relative_to(root).as_posix())))
            elif rubric := rubrics.get(cell.metadata.nbgrader.grade_id):
                shown.append(rubric)
        shown.append(cell)
    return shown


def _read(source: Path) -> dict[str, NotebookNode] | None:
    """The cell to show, by the id of the answer; None where the notebook cannot be read."""
    try:
        cells = nbformat.read(source, as_version=4).cells
    except (OSError, ValueError):  # there is none, or it is no notebook
        return None
    return {cell.metadata.nbgrader.grade_id: _looked_for(cell) for cell in cells if _is_for_people(cell)}


def _is_for_people(cell: NotebookNode) -> bool:
    """Whether the answer is itself what has points: no test says what it is worth."""
    return utils.is_grade(cell) and utils.is_solution(cell)


def _looked_for(cell: NotebookNode) -> NotebookNode:
    """What stands between the marks; without marks all of the cell is the answer, for nbgrader too."""
    text = "\n".join(MARKED.findall(cell.source)) or cell.source
    return _cell(f"```python\n{text}\n```" if cell.cell_type == "code" else text, cell.get("attachments"))


def _cell(text: str, attachments: Any = None) -> NotebookNode:
    more = {"attachments": attachments} if attachments else {}
    return nbformat.v4.new_markdown_cell(SHOWN.format(text.strip("\n")), **more)
