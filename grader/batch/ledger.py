"""What was finished, and from what: so that a run that is begun again grades only what is new.

A record is written after the gradebook and the graded folder are. One that is missing costs a regrade, which
gives the same again; one that is there too early would cost a grade. The file is a line of JSON a submission;
the last line about a student counts, and one that was torn by a dying process counts for nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path

from course.whole_files import replacing
from grader.batch.gradebook import Scores
from grader.batch.result import Status

FOLDER = ".grading"  # in the root of the course


@dataclass(frozen=True)
class Record:
    """How a submission ended. ``inputs`` is the fingerprint of all that it depends on."""

    student: str
    inputs: str
    status: Status
    reason: str
    seconds: float
    files: dict[str, int]  # of the graded folder: names and sizes in bytes
    scores: Scores
    extension: float | None = None  # seconds, as it was when the late penalty was worked out
    counted: float | None = None  # the points of late work, as they were then
    replies: dict[str, str] = field(default_factory=dict)  # for a regrade (`grader.judging.replies`)


class Ledger:
    """The records of one lesson. Only the process that holds the lesson's lock writes."""

    def __init__(self, root: Path, lesson: str) -> None:
        self.path = root / FOLDER / f"{lesson}.jsonl"

    @property
    def lock(self) -> Path:
        return self.path.with_suffix(".lock")

    def read(self) -> dict[str, Record]:
        """The last record of every student."""
        found: dict[str, Record] = {}
        if self.path.exists():
            for line in self.path.read_text(encoding="utf-8", errors="replace").splitlines():
                try:
                    record = Record(**json.loads(line))
                except (ValueError, TypeError):
                    continue
                found[record.student] = record
        return found

    def compact(self) -> None:
        """Leave out what later records have replaced."""
        self._keep(self.read().values())

    def forget(self, student: str) -> None:
        """Leave out one student's."""
        self._keep(record for record in self.read().values() if record.student != student)

    def add(self, records: Iterable[Record]) -> None:
        with self.path.open("a", encoding="utf-8") as file:
            file.write("".join(map(_line, records)))

    def _keep(self, records: Iterable[Record]) -> None:
        text = "".join(map(_line, records))  # read before the file is replaced
        with replacing(self.path) as growing:
            growing.write_text(text, encoding="utf-8")


def _line(record: Record) -> str:
    return json.dumps(asdict(record)) + "\n"


def reasons(root: Path, lesson: str) -> dict[str, str]:
    """Why those without a score have none, in one sentence each."""
    records = Ledger(root, lesson).read().values()
    return {record.student: record.reason for record in records if record.status == Status.NOT_GRADABLE}
