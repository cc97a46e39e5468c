"""What came of asking an answer one question: a value, or an error told in the student's terms."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).resolve().parents[2]
_FOREIGN = tuple(
    str(folder) + os.sep for folder in (_ROOT / "grader", _ROOT / "course", Path(os.__file__).parent)
)


MISSING = "Missing"  # there is no answer of that name
ENDED = "Ended"  # the process or the file ended before the answer could be asked


class Refused(Exception):
    """The answer broke a rule of the question; the message is a sentence about the answer."""


class TimeUp(BaseException):
    """The answer took too long. Not an `Exception`, so that ``except Exception`` does not hide it."""


@dataclass(frozen=True)
class Failure:
    """An error in the student's code. ``line`` and ``source`` point at the student's own line, if any."""

    kind: str
    message: str
    line: int | None = None
    source: str = ""
    function: str = ""

    @property
    def is_sentence(self) -> bool:
        """Whether the message is a whole sentence of ours rather than an exception's text."""
        return self.kind in (Refused.__name__, TimeUp.__name__, MISSING, ENDED)

    @property
    def is_refusal(self) -> bool:
        """Whether the code ran, and what it gave broke a rule of the question."""
        return self.kind == Refused.__name__

    @property
    def summary(self) -> str:
        """Kind and place without the exception's own text, which may quote the inputs."""
        if self.is_sentence:
            return self.message
        where = f"{self._where}`{self.source}` raised" if self.line is not None else "It raised"
        return _sentence(f"{where} {self.kind}")

    def __str__(self) -> str:
        if self.is_sentence:
            return self.message
        return _sentence(f"{self.summary.rstrip('.')}: {self.message}" if self.message else self.summary)

    @property
    def _where(self) -> str:
        named = f"In {self.function}, line" if self.function and self.function != "<module>" else "Line"
        return f"{named} {self.line}: "


def with_article(noun: str) -> str:
    """``a list``, ``an int``."""
    return f"{'an' if noun[:1].lower() in tuple('aeiou') else 'a'} {noun}"


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else text + "."


@dataclass(frozen=True)
class Outcome:
    """The answer's value for one question, or its failure."""

    value: Any = None
    failure: Failure | None = None


def attempt(call: Callable[[], Any]) -> Outcome:
    """Call, and tell what came of it. Never raises for an error of the student's code."""
    try:
        return Outcome(value=call())
    except (TimeUp, KeyboardInterrupt):
        raise
    except BaseException as error:  # student code may raise SystemExit, or anything else
        return Outcome(failure=failure_of(error))


def failure_of(error: BaseException) -> Failure:
    """The error with the innermost line that the student wrote (not ours, not a library's)."""
    if isinstance(error, Refused):
        return Failure(Refused.__name__, str(error))
    if isinstance(error, SyntaxError) and error.text is not None and not _is_foreign(error.filename or ""):
        return Failure(type(error).__name__, str(error.msg), error.lineno, str(error.text).strip())
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if frame.line and not _is_foreign(frame.filename)]
    if not own:
        return Failure(type(error).__name__, _first_line(error))
    last = own[-1]
    return Failure(type(error).__name__, _first_line(error), last.lineno, str(last.line).strip(), last.name)


def _first_line(error: BaseException) -> str:
    try:
        return str(error).strip().split("\n")[0]
    except Exception:  # an exception of the student's own, whose text cannot be made
        return ""


def _is_foreign(filename: str) -> bool:
    """Whether a file is ours, Python's or a library's (a kernel's cells are none of these)."""
    in_library = filename.startswith(_FOREIGN) or f"{os.sep}site-packages{os.sep}" in filename
    return in_library or filename.startswith("<frozen")
