"""Who somebody is, from the roster into nbgrader's gradebook, where formgrader and exports read it."""

from __future__ import annotations

from pathlib import Path

from grader.course_folder import open_gradebook
from grader.intake.roster import Person, Roster


def enter(root: Path, roster: Roster) -> None:
    """Enter everybody on the roster, with name, address and LMS number; what it does not say stays.

    Raises:
        CourseError: there is no gradebook yet.
    """
    with open_gradebook(root) as gradebook:
        for person in roster.people.values():
            gradebook.update_or_create_student(person.id, **_known(person))


def _known(person: Person) -> dict[str, str]:
    last, comma, first = (part.strip() for part in person.name.partition(","))
    if not comma:
        first, _, last = person.name.rpartition(" ")  # a single name is the last one, as the formgrader sorts
    known = {"first_name": first, "last_name": last, "email": person.email, "lms_user_id": person.lms_id}
    return {name: text for name, text in known.items() if text}
