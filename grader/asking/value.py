"""How an answer that is a value is asked: a formula's text, a choice, a number."""

from __future__ import annotations

from typing import Any

from grader.asking.outcome import Refused, with_article


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
        raise Refused("It is text in quotes; a number is expected.")
    try:
        return float(answer)
    except (TypeError, ValueError):
        raise Refused(f"It is {with_article(type(answer).__name__)}; one number is expected.") from None
