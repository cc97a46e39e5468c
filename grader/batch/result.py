"""How a submission ended, in the form in which a worker reports it.

A worker's report crosses as JSON and never as a pickle: a process that has run strangers' notebooks must not
be able to make the writer, which holds the gradebook, run anything.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Any

LONGEST_REASON = 300  # characters


class Status(StrEnum):
    """How a submission ended. Only the last has no score, and it is never a zero."""

    GRADED = "graded"
    STUDENT_ERROR = "student error"  # graded, and something in the notebook raised or ran out of time
    NOT_GRADABLE = "not gradable"


@dataclass(frozen=True)
class Result:
    """What became of one student's submission.

    ``files`` are the graded folder's, by their relative names; ``mended`` says what had to be healed first;
    ``replies`` are what a regrade need not ask again (`grader.judging.replies`).
    """

    student: str
    status: Status
    reason: str = ""
    files: dict[str, bytes] = field(default_factory=dict)
    seconds: float = 0.0
    mended: tuple[str, ...] = ()
    replies: dict[str, str] = field(default_factory=dict)

    @property
    def has_score(self) -> bool:
        return self.status is not Status.NOT_GRADABLE


def not_gradable(student: str, reason: str, seconds: float = 0.0) -> Result:
    """A result without a score, with the reason in one sentence."""
    return Result(student, Status.NOT_GRADABLE, plain(reason), seconds=seconds)


def plain(text: str) -> str:
    """One line that is safe to print: a student's error message must not steer the instructor's terminal."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= LONGEST_REASON else line[: LONGEST_REASON - 1] + "…"


def to_json(result: Result) -> str:
    """One line."""
    files = {name: base64.b64encode(content).decode() for name, content in result.files.items()}
    fields: dict[str, Any] = {"student": result.student, "status": result.status, "reason": result.reason}
    fields |= {"seconds": result.seconds, "mended": result.mended, "replies": result.replies}
    return json.dumps({**fields, "files": files})


def from_json(text: str | bytes) -> Result:
    """The result in a worker's line.

    Raises:
        ValueError: it is not one.
    """
    try:
        told = json.loads(text)
        files = {_inside(name): base64.b64decode(content) for name, content in told["files"].items()}
        status, seconds = Status(told["status"]), float(told["seconds"])
        reason, mended = plain(str(told["reason"])), tuple(plain(str(each)) for each in told["mended"])
        replies = {str(key): str(text) for key, text in told["replies"].items()}
        return Result(str(told["student"]), status, reason, files, seconds, mended, replies)
    except (KeyError, TypeError, AttributeError, binascii.Error, RecursionError) as error:
        raise ValueError(f"a worker's report cannot be read ({error!r})") from None


def _inside(name: str) -> str:
    """A file's name, if it stays in the folder that it is about to be written to."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or not path.parts:
        raise ValueError(f"a worker's report names the file {plain(name)!r}")
    return name
