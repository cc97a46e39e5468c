"""What an instructor does around the grading: collect, feedback, export, report, changes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from grader.commands.said import said
from grader.terminal import errors, say

Lesson = Annotated[str, typer.Argument(help="The lesson's name, such as 02_attention.")]
Section = Annotated[str | None, typer.Option(help="Only those whom the roster has in this section.")]
Force = Annotated[bool, typer.Option("--force", help="Replace a file that is there.")]


def add_to(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    for command in (collect, feedback, export, report, changes):
        app.command()(command)


def _check_lesson(root: Path, lesson: str) -> None:
    """A slip in a lesson's name must not put a class's work where nobody looks for it."""
    from grader.course_folder import CourseError, configuration

    configuration(root)  # that this is a course
    released = sorted(place.name for place in root.glob("lessons/*") if place.is_dir())
    if lesson not in released:
        raise CourseError(
            f"There is no lesson {lesson!r} in lessons/; there are {', '.join(released) or 'none'}."
        )


def collect(
    lesson: Lesson,
    source: Annotated[Path, typer.Argument(help="A folder, or the zip that Moodle or Canvas gives.")],
    roster: Annotated[
        Path | None, typer.Option(help="A CSV with the columns id, name, lms id (and email, submitted).")
    ] = None,
    update: Annotated[
        bool, typer.Option("--update", help="Take newer submissions; the old ones are kept in collected/.")
    ] = False,
) -> None:
    """Put what students handed in where nbgrader looks for it, and say what went where."""
    from grader.course_folder import CourseError, time_zone
    from grader.intake import people
    from grader.intake.archive import HostileArchive
    from grader.intake.collect import collect as collect_all
    from grader.intake.roster import RosterError, keep_roster, read_roster

    with said(HostileArchive, RosterError, CourseError, FileNotFoundError):
        _check_lesson(Path.cwd(), lesson)  # before anything is written
        known = read_roster(roster) if roster else None
        summary = collect_all(Path.cwd(), lesson, source, known, update, time_zone(Path.cwd()))
    if known:
        keep_roster(Path.cwd(), known)
        try:
            people.enter(Path.cwd(), known)
        except CourseError as error:
            errors.print(f"The roster's names are in no gradebook: {error}")
    for line in summary.lines():
        say(line)
    if not summary.is_complete:
        raise typer.Exit(1)


def feedback(
    lesson: Lesson,
    student: Annotated[str | None, typer.Option(help="Only this student's page.")] = None,
    moodle_zip: Annotated[
        Path | None, typer.Option(help="Pack all pages in the zip that Moodle takes feedback from.")
    ] = None,
    force: Force = False,
) -> None:
    """Write one page for each student, in feedback/: safe to open, and without a network."""
    from grader.course_folder import CourseError
    from grader.pages.feedback import generate, pack_for_moodle

    with said(CourseError), errors.status("writing feedback"):
        names = generate(Path.cwd(), lesson, student)
        packed = pack_for_moodle(Path.cwd(), lesson, moodle_zip, force) if moodle_zip else 0
    page = f"feedback/{names[0] if len(names) == 1 else 'STUDENT'}/{lesson}/{lesson}.html"
    say(f"{len(names)} page{'' if len(names) == 1 else 's'} of feedback: {page}")
    if moodle_zip:
        say(f"{packed} of them packed for Moodle: {moodle_zip}")


def export(
    lesson: Lesson,
    format: Annotated[str, typer.Option(help="csv, canvas or moodle.")] = "csv",
    worksheet: Annotated[
        Path | None, typer.Option(help="With moodle: the worksheet that Moodle gave, to be filled in.")
    ] = None,
    section: Section = None,
    out: Annotated[Path | None, typer.Option(help="The file; otherwise LESSON_FORMAT.csv here.")] = None,
    force: Force = False,
) -> None:
    """Write the grades for a spreadsheet, for Canvas's gradebook, or for Moodle's grading worksheet."""
    from grader.course_folder import CourseError
    from grader.marks.export import ExportError
    from grader.marks.export import export as export_lesson
    from grader.marks.records import read_lesson
    from grader.marks.worksheet import fill

    out = out or Path(f"{lesson}_{format}.csv")
    with said(CourseError, ExportError):
        if worksheet and format != "moodle":
            raise ExportError("A worksheet is Moodle's: give --format moodle with it.")
        records = read_lesson(Path.cwd(), lesson, section)
        if worksheet:
            lines = fill(records, worksheet, out, force)
        else:
            lines = export_lesson(records, format, out, force)
    for line in lines:
        say(line)


def report(
    lesson: Lesson,
    section: Section = None,
    out: Annotated[Path | None, typer.Option(help="The file; otherwise LESSON_report.html here.")] = None,
    force: Force = False,
) -> None:
    """Write one page about the class: points, common mistakes, who is stuck, solutions that are alike."""
    from grader.course_folder import CourseError
    from grader.marks.export import ExportError
    from grader.pages.report.page import write_report

    with said(CourseError, ExportError), errors.status("reading the class"):
        place = write_report(Path.cwd(), lesson, out or Path(f"{lesson}_report.html"), force, section)
    say(f"{place}")


def changes(
    lesson: Annotated[str | None, typer.Argument(help="Only this lesson's, such as 02_attention.")] = None,
    student: Annotated[str | None, typer.Option(help="Only this student's.")] = None,
) -> None:
    """Say who changed which mark by hand, and when, as far as the formgrader here has seen it."""
    from grader.marks.changes import read

    found = [
        change
        for change in read(Path.cwd())
        if lesson in (None, change.lesson) and student in (None, change.student)
    ]
    for change in found:
        marks = f"{change.before or 'none'} → {change.after or 'none'}"
        where = f"{change.lesson}, {change.student}, {change.exercise}"
        say(f"{change.when}  {change.who}: {where}: {change.what} {marks}")
    if not found:
        say("Nobody has changed a mark by hand here.")
