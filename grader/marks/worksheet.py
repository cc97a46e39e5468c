"""Moodle's own grading worksheet, filled in: nothing of it is changed but the grades.

Moodle reads a row by its ``Identifier`` and passes it over, without a word, where somebody has changed that
grade since the worksheet was written ("Last modified (grade)") or where a grade is above the maximum. Its
headings are in the teacher's language. So the sheet is Moodle's, and the grade's column is the one left of
the maximum, which is one number all the way down. A sheet that Excel has saved with ``;`` keeps that.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from course.whole_files import replacing
from grader.intake.roster import separator
from grader.marks.export import ExportError, points, refuse_to_replace, some
from grader.marks.records import Lesson, Record


def fill(lesson: Lesson, worksheet: Path, out: Path, force: bool = False) -> list[str]:
    """Write ``worksheet`` with the lesson's grades to ``out``; return what is to be said about it.

    Raises:
        ExportError: it is no worksheet of Moodle's, or the file is there and may not be replaced.
    """
    refuse_to_replace(out, force)
    heading, rows, between = _read(worksheet)
    maximum_at = _maximum(heading, rows, worksheet)
    grade_at, maximum = maximum_at - 1, _number(rows[0][maximum_at])
    whose = _whose(rows, lesson.records)
    left = [record for record in lesson.records if record not in whose.values()]
    filled = []
    for at, record in whose.items():
        if record.score is not None:
            rows[at][grade_at] = points(record.score)
            filled.append(record)
    text = io.StringIO()
    csv.writer(text, lineterminator="\n", delimiter=between).writerows([heading, *rows])
    with replacing(out) as growing:
        growing.write_text(text.getvalue(), encoding="utf-8-sig", newline="")
    said = [f"{len(filled)} of {len(rows)} rows filled in: {out}"]
    if between != ",":
        said.append(f"Its columns are separated by {between!r}: choose that in Moodle when you upload it.")
    return [*said, *_left(left), *_above(filled, maximum)]


def _read(worksheet: Path) -> tuple[list[str], list[list[str]], str]:
    """The heading, the rows, and what stands between the columns."""
    try:
        text = worksheet.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise ExportError(f"{worksheet} is not in UTF-8: save it as “CSV UTF-8”.") from None
    except OSError as error:
        raise ExportError(f"{worksheet} cannot be read ({error}).") from None
    between = separator(text)
    lines = list(csv.reader(io.StringIO(text), delimiter=between))
    if len(lines) < 2 or any(len(line) != len(lines[0]) for line in lines):
        raise ExportError(
            f"{worksheet} is no grading worksheet of Moodle's: download it with *Grading action › Download "
            "grading worksheet*."
        )
    return lines[0], lines[1:], between


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


def _whose(rows: Sequence[Sequence[str]], records: Sequence[Record]) -> dict[int, Record]:
    """The student of each row, by its place: Moodle's number, the address, or the name.

    What says most comes first, for all rows: a number of another assignment is somebody else's here, and two
    may have one name. Where a row could be of two students, or two rows of one, it is nobody's.
    """
    numbers = ["".join(re.findall(r"\d+$", row[0].strip())) for row in rows]
    cells = [{_plain(cell) for cell in row} - {""} for row in rows]  # so that no name is in none of them
    names, addresses = [_plain(r.name) for r in records], [_plain(r.email) for r in records]
    rules: tuple[Callable[[int, int], bool], ...] = (
        lambda at, r: (
            numbers[at] == records[r].lms_id and (addresses[r] in cells[at] or names[r] in cells[at])
        ),
        lambda at, r: addresses[r] in cells[at],
        lambda at, r: names[r] in cells[at],
        lambda at, r: numbers[at] == records[r].lms_id != "",
    )
    found = dict[int, int]()
    for rule in rules:
        places, left = range(len(rows)), set(range(len(records))) - set(found.values())
        pairs = [(at, r) for at in places if at not in found for r in left if rule(at, r)]
        row_count, record_count = Counter(at for at, _ in pairs), Counter(r for _, r in pairs)
        found |= {at: r for at, r in pairs if row_count[at] == record_count[r] == 1}
    return {at: records[found[at]] for at in sorted(found)}


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())


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
