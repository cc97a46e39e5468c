"""A small class in a small course, and all that grading leaves behind, to be compared."""

import shutil
import stat
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path

import nbformat
from nbgrader.api import Comment, Grade, Gradebook, Student, SubmittedAssignment, SubmittedNotebook

from grader.batch.run import Options, autograde

LESSON = "01_small"
CONFIG = """
c = get_config()
c.CourseDirectory.course_id = "small"
c.ClearSolutions.code_stub = {"python": "# your code here"}
"""
IN_PROCESS = """
steps = ("SaveAutoGrades", "AssignLatePenalties", "CheckCellMetadata")
c.Autograde.autograde_preprocessors = [f"nbgrader.preprocessors.{step}" for step in steps]
c.Autograde.autograde_preprocessors.insert(0, "in_process.Execute")
"""
RIGHT = "def double(x):\n    return 2 * x"
WRONG = "def double(x):\n    return x"
RAISES = "1 / 0"
UNTOUCHED = None


@dataclass(frozen=True)
class Small:
    """A course with one lesson of one notebook: a graded function and a question for a person to read."""

    root: Path

    @property
    def db_url(self) -> str:
        return f"sqlite:///{self.root / 'gradebook.db'}"

    def configure(self, text: str) -> None:
        """Add lines to the configuration."""
        with (self.root / "nbgrader_config.py").open("a") as file:
            file.write(text)

    def notebook(self, code: str | None, words: str | None = None) -> nbformat.NotebookNode:
        """The released notebook with these answers; None leaves what is there."""
        notebook = nbformat.read(self.root / "release" / LESSON / f"{LESSON}.ipynb", as_version=4)
        for cell, answer in zip(notebook.cells[::2], (code, words)):
            cell.source = cell.source if answer is None else answer
        return notebook

    def hand_in(
        self, student: str, code: str | None, words: str | None = None, when: str | None = None
    ) -> Path:
        folder = self.folder("submitted", student)
        folder.mkdir(parents=True, exist_ok=True)
        nbformat.write(self.notebook(code, words), folder / f"{LESSON}.ipynb")
        if when:
            (folder / "timestamp.txt").write_text(when)
        return folder

    def folder(self, step: str, student: str) -> Path:
        return self.root / step / student / LESSON

    def grade(self, jobs: int = 1, **options):
        """Grade it here; returns what became of whom."""
        summary = autograde(self.root, LESSON, Options(jobs=jobs, **options))
        return {result.student: (str(result.status), result.reason) for result in summary.results}

    def copy(self, to: Path) -> "Small":
        shutil.copytree(self.root, to, symlinks=True)
        return Small(to)


COLUMNS = {  # of every row about a student, with names in place of ids
    Student: ("id", "first_name", "last_name", "email", "lms_user_id"),
    SubmittedAssignment: ("student.id", "name", "timestamp", "extension"),
    SubmittedNotebook: ("student.id", "name", "flagged", "late_submission_penalty"),
    Grade: (
        *("student.id", "notebook.name", "name", "auto_score", "manual_score", "extra_credit"),
        "needs_manual_grade",
    ),
    Comment: ("student.id", "notebook.name", "name", "auto_comment", "manual_comment"),
}


def rows(db_url: str) -> dict[str, list[tuple]]:
    """The gradebook, table by table, in an order that does not depend on how it came about."""
    with Gradebook(db_url, "small") as gradebook:
        return {
            model.__tablename__: sorted(map(attrgetter(*names), gradebook.db.query(model)), key=repr)
            for model, names in COLUMNS.items()
        }


def students(db_url: str) -> set[str]:
    """Who is in the gradebook."""
    return {student for student, *_ in rows(db_url)["student"]}


def graded_files(root: Path) -> dict[str, tuple[bytes, str]]:
    """What is below autograded/, hidden left-overs too: contents and permissions."""
    top = root / "autograded"
    return {
        str(path.relative_to(top)): (path.read_bytes(), stat.filemode(path.stat().st_mode))
        for path in sorted(top.rglob("*"))
        if path.is_file()
    }


def state(course: Small, db_url: str | None = None) -> tuple[dict, dict]:
    """All that grading leaves behind."""
    return rows(db_url or course.db_url), graded_files(course.root)
