"""How pairs are asked: they cross as a list."""

from __future__ import annotations

from typing import Any

from grader.asking.value import ask_value


def ask_matching(answer: Any, payload: dict[str, Any]) -> Any:
    """The pairs as they stand, in whatever spelling."""
    if isinstance(answer, dict):
        return [list(pair) for pair in answer.items()]
    return ask_value(answer, payload)
