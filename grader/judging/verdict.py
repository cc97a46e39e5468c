"""What the judge says about one answer."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

MIME = "application/vnd.attention-course.verdict+json"  # a verdict in a graded notebook, for programs


class Status(StrEnum):
    """How an answer stands."""

    RIGHT = "right"
    WRONG = "wrong"
    UNFINISHED = "not written yet"
    FAILED = "error"
    FORBIDDEN = "not your own work"
    UNCHECKED = "not checked here"


@dataclass(frozen=True)
class Part:
    """One property: whether it held, and if not, what was found.

    ``finding`` may speak of the inputs' numbers and is for the notebook; ``summary`` is for feedback. A
    property that is not graded is advice and costs nothing. ``example`` is for the notebook as well, and is
    told where a named mistake stands in place of what was found.
    """

    name: str
    held: bool
    finding: str = ""
    summary: str = ""
    is_graded: bool = True
    example: str = ""


@dataclass(frozen=True)
class Verdict:
    """Score, status, and the words that go with them.

    ``mistake`` says what is wrong where that is known, ``how`` what it rests on (`grader.naming.case.Named`),
    and ``slips`` are the sentences of which it is put together, by which a class is counted. ``word``
    tells the student that a person has looked at the answer, and why it stands so (`grader.appeals`).
    """

    exercise: str
    title: str
    score: float
    maximum: float
    status: Status
    parts: tuple[Part, ...] = ()
    mistake: str | None = None
    message: str = ""
    how: str = ""
    slips: tuple[str, ...] = ()
    said: tuple[str, ...] = field(default=())
    word: str = ""

    @property
    def is_right(self) -> bool:
        return self.status is Status.RIGHT

    @property
    def graded_parts(self) -> tuple[Part, ...]:
        """The parts that points are given for; the others are advice."""
        return tuple(part for part in self.parts if part.is_graded)

    def to_json(self) -> dict[str, Any]:
        """As a JSON value, for ``grader judge --json``."""
        return {**asdict(self), "status": str(self.status), "verdict": str(self.status)}

    def for_report(self) -> dict[str, Any]:
        """As a JSON value that lies in a graded notebook: nothing in it tells of hidden cases."""
        return {
            "exercise": self.exercise,
            "title": self.title,
            "score": self.score,
            "maximum": self.maximum,
            "status": str(self.status),
            "mistake": self.mistake or "",
            "message": self.message,
            "word": self.word,
            "slips": list(self.slips),
            "parts": [
                {"name": p.name, "held": p.held, "summary": p.summary, "graded": p.is_graded}
                for p in self.parts
            ],
        }


def from_json(told: dict[str, Any]) -> Verdict:
    """The verdict in a JSON value that `Verdict.to_json` has made."""
    known = {name: told[name] for name in Verdict.__dataclass_fields__}
    parts = tuple(Part(**part) for part in told["parts"])
    lists = {name: tuple(told[name]) for name in ("slips", "said")}
    return Verdict(**known | lists | {"status": Status(told["status"]), "parts": parts})
