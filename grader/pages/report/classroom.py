"""A class and its work on one lesson: the gradebook's records, joined with what the judge said and the code.

The judge's verdicts lie in the autograded notebooks, where only the judge can have put them: autograding
takes everything of that kind out of a submission first. A notebook that was graded without them (by an
older version, or by hand) has its points and nothing else.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

from grader import catalogue
from grader.judging.verdict import MIME, Status
from grader.marks.records import Lesson, Mark, Record, read_lesson

STOPPED = ("It did not finish within", "Your code ended or blocked")  # how such a finding begins
STUCK = 3  # exercises in a row without a point


class Kind(Enum):
    """How an answer stands, with its sign and its word."""

    RIGHT = "✓", "right"
    PARTLY = "◐", "partly right"
    WRONG = "✗", "wrong"
    ERROR = "!", "error"
    STOPPED = "∞", "time-out"
    FORBIDDEN = "⊘", "not own work"
    UNWRITTEN = "○", "not written"
    UNGRADED = "?", "no grade"

    @property
    def sign(self) -> str:
        return self.value[0]

    @property
    def word(self) -> str:
        return self.value[1]


@dataclass(frozen=True)
class Answer:
    """One student's answer to one exercise."""

    kind: Kind
    score: float | None
    maximum: float
    mistake: str = ""  # the sentence that names what is wrong
    finding: str = ""  # the first thing that was found, where no known mistake was
    code: str = ""
    by_hand: bool = False
    slips: tuple[str, ...] = ()  # the sentences of which the mistake is put together, one or two
    word: str = ""  # of a person who has looked at it, as the student is told


@dataclass(frozen=True)
class Member:
    """One student: the record and the answers, by exercise."""

    record: Record
    answers: dict[str, Answer] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.record.student

    def stuck_at(self) -> tuple[str, int] | None:
        """Where the longest run of exercises without a point begins, and its length, if it is long."""
        best: tuple[str, int] = ("", 0)
        begun, length = "", 0
        for exercise, answer in self.answers.items():
            length = 0 if answer.score else length + 1
            begun = exercise if length == 1 else begun
            if length > best[1]:
                best = begun, length
        return best if best[1] >= STUCK else None


@dataclass(frozen=True)
class Exercise:
    """What the report knows of an exercise: its name for people, and what everybody was given."""

    id: str
    number: int
    title: str
    maximum: float
    given: str = ""


@dataclass(frozen=True)
class Classroom:
    """Everybody and their work."""

    lesson: str
    maximum: float
    exercises: tuple[Exercise, ...]
    members: tuple[Member, ...]

    @property
    def graded(self) -> list[Member]:
        return [member for member in self.members if member.record.score is not None]


def read_classroom(root: Path, lesson: str, section: str | None = None) -> Classroom:
    """The class, or one section of it, in the gradebook and in ``autograded/``.

    Raises:
        CourseError: there is no gradebook, or the lesson is not in it, or nobody is in that section.
    """
    records = read_lesson(root, lesson, section)
    given = _answers(_cells(root / "lessons" / lesson / f"{lesson}.ipynb"))
    titles = {exercise.id: exercise.title for exercise in catalogue.of_lesson(lesson)}
    exercises = tuple(
        Exercise(id, number, titles.get(id, id), points, given.get(id, ""))
        for number, (id, points) in enumerate(records.exercises.items(), start=1)
    )
    members = tuple(_member(root, records, record) for record in records.records)
    return Classroom(lesson, records.maximum, exercises, members)


def _member(root: Path, lesson: Lesson, record: Record) -> Member:
    if record.score is None:
        return Member(record)
    cells = _cells(root / "autograded" / record.student / lesson.name / f"{lesson.name}.ipynb")
    verdicts, codes = _verdicts(cells), _answers(cells)
    answers = {
        id: _answer(record.marks.get(id, Mark(None, points, False)), verdicts.get(id, {}), codes.get(id, ""))
        for id, points in lesson.exercises.items()
    }
    return Member(record, answers)


def _answer(mark: Mark, verdict: dict[str, Any], code: str) -> Answer:
    parts = [part for part in verdict.get("parts", ()) if part.get("graded", True)]
    found = [str(part.get("summary", "")) for part in parts if not part.get("held")]
    finding = str(verdict.get("message") or next(filter(None, found), ""))
    kind = _kind(mark, str(verdict.get("status", "")), found)
    mistake = "" if kind is Kind.RIGHT else str(verdict.get("mistake") or "")
    slips = tuple(map(str, verdict.get("slips") or [mistake])) if mistake else ()
    word = str(verdict.get("word") or "")
    return Answer(kind, mark.score, mark.maximum, mistake, finding, code, mark.by_hand, slips, word)


def _kind(mark: Mark, status: str, found: list[str]) -> Kind:
    if mark.score is None:
        return Kind.UNGRADED
    if mark.score >= mark.maximum > 0:
        return Kind.RIGHT
    if any(finding.startswith(STOPPED) for finding in found):
        return Kind.STOPPED
    told = {
        Status.UNFINISHED: Kind.UNWRITTEN,
        Status.FORBIDDEN: Kind.FORBIDDEN,
        Status.FAILED: Kind.ERROR,
    }
    if not mark.by_hand and status in told:
        return told[Status(status)]
    return Kind.PARTLY if mark.score > 0 else Kind.WRONG


# -- notebooks --------------------------------------------------------------------------------------------


def _cells(notebook: Path) -> list[dict[str, Any]]:
    """The cells of a notebook; none where there is none, or what is there cannot be read."""
    try:
        cells = json.loads(notebook.read_bytes())["cells"]
    except (OSError, ValueError, KeyError, TypeError):
        return []
    return [cell for cell in cells if isinstance(cell, dict)] if isinstance(cells, list) else []


def _grade_id(cell: dict[str, Any]) -> str:
    return str(cell.get("metadata", {}).get("nbgrader", {}).get("grade_id", ""))


def _answers(cells: list[dict[str, Any]]) -> dict[str, str]:
    """The text of every answer, by exercise."""
    texts = {_grade_id(cell): "".join(cell.get("source", "")) for cell in cells}
    return {id.removesuffix("_answer"): text for id, text in texts.items() if id.endswith("_answer")}


def _verdicts(cells: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """What the judge wrote into the graded cells, by exercise."""
    found = {}
    for cell in cells:
        for output in cell.get("outputs", ()):
            verdict = output.get("data", {}).get(MIME)
            if isinstance(verdict, dict) and cell["metadata"].get("nbgrader", {}).get("grade"):
                found[_grade_id(cell)] = verdict
    return found
