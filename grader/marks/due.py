"""When a lesson is due, and for whom later: nbgrader's own due dates and extensions, by command."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from grader.course_folder import CourseError, open_gradebook, time_zone
from grader.intake.times import read_time

if TYPE_CHECKING:
    from nbgrader.api import Assignment, Gradebook


def due(root: Path, lesson: str, when: str | None) -> tuple[datetime | None, dict[str, datetime]]:
    """Say when a lesson is due (``"never"`` takes that back), or look: the moment, and who has longer.

    Whoever was given until some moment keeps it, though nbgrader keeps only how much later that is than for
    all. One that would be earlier than for all ends with that, as all do with ``"never"``.

    Raises:
        CourseError: the gradebook does not know the lesson.
        UnreadableTime: ``when`` does not mean one moment.
    """
    time = read_time(when, time_zone(root)) if when and when != "never" else None
    with open_gradebook(root) as gradebook:
        assignment = _assignment(gradebook, lesson)
        until = _extended(assignment)
        if when:
            assignment.duedate = _in_gradebook(time)
            for submission in assignment.submissions:
                longer = until.get(submission.student.id)
                submission.extension = longer - time if longer and time and longer > time else None
            gradebook.db.commit()
        return _moment(assignment.duedate), _extended(assignment)


def extend(root: Path, lesson: str, student: str, until: str) -> tuple[datetime, timedelta]:
    """Give one student until then: the moment, and how much later.

    It may be said before anything is handed in.

    Raises:
        CourseError: the lesson has no due date, nobody is called so, or it would be earlier for them.
        UnreadableTime: ``until`` does not mean one moment.
    """
    time = read_time(until, time_zone(root))
    with open_gradebook(root) as gradebook:
        at = _moment(_assignment(gradebook, lesson).duedate)
        if at is None:
            raise CourseError(f"{lesson} is never due: say when with `grader due {lesson} WHEN` first.")
        if time < at:
            raise CourseError(f"{lesson} is due at {at:%Y-%m-%d %H:%M} UTC for all: give a later time.")
        if student not in {known.id for known in gradebook.students}:
            raise CourseError(
                f"The gradebook knows no {student!r}: collect with --roster, or add them in the formgrader."
            )
        gradebook.update_or_create_submission(lesson, student)
        gradebook.grant_extension(lesson, student, minutes=(time - at) / timedelta(minutes=1))
    return time, time - at


def _assignment(gradebook: Gradebook, lesson: str) -> Assignment:
    from nbgrader.api import MissingEntry

    try:
        return gradebook.find_assignment(lesson)
    except MissingEntry:
        raise CourseError(
            f"The gradebook has no lesson {lesson!r}; `grader build` enters the lessons."
        ) from None


def _extended(assignment: Assignment) -> dict[str, datetime]:
    """Until when those have time who have more than all, by student."""
    at = _moment(assignment.duedate)
    given = {s.student.id: s.extension for s in assignment.submissions if s.extension}
    return {student: at + given[student] for student in sorted(given)} if at else {}


def _in_gradebook(time: datetime | None) -> datetime | None:
    return time and time.astimezone(UTC).replace(tzinfo=None)


def _moment(kept: datetime | None) -> datetime | None:
    return kept and kept.replace(tzinfo=UTC)
