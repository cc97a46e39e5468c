"""Grades for other systems: a table for people, Canvas's gradebook import, Moodle's grading worksheet.

    csv       a line a student, a column an exercise, section, group, how far each has come; for a spreadsheet
    canvas    Student, ID, SIS User ID, SIS Login ID, Section, the lesson; then the line "Points Possible"
    moodle    Identifier, Full name, Email address, Status, Grade, Maximum Grade, …: what Moodle's
              "Upload grading worksheet" reads (it wants Identifier, Grade and "Last modified (grade)").
              There is no column for comments: an empty one would wipe those that are there

Who has no grade has an empty field, which both systems leave alone: nobody gets a 0 that nobody gave.
A name that a spreadsheet would run as a formula gets an apostrophe in front.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

from course.whole_files import replacing
from grader.marks.records import Lesson, Record, Standing

# A cell that begins so is run by one spreadsheet or another, the wide signs in East Asian settings.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


class ExportError(Exception):
    """The grades cannot be written; the message says what to do."""


def refuse_to_replace(out: Path, force: bool) -> None:
    """Keep a file that is there, unless it may go.

    Raises:
        ExportError: it stays.
    """
    if out.exists() and not force:
        raise ExportError(f"{out} is there already: give another file with --out, or --force to replace it.")


def some(students: Sequence[str]) -> str:
    """The first few of many names."""
    return ", ".join(students[:5]) + (" …" if len(students) > 5 else "")


def guarded(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA) else text


def as_csv(lesson: Lesson) -> str:
    """A line a student, with every exercise."""
    heading = ["student", "name", "email", "lms id", "section", "group", "standing"]
    heading += ["score", "maximum", "penalty", "hours late"]
    rows = [[*heading, *lesson.exercises]]
    for r in lesson.records:
        marks = [points(r.marks[name].score if name in r.marks else None) for name in lesson.exercises]
        late = f"{r.late / 3600:.1f}" if r.late else ""
        penalty = points(r.penalty or None)
        known = [guarded(text) for text in (r.student, r.name, r.email, r.lms_id, r.section, r.group)]
        rows.append([*known, r.standing, points(r.score), points(lesson.maximum), penalty, late, *marks])
    return _table(rows)


def as_canvas(lesson: Lesson) -> str:
    """What Canvas's gradebook imports: a column called as the assignment is there."""
    rows = [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", lesson.name],
        ["    Points Possible", "", "", "", "", points(lesson.maximum)],
    ]
    for r in lesson.records:
        # Canvas finds a student by the first of these that is there: its own id, or the SIS's, or the login
        ids = [guarded(r.lms_id), "", "" if r.lms_id else guarded(r.student)]
        rows.append([guarded(r.name or r.student), *ids, guarded(r.section), points(r.score)])
    return _table(rows)


def as_moodle(lesson: Lesson) -> str:
    """What Moodle's offline grading worksheet is."""
    about = ["Grade can be changed", "Last modified (submission)", "Last modified (grade)"]
    heading = ["Identifier", "Full name", "Email address", "Status", "Grade", "Maximum Grade", *about]
    rows = [heading]
    for r in lesson.records:
        status = "No submission" if r.standing is Standing.NOTHING else "Submitted for grading"
        identifier = f"Participant {guarded(r.lms_id)}" if r.lms_id else ""
        who = [identifier, guarded(r.name or r.student), guarded(r.email), status]
        rows.append([*who, points(r.score), points(lesson.maximum), "Yes", "-", "-"])
    return _table(rows)


FORMATS: dict[str, Callable[[Lesson], str]] = {"csv": as_csv, "canvas": as_canvas, "moodle": as_moodle}


def export(lesson: Lesson, format: str, out: Path, force: bool = False) -> list[str]:
    """Write the grades to ``out``; return what is to be said about it.

    Raises:
        ExportError: no such format, or the file is there and may not be replaced.
    """
    if format not in FORMATS:
        raise ExportError(f"There is no format {format!r}; there are {', '.join(FORMATS)}.")
    # a byte-order mark tells Excel that the letters are UTF-8; the two systems need none
    text = FORMATS[format](lesson).encode("utf-8-sig" if format == "csv" else "utf-8")
    refuse_to_replace(out, force)
    with replacing(out) as growing:
        growing.write_bytes(text)
    said = [f"{len(lesson.records)} students, {_count(lesson)}: {out}"]
    return said + _unmatched(lesson, format) + _namesakes(lesson) + _above(lesson)


def _count(lesson: Lesson) -> str:
    count = {standing: sum(r.standing is standing for r in lesson.records) for standing in Standing}
    return ", ".join(f"{number} {standing}" for standing, number in count.items() if number)


def _unmatched(lesson: Lesson, format: str) -> list[str]:
    """Who the other system will not find."""
    missing = [r.student for r in lesson.records if not r.lms_id]
    if format == "csv" or not missing:
        return []
    how = {"moodle": "Moodle finds nobody without one", "canvas": "for them Canvas looks at the login"}[
        format
    ]
    return [f"{len(missing)} have no LMS id ({how}; collect with --roster to give them one): {some(missing)}"]


def _namesakes(lesson: Lesson) -> list[str]:
    """Who may be one person under two ids: Moodle numbers people anew in each assignment."""
    by_name: dict[str, list[Record]] = defaultdict(list)
    for record in lesson.records:
        if record.name:
            by_name[" ".join(record.name.casefold().split())].append(record)
    return [
        f"{same[0].name} is there as {' and '.join(record.student for record in same)}: if that is one "
        "person, collect with --roster."
        for same in by_name.values()
        if len(same) > 1
    ]


def _above(lesson: Lesson) -> list[str]:
    """Marks by hand from before an exercise's points were lowered."""
    return [
        f"{record.student} has {points(mark.score)} of {points(mark.maximum)} for {name}, given by hand: "
        "look again in the formgrader."
        for record in lesson.records
        for name, mark in record.marks.items()
        if mark.by_hand and mark.score is not None and mark.score > mark.maximum
    ]


def points(score: float | None) -> str:
    """A score without needless zeros; nothing where there is none."""
    return "" if score is None else f"{score:.4f}".rstrip("0").rstrip(".")


def _table(rows: list[list[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue()
