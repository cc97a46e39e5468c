"""A class to try the grader on: a dozen submissions to one lesson, graded as a real one is.

Right in different ways, wrong in ways that have a name, unfinished, blank, crashing, looping for ever, and
with damaged cells: what a week's hand-in looks like.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Sequence
from pathlib import Path
from unittest import mock

import nbformat
from rich.table import Table

from grader import catalogue
from grader.batch.run import Options, autograde
from grader.building.build import release_all
from grader.building.lesson import Lesson, find_lessons
from grader.course_folder import CONFIGURATION
from grader.demo import attention, choose
from grader.demo.any_lesson import make_class
from grader.demo.student import Student, grade_id, submission
from grader.marks.export import export
from grader.marks.records import read_lesson
from grader.pages.feedback import generate
from grader.pages.report.page import write_report
from grader.questions.personal import SECRET_FILE
from grader.terminal import console, say

WRITTEN = {"02_attention": attention.CLASS, "14_choose": choose.CLASS}  # classes that somebody has written
SECRET = "the demonstration class"
FULL = "full marks"
NOT_GRADED = "not gradable: why is said above"


class DemoError(Exception):
    """The demonstration cannot run; the message says what to do."""


def run(folder: Path, name: str = "") -> None:
    """Make a class in ``folder``; grade it; write feedback, a report and grades.csv; print the gradebook.

    Without a lesson's name, it is the first for which a class is written. For the others one is made.

    Raises:
        DemoError: there is no such lesson, or the folder holds something else than an earlier demonstration.
        BuildError, CourseError: it cannot be built or graded here; the message says what to do.
    """
    started = time.monotonic()
    lesson = _find(name)
    students = WRITTEN.get(lesson.name) or make_class(catalogue.of_lesson(lesson.name))
    folder = folder.resolve()
    _make_room(folder)
    handed_in = Lesson(folder, lesson.name)
    say(f"Making a class of {len(students)} in {folder}, which hands in {lesson.name}")
    release_all([lesson], folder, folder / "gradebook.db")
    (folder / CONFIGURATION).write_text((Path.cwd() / CONFIGURATION).read_text())
    (folder / SECRET_FILE).write_text(SECRET)
    _hand_in(handed_in, students)
    say("Grading it, two students at a time")
    with mock.patch.dict(os.environ):
        os.environ.pop("COURSE_SECRET", None)  # the class has its own
        summary = autograde(folder, lesson.name, Options(jobs=2))
    for line in summary.lines():
        say(line)
    say("Writing feedback, a report and grades.csv")
    generate(folder, lesson.name)
    report = write_report(folder, lesson.name, folder / "report.html")
    export(read_lesson(folder, lesson.name), "csv", folder / "grades.csv", force=False)
    _print_gradebook(handed_in, students)
    said = {student.name: _first_complaint(handed_in, student.name) for student in students}
    stuck = next(name for name, complaint in said.items() if complaint not in (FULL, NOT_GRADED))
    page = folder / "feedback" / stuck / lesson.name / f"{lesson.name}.html"
    say(f"{len(students)} submissions graded in {time.monotonic() - started:.0f} s. Where to look:")
    say(f"  {folder / 'grades.csv'}")
    say(f"  {report}   what the class got wrong, and who is stuck")
    say(f"  {page}   what {stuck} gets to read")
    say(f"  cd {folder} && jupyter lab   then Nbgrader → Formgrader")


def _find(name: str) -> Lesson:
    """The lesson of that name, or that begins with it: ``05`` will do."""
    lessons = find_lessons(Path.cwd())
    if name:
        found = [lesson for lesson in lessons if lesson.name == name or lesson.name.startswith(f"{name}_")]
    else:
        found = [lesson for lesson in lessons if lesson.name in WRITTEN] or lessons
    if not found:
        known = ", ".join(lesson.name for lesson in lessons)
        raise DemoError(f"There is no lesson called {name!r}; there are {known}.")
    if not catalogue.ids().get(found[0].name):
        raise DemoError(f"{found[0].name} has no exercises, so there is nothing to grade.")
    return found[0]


def _make_room(folder: Path) -> None:
    """Start afresh where an earlier demonstration stands; touch nothing else."""
    if folder.exists() and any(folder.iterdir()):
        secret = folder / SECRET_FILE
        if not (secret.is_file() and secret.read_text() == SECRET):
            raise DemoError(f"{folder} holds something else: give another folder with --folder.")
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)


def _hand_in(lesson: Lesson, students: Sequence[Student]) -> None:
    solved = nbformat.read(lesson.instructor, as_version=4)
    released = nbformat.read(lesson.released, as_version=4)
    for student in students:
        target = lesson.root / "submitted" / student.name / lesson.name / lesson.released.name
        target.parent.mkdir(parents=True)
        nbformat.write(submission(student, solved, released), target)


def _print_gradebook(lesson: Lesson, students: Sequence[Student]) -> None:
    from nbgrader.api import Gradebook, MissingEntry

    table = Table(box=None, pad_edge=False)
    for heading in ("student", "story", "score", "first thing the feedback says"):
        table.add_column(heading, no_wrap=heading != "first thing the feedback says")
    with Gradebook(f"sqlite:///{lesson.root / 'gradebook.db'}") as gradebook:
        for student in students:
            try:
                graded = gradebook.find_submission(lesson.name, student.name)
                score = f"{graded.score:g} of {graded.max_score:g}"
            except MissingEntry:
                score = "–"
            table.add_row(student.name, student.story, score, _first_complaint(lesson, student.name))
    console.print(table)


def _first_complaint(lesson: Lesson, name: str) -> str:
    """The first exercise without full marks, and what was said about it."""
    file = lesson.root / "autograded" / name / lesson.name / lesson.released.name
    if not file.is_file():
        return NOT_GRADED
    graded = nbformat.read(file, as_version=4)
    for cell in graded.cells:
        for output in cell.get("outputs", []):
            said = output.get("data", {}).get("text/plain", "")
            if cell.metadata.get("nbgrader", {}).get("grade") and said[:1] in ("✗", "○", "?"):
                heading, *rest = said.splitlines()
                return f"{grade_id(cell)}: {next((line.strip() for line in rest), heading)}"
    return FULL
