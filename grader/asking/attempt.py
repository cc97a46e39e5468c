"""Asking once: what came of a call, an error told in the student's terms."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from grader.asking import rules
from grader.asking.outcome import COURSES, Failure, Outcome, Refused, TimeUp
from grader.asking.watch import ours

_ROOT = Path(__file__).resolve().parents[2]
_FOREIGN = tuple(
    str(folder) + os.sep for folder in (_ROOT / "grader", _ROOT / "course", Path(os.__file__).parent)
)


def attempt(call: Callable[[], Any]) -> Outcome:
    """Call, and tell what came of it. Never raises for an error of the student's code."""
    try:
        return Outcome(value=call())
    except (TimeUp, KeyboardInterrupt):
        raise
    except BaseException as error:  # student code may raise SystemExit, or anything else
        with ours():  # to tell of it takes a thousand calls, each of which would be noted
            return Outcome(failure=failure_of(error))


def failure_of(error: BaseException, rule: str = "", **details: str) -> Failure:
    """The error with the innermost line that the student wrote (not ours, not a library's)."""
    if isinstance(error, Refused) and rules.crosses(error.rule, error.details):
        return Failure.told(error.rule, **error.details)
    kind, message = type(error).__name__, _first_line(error)
    if isinstance(error, SyntaxError) and error.text is not None and not _is_foreign(error.filename or ""):
        message, line = str(error.msg), str(error.text).strip()
        return Failure(kind, message, error.lineno, line, rule=rule, details=details)
    if isinstance(error, TimeUp) and rule:
        kind = ""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if frame.line and not _is_foreign(frame.filename)]
    if not own:
        return Failure(kind, message, rule=rule, details=details)
    last = own[-1]
    return Failure(kind, message, last.lineno, str(last.line).strip(), last.name, rule, details)


def _first_line(error: BaseException) -> str:
    try:
        return str(error).strip().split("\n")[0]
    except Exception:  # an exception of the student's own, whose text cannot be made
        return ""


def _is_foreign(filename: str) -> bool:
    """Whether a file is ours, Python's or a library's (a kernel's cells are none of these)."""
    in_library = filename.startswith((*_FOREIGN, COURSES)) or f"{os.sep}site-packages{os.sep}" in filename
    return in_library or filename.startswith("<frozen")
