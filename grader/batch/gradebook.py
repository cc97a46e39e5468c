"""nbgrader's gradebook, written by nbgrader's own preprocessors, but many submissions in one transaction.

nbgrader commits after every cell. That is slow, and a process that dies in between leaves half a submission.
`PatientGradebook` is its `Gradebook` with commits that wait; `SaveAutoGrades` and `AssignLatePenalties` run
on it as they are, so that what they decide (scores, what needs a person's eye, comments, penalties) is what
``nbgrader autograde`` decides. A score or a comment that a person has given is theirs and stays.
"""

from __future__ import annotations

import contextlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from unittest import mock

import nbformat
from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    Gradebook,
    MissingEntry,
    Notebook,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.converters import Autograde
from nbgrader.preprocessors import latesubmissions, saveautogrades
from sqlalchemy import event, select
from sqlalchemy.orm import Session, scoped_session, sessionmaker
from traitlets.config import Config

from grader.batch import steps

SECONDS_FOR_A_LOCK = 60  # how long to wait while somebody else, such as the formgrader, writes to SQLite

Scores = dict[str, dict[str, float | None]]  # of one submission: notebook -> graded cell -> automatic score


@dataclass(frozen=True)
class Entry:
    """What the gradebook holds of a submission, as far as grading it again could change it.

    ``extension`` is what the student was given, in seconds: a penalty for being late depends on it, and on
    the points, by hand and extra ones among them. ``counted`` are those, of what was late.
    """

    scores: Scores
    extension: float | None = None
    counted: float | None = None


class _PatientSession(Session):
    """A session that commits when a batch is complete."""

    def commit(self) -> None:
        """Nothing yet: nbgrader says this after every cell."""

    def commit_batch(self) -> None:
        super().commit()


class PatientGradebook(Gradebook):
    """A gradebook that is written a batch at a time, one submission after the other."""

    def __init__(self, db_url: str, course_id: str, config: Config, lesson: str) -> None:
        super().__init__(db_url, course_id)
        self.db.remove()
        if self.engine.dialect.name == "sqlite":
            self.engine.dispose()
            event.listen(self.engine, "connect", _leave_transactions_to_us)
            event.listen(self.engine, "begin", _begin)
        self.db: scoped_session[_PatientSession] = scoped_session(
            sessionmaker(class_=_PatientSession, bind=self.engine, future=True)
        )
        self.lesson = lesson
        self._writers = [step(config=config) for step in steps.entering(config)]
        self._create_student = Autograde(config=config).create_student
        self._submission: SubmittedAssignment | None = None

    def __exit__(self, *_: Any) -> None:
        """Stay open: preprocessors open and close a gradebook for every notebook."""

    @property
    def session(self) -> _PatientSession:
        return self.db()

    def commit_batch(self) -> None:
        """Make what was entered since the last time permanent, all of it or nothing."""
        self.session.commit_batch()
        self._submission = None
        self.session.expunge_all()

    def enter(self, student: str, notebooks: dict[str, bytes], timestamp: datetime | None) -> Entry:
        """Enter one graded submission; ``notebooks`` are the graded ones, by name.

        As nbgrader has it, a notebook of the lesson that was not handed in has no points.

        Raises:
            Exception: of nbgrader or the database; then nothing of this submission is entered, and the rest
                of the batch is as it was.
        """
        try:
            with self.session.begin_nested():
                return self._enter(student, notebooks, timestamp)
        finally:
            self._submission = None

    def _enter(self, student: str, notebooks: dict[str, bytes], timestamp: datetime | None) -> Entry:
        if self._create_student:
            self.update_or_create_student(student)
        else:
            self.find_student(student)
        when = {"timestamp": timestamp} if timestamp else {}
        self.session.flush()
        with self.session.no_autoflush:  # the submission is not complete yet
            submission = self.update_or_create_submission(self.lesson, student, **when)
        self.session.flush()
        self._submission = submission
        with self._lent_to_preprocessors():
            for notebook in submission.notebooks:
                if notebook.name in notebooks:
                    self._replay(student, notebook.name, notebooks[notebook.name])
                else:
                    for grade in notebook.grades:
                        grade.auto_score, grade.needs_manual_grade = 0, False
        scores = {
            notebook.name: {grade.name: grade.auto_score for grade in notebook.grades}
            for notebook in submission.notebooks
        }
        late = submission.total_seconds_late > 0
        counted = [
            _counted(grade.auto_score, grade.manual_score, grade.extra_credit)
            for notebook in submission.notebooks
            for grade in notebook.grades
        ]
        return Entry(scores, _seconds(submission.extension), round(sum(counted), 6) if late else None)

    def _replay(self, student: str, name: str, content: bytes) -> None:
        notebook = nbformat.v4.reads_json(content.decode())  # our converter wrote it: it need not be checked
        place = {
            "student": student,
            "assignment": self.lesson,
            "notebook": name,
            "db_url": str(self.engine.url),
        }
        for step in self._writers:
            step(notebook, {"nbgrader": place})

    @contextlib.contextmanager
    def _lent_to_preprocessors(self) -> Iterator[None]:
        """While this lasts, preprocessors that open the gradebook get this one."""
        with (
            mock.patch.object(saveautogrades, "Gradebook", lambda *_: self),
            mock.patch.object(latesubmissions, "Gradebook", lambda *_: self),
        ):
            yield

    # -- what preprocessors look up: in the submission at hand, rather than by a query for every cell --------

    def find_submission(self, assignment: str, student: str) -> SubmittedAssignment:
        return self._submission or super().find_submission(assignment, student)

    def find_submission_notebook(self, notebook: str, assignment: str, student: str) -> SubmittedNotebook:
        return _named(self.find_submission(assignment, student).notebooks, notebook)

    def find_grade(self, grade_cell: str, notebook: str, assignment: str, student: str) -> Grade:
        return _named(self.find_submission_notebook(notebook, assignment, student).grades, grade_cell)

    def find_comment(self, solution_cell: str, notebook: str, assignment: str, student: str) -> Comment:
        return _named(self.find_submission_notebook(notebook, assignment, student).comments, solution_cell)


def read_entries(db_url: str, course_id: str, lesson: str) -> dict[str, Entry]:
    """What the gradebook holds of a lesson, for every student."""
    with Gradebook(db_url, course_id) as gradebook:
        columns: tuple[Any, ...] = (SubmittedAssignment.student_id, Notebook.name, BaseCell.name)
        points = (Grade.auto_score, Grade.manual_score, Grade.extra_credit)
        times = (SubmittedAssignment.extension, SubmittedAssignment.timestamp, Assignment.duedate)
        rows = gradebook.db.execute(
            select(*columns, *points, *times)
            .select_from(Grade)
            .join(SubmittedNotebook, Grade.notebook_id == SubmittedNotebook.id)
            .join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
            .join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
            .join(Notebook, SubmittedNotebook.notebook_id == Notebook.id)
            .join(BaseCell, Grade.cell_id == BaseCell.id)
            .where(Assignment.name == lesson)
        )
        scores: dict[str, Scores] = defaultdict(lambda: defaultdict(dict))
        counted: dict[str, float] = defaultdict(float)
        extensions: dict[str, float | None] = {}
        late = set()
        for student, notebook, cell, auto, by_hand, extra, extension, timestamp, due in rows:
            scores[student][notebook][cell] = auto
            counted[student] += _counted(auto, by_hand, extra)
            extensions[student] = _seconds(extension)
            if timestamp and due and timestamp > due + (extension or timedelta()):
                late.add(student)
        return {
            student: Entry(
                dict(found), extensions[student], round(counted[student], 6) if student in late else None
            )
            for student, found in scores.items()
        }


def _counted(auto: float | None, by_hand: float | None, extra: float | None) -> float:
    """What a grade counts, as nbgrader has it."""
    return (by_hand if by_hand is not None else auto or 0.0) + (extra or 0.0)


def _seconds(span: timedelta | None) -> float | None:
    return None if span is None else span.total_seconds()


def _named(rows: list[Any], name: str) -> Any:
    for row in rows:
        if row.name == name:
            return row
    raise MissingEntry(f"The gradebook holds no {name!r} for this submission.")


def _leave_transactions_to_us(connection: Any, _: Any) -> None:
    """Python's SQLite driver would begin a transaction after, not before, the first savepoint."""
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout = {SECONDS_FOR_A_LOCK * 1000}")


def _begin(connection: Any) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
