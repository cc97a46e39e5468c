"""Moodle's own grading worksheet, filled in: nothing of it is changed but the grades.

Moodle reads a row by its ``Identifier`` and passes it over, without a word, where somebody has changed that
grade since the worksheet was written ("Last modified (grade)") or where a grade is above the maximum. Its
headings are in the teacher's language. So the sheet is Moodle's, and the grade's column is the one left of
the maximum, which is one number all the way down.
"""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

from course.whole_files import replacing
from grader.marks.export import ExportError, points, refuse_to_replace, some
from grader.marks.records import Lesson, Record


def fill(lesson: Lesson, worksheet: Path, out: Path, force: bool = False) -> list[str]:
    """Write ``worksheet`` with the lesson's grades to ``out``; return what is to be said about it.

    Raises:
        ExportError: it is no worksheet of Moodle's, or the file is there and may not be replaced.
    """
    refuse_to_replace(out, force)
    heading, rows = _read(worksheet)
    maximum_at = _maximum(heading, rows, worksheet)
    grade_at, maximum = maximum_at - 1, _number(rows[0][maximum_at])
    filled, left = [], list(lesson.records)
    for row in rows:
        record = _whose(row, left)
        if record is None:
            continue
        left.remove(record)
        if record.score is not None:
            row[grade_at] = points(record.score)
            filled.append(record)
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([heading, *rows])
    with replacing(out) as growing:
        growing.write_text(text.getvalue(), encoding="utf-8-sig", newline="")
    return [f"{len(filled)} of {len(rows)} rows filled in: {out}", *_left(left), *_above(filled, maximum)]


def _read(worksheet: Path) -> tuple[list[str], list[list[str]]]:
    try:
        lines = list(csv.reader(io.StringIO(worksheet.read_text(encoding="utf-8-sig"))))
    except (OSError, UnicodeDecodeError) as error:
        raise ExportError(f"{worksheet} cannot be read ({error}).") from None
    if len(lines) < 2 or any(len(line) != len(lines[0]) for line in lines):
        raise ExportError(
            f"{worksheet} is no grading worksheet of Moodle's: download it with *Grading action › Download "
            "grading worksheet*."
        )
    return lines[0], lines[1:]


def _maximum(heading: list[str], rows: list[list[str]], worksheet: Path) -> int:
    """The column of the highest grade: one number in every row, right of one that holds grades or nothing."""
    for at in range(2, len(heading)):
        same = {row[at] for row in rows}
        grades = {row[at - 1] for row in rows} - {"", "-"}
        if len(same) == 1 and (_number(*same) or 0) > 0 and all(_number(g) is not None for g in grades):
            return at
    raise ExportError(f"{worksheet} has no column with a maximum grade: in Moodle, grade with points.")


def _number(text: str) -> float | None:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return None


def _whose(row: list[str], records: list[Record]) -> Record | None:
    """The student of a row: by Moodle's number, by the address, or by a name that only one has."""
    number = re.search(r"\d+$", row[0].strip())
    by_number = [r for r in records if number and r.lms_id == number[0]]
    by_address = [r for r in records if r.email and r.email.casefold() in {c.strip().casefold() for c in row}]
    names = {" ".join(cell.casefold().split()) for cell in row}
    by_name = [r for r in records if r.name and " ".join(r.name.casefold().split()) in names]
    for found in (by_number, by_address, by_name):
        if len(found) == 1:
            return found[0]
    return None


def _left(left: list[Record]) -> list[str]:
    graded = [record.student for record in left if record.score is not None]
    return [f"{len(graded)} with a grade are in no row of the worksheet: {some(graded)}"] if graded else []


def _above(filled: list[Record], maximum: float | None) -> list[str]:
    above = [r.student for r in filled if maximum is not None and r.score is not None and r.score > maximum]
    if not above:
        return []
    return [
        f"{', '.join(above)}: more than {maximum:g}, Moodle's maximum for this assignment, which it passes "
        "over without a word: set the maximum there, and download the worksheet again."
    ]
