"""A student leaves: everything that the course's folder and its gradebook hold of them, found and removed.

In ``submitted/``, ``autograded/``, ``feedback/`` and below ``collected/`` a student has folders of their own,
and lines in the gradebook, in lists and ledgers. Reports, exports and zips that were written before are files
of the instructor's, and stay: they are written anew without the student.
"""

from __future__ import annotations

import glob
import shutil
from dataclasses import dataclass
from pathlib import Path

from grader.appeals import kept
from grader.batch.ledger import FOLDER, Ledger
from grader.course_folder import CourseError, configuration, open_gradebook
from grader.intake.arrivals import COLLECTED, collected_lessons, read_arrivals, write_arrivals
from grader.intake.roster import Roster, keep_roster, kept_roster
from grader.marks import changes


@dataclass(frozen=True)
class Held:
    """What the course holds of one student."""

    student: str
    folders: tuple[Path, ...]
    arrivals: tuple[str, ...]  # lessons in whose list of arrivals they are
    graded: tuple[str, ...]  # lessons in whose ledger they are
    appeals: int
    changes: int
    on_roster: bool
    in_gradebook: bool

    def lines(self) -> list[str]:
        """For people, a line a thing; nothing where there is nothing."""
        said = [str(folder) for folder in self.folders]
        said += [f"collected/{lesson}/students.csv: a line" for lesson in self.arrivals]
        said += [f"{FOLDER}/{lesson}.jsonl: how grading ended" for lesson in self.graded]
        said += [f"appeals.json: {self.appeals} of theirs"] * bool(self.appeals)
        said += [f"{changes.FILE}: {self.changes} marks changed by hand"] * bool(self.changes)
        said += ["collected/roster.csv: a line"] * self.on_roster
        return said + ["the gradebook: the student, submissions, grades and comments"] * self.in_gradebook


def held_of(root: Path, student: str) -> Held:
    """Look for a student.

    Raises:
        CourseError: the course holds nothing of anybody so called.
    """
    from nbgrader.coursedir import CourseDirectory

    if Path(student).name != student or student == "..":
        raise CourseError(f"{student!r} is no student's name in the course.")
    directory = CourseDirectory(config=configuration(root))
    steps = (directory.submitted_directory, directory.autograded_directory, directory.feedback_directory)
    places = [Path(directory.format_path(step, student, "x")).parent for step in steps]
    places += (root / COLLECTED).glob(f"*/replaced/{glob.escape(student)}")
    ledgers = sorted(place.stem for place in (root / FOLDER).glob("*.jsonl"))
    with open_gradebook(root) as gradebook:
        in_gradebook = student in {known.id for known in gradebook.students}
    held = Held(
        student,
        tuple(place for place in places if place.is_dir()),
        tuple(n for n in collected_lessons(root) if student in {a.student for a in read_arrivals(root, n)}),
        tuple(name for name in ledgers if student in Ledger(root, name).read()),
        len(kept.read(root).get(student, ())),
        sum(change.student == student for change in changes.read(root)),
        student in {person.id for person in kept_roster(root)},
        in_gradebook,
    )
    if not held.lines():
        raise CourseError(f"The course holds nothing of {student!r}; who is in it: `grader export LESSON`.")
    return held


def remove(root: Path, held: Held) -> None:
    """Remove it all; the gradebook's part last, so that a run that is cut off can be run again."""
    for folder in held.folders:
        shutil.rmtree(folder)
    for lesson in held.arrivals:
        write_arrivals(root, lesson, [a for a in read_arrivals(root, lesson) if a.student != held.student])
    for lesson in held.graded:
        Ledger(root, lesson).forget(held.student)
    if held.appeals:
        with kept.changing(root) as words:
            del words[held.student]
    if held.changes:
        changes.forget(root, held.student)
    if held.on_roster:
        roster = Roster()
        for person in kept_roster(root):
            if person.id != held.student:
                roster.add(person)
        keep_roster(root, roster)
    if held.in_gradebook:
        with open_gradebook(root) as gradebook:
            gradebook.remove_student(held.student)
