"""``collected/LESSON/students.csv``: who handed in, under which name and number of the LMS, from which file.

`grader collect` writes it; the exports need the numbers, and the zip of feedback for Moodle the names.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from course.whole_files import replacing

COLLECTED = "collected"


@dataclass(frozen=True)
class Arrival:
    """A line of students.csv: one student's submission and where it came from."""

    student: str
    name: str
    lms_id: str
    system: str
    late: str  # "late" where the LMS says so
    file: str
    modified: str  # when the file was written where it came from, ISO, local time; not when it was handed in
    upload: str


def collected_lessons(root: Path) -> list[str]:
    """The lessons of which something was collected, in order."""
    return sorted(place.parent.name for place in (root / COLLECTED).glob("*/students.csv"))


def read_arrivals(root: Path, lesson: str) -> list[Arrival]:
    """What was collected so far."""
    file = root / COLLECTED / lesson / "students.csv"
    if not file.is_file():
        return []
    names = [field.name for field in fields(Arrival)]
    with file.open(newline="", encoding="utf-8") as lines:
        return [Arrival(**{name: line.get(name) or "" for name in names}) for line in csv.DictReader(lines)]


def write_arrivals(root: Path, lesson: str, arrivals: Iterable[Arrival]) -> None:
    file = root / COLLECTED / lesson / "students.csv"
    with replacing(file) as growing, growing.open("w", newline="", encoding="utf-8") as lines:
        writer = csv.DictWriter(lines, [field.name for field in fields(Arrival)])
        writer.writeheader()
        writer.writerows(asdict(arrival) for arrival in sorted(arrivals, key=lambda a: a.student))
