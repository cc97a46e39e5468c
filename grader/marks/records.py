"""What the gradebook says about one lesson: a record for every student, whatever became of their work.

A student who handed in and has no grade is *not graded*, never 0; one whose work `grader autograde` could
not grade is *not gradable*, with its reason.
The export and the report read the same records.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from grader import catalogue, own
from grader.batch.ledger import Ledger
from grader.batch.result import Status
from grader.course_folder import CourseError, open_gradebook
from grader.intake.arrivals import Arrival, collected_lessons, read_arrivals
from grader.intake.collect import SUBMITTED
from grader.intake.roster import Person, kept_roster

if TYPE_CHECKING:
    from nbgrader.api import Gradebook


class Standing(StrEnum):
    """How far a student's submission has come."""

    GRADED = "graded"
    REVIEW = "needs a manual grade"
    NOT_GRADED = "not graded"
    NOT_GRADABLE = "not gradable"
    NOTHING = "not handed in"


@dataclass(frozen=True)
class Mark:
    """One exercise of one student. ``score`` counts a manual grade and extra credit, as nbgrader does."""

    score: float | None  # None: nobody has graded it
    maximum: float
    by_hand: bool


@dataclass(frozen=True)
class Record:
    """One student in one lesson. Points are None where there is no grade."""

    student: str
    name: str
    email: str
    lms_id: str
    standing: Standing
    score: float | None = None  # after the penalty
    penalty: float = 0.0
    late: float = 0.0  # seconds
    reason: str = ""  # why it cannot be graded
    marks: dict[str, Mark] = field(default_factory=dict)
    section: str = ""
    group: str = ""  # who hands in together


@dataclass(frozen=True)
class Lesson:
    """All records of a lesson, by student, and the points of its exercises in the lesson's order.

    What is a bonus is no part of ``maximum``.
    """

    name: str
    maximum: float
    exercises: dict[str, float]
    records: tuple[Record, ...]


def read_lesson(root: Path, lesson: str, section: str | None = None) -> Lesson:
    """The gradebook's records of ``lesson``, with those who handed in and are not in it.

    ``section`` takes those whom the roster has in it.

    Raises:
        CourseError: there is no gradebook, or the lesson is not in it, or nobody is in that section.
    """
    roster = {person.id: person for person in kept_roster(root)}
    sections = {person.section for person in roster.values() if person.section}
    if section is not None and section not in sections:
        there = f"there are {', '.join(sorted(sections))}" if sections else "collect with a column `section`"
        raise CourseError(f"The roster has nobody in a section {section!r}; {there}.")
    arrivals = {arrival.student: arrival for arrival in read_arrivals(root, lesson)}
    handed_in = {folder.parent.name for folder in (root / SUBMITTED).glob(f"*/{lesson}") if folder.is_dir()}
    with open_gradebook(root) as gradebook:
        cells = _graded_cells(gradebook, lesson)
        marks, penalties = _marks(gradebook, lesson, cells)
        students, late = _students(gradebook, lesson)
    ended = Ledger(root, lesson).read()
    here = {*roster, *arrivals, *handed_in, *late} | (students.keys() - _only_elsewhere(root, roster.keys()))
    records = []
    for student in sorted(here, key=str.casefold):
        person = roster.get(student, Person(student))
        if section not in (None, person.section):
            continue
        found = marks.get(student, {})
        graded = [mark.score for mark, _ in found.values() if mark.score is not None]
        if any(needs for _, needs in found.values()) and graded:
            standing = Standing.REVIEW
        elif graded:
            standing = Standing.GRADED
        else:
            came = student in handed_in or student in late
            standing = Standing.NOT_GRADED if came else Standing.NOTHING
            if came and student in ended and ended[student].status == Status.NOT_GRADABLE:
                standing = Standing.NOT_GRADABLE
        penalty = penalties.get(student, 0.0)
        records.append(
            Record(
                student,
                **_person(students.get(student, {}), person, arrivals.get(student)),
                standing=standing,
                score=max(0.0, round(sum(graded) - penalty, 4)) if graded else None,
                penalty=penalty,
                late=late.get(student, 0.0),
                reason=ended[student].reason if standing is Standing.NOT_GRADABLE else "",
                marks={name: mark for name, (mark, _) in found.items()},
                section=person.section,
                group=person.group,
            )
        )
    exercises = _in_order(lesson, cells.values())
    bonus = own.changes(lesson).bonus
    maximum = sum(points for name, points in exercises.items() if name not in bonus)
    return Lesson(lesson, maximum, exercises, tuple(records))


def _only_elsewhere(root: Path, on_roster: Iterable[str]) -> set[str]:
    """Who is in the course only because another lesson was collected from them, maybe under another id."""
    arrived = {a.student for lesson in collected_lessons(root) for a in read_arrivals(root, lesson)}
    return arrived.difference(on_roster)


def _person(known: dict[str, str], listed: Person, arrival: Arrival | None) -> dict[str, str]:
    """Name, address and LMS number: the gradebook's, or else the roster's, or what the LMS called them."""
    return {
        "name": known.get("name") or listed.name or (arrival.name if arrival else ""),
        "email": known.get("email") or listed.email,
        "lms_id": (arrival.lms_id if arrival else "") or known.get("lms_id") or listed.lms_id,
    }


def _in_order(lesson: str, cells: Iterable[tuple[str, float]]) -> dict[str, float]:
    """The points of each exercise, in the order of the lesson; an instructor's own cells come last."""
    points = dict(cells)
    listed = [id for id in catalogue.ids().get(lesson, ()) if id in points]
    return {name: points[name] for name in [*listed, *sorted(set(points) - set(listed))]}


# -- the gradebook's tables, each read once, whatever the size of the class --------------------------------


def _graded_cells(gradebook: Gradebook, lesson: str) -> dict[str, tuple[str, float]]:
    """Name and points of every cell that is graded, by the cell's id."""
    from nbgrader.api import Assignment, GradeCell, Notebook, TaskCell

    names = [name for (name,) in gradebook.db.query(Assignment.name)]
    if lesson not in names:
        raise CourseError(
            f"The gradebook has no lesson {lesson!r} (it has: {', '.join(names) or 'none'}); "
            "`grader build` enters the lessons."
        )
    cells = {}
    for kind in (GradeCell, TaskCell):
        found = gradebook.db.query(kind.id, kind.name, kind.max_score).join(Notebook).join(Assignment)
        for id, name, points in found.filter(Assignment.name == lesson):
            cells[id] = (name, float(points or 0.0))
    return cells


def _marks(
    gradebook: Gradebook, lesson: str, cells: dict[str, tuple[str, float]]
) -> tuple[dict[str, dict[str, tuple[Mark, bool]]], dict[str, float]]:
    """Every student's marks, each with whether it waits for a person, and their penalties."""
    from nbgrader.api import Assignment, Grade, SubmittedAssignment, SubmittedNotebook

    found = gradebook.db.query(
        SubmittedNotebook.id, SubmittedNotebook.late_submission_penalty, SubmittedAssignment.student_id
    )
    found = found.join(SubmittedAssignment, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
    found = found.join(Assignment, SubmittedAssignment.assignment_id == Assignment.id)
    penalties: dict[str, float] = defaultdict(float)
    owner = {}
    for notebook, penalty, student in found.filter(Assignment.name == lesson):
        owner[notebook] = student
        penalties[student] += penalty or 0.0
    marks: dict[str, dict[str, tuple[Mark, bool]]] = defaultdict(dict)
    grades = gradebook.db.query(
        Grade.notebook_id,
        Grade.cell_id,
        Grade.auto_score,
        Grade.manual_score,
        Grade.extra_credit,
        Grade.needs_manual_grade,
    )
    for notebook, cell, auto, manual, extra, waits in grades.filter(Grade.cell_id.in_(list(cells))):
        if notebook in owner:
            name, maximum = cells[cell]
            score = auto if manual is None else manual
            total = None if score is None else score + (extra or 0.0)
            marks[owner[notebook]][name] = Mark(total, maximum, manual is not None), bool(waits)
    return marks, penalties


def _students(gradebook: Gradebook, lesson: str) -> tuple[dict[str, dict[str, str]], dict[str, float]]:
    """Everybody in the gradebook, and by how many seconds those who handed in were late."""
    from nbgrader.api import Assignment, Student, SubmittedAssignment

    columns: Any = (Student.id, Student.first_name, Student.last_name, Student.email, Student.lms_user_id)
    students = {
        id: {"name": " ".join(filter(None, (first, last))), "email": email or "", "lms_id": lms_id or ""}
        for id, first, last, email, lms_id in gradebook.db.query(*columns)
    }
    handed_in = gradebook.db.query(SubmittedAssignment).join(
        Assignment, SubmittedAssignment.assignment_id == Assignment.id
    )
    late = {
        s.student_id: float(s.total_seconds_late)
        for s in handed_in.filter(Assignment.name == lesson)
        if s.timestamp  # else an extension may be all that there is
    }
    return students, late
