"""How an answer that is a value is asked: a formula's text, a choice, a number."""

from __future__ import annotations

from typing import Any

from grader.asking.outcome import Refused
from grader.asking.wire import type_name


def ask_value(answer: Any, payload: dict[str, Any]) -> Any:
    """The answer as it stands: a formula's text, or the choice made in a quiz."""
    if answer is Ellipsis:
        return None
    if isinstance(answer, (set, frozenset)):
        return sorted(answer, key=str)
    return list(answer) if isinstance(answer, tuple) else answer


def ask_number(answer: Any, payload: dict[str, Any]) -> Any:
    """The number the student found; a function of the given values is called with them."""
    if callable(answer):
        answer = answer(**payload["given"])
    if answer is None or answer is Ellipsis:
        return None
    if isinstance(answer, str):
        raise Refused("text for a number")
    try:
        return float(answer)
    except (TypeError, ValueError):
        raise Refused("no number", type=type_name(answer)) from None
