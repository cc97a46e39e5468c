"""How a function is asked: it is called."""

from __future__ import annotations

from typing import Any

from grader.asking.call import call
from grader.asking.outcome import Refused
from grader.asking.wire import type_name


def ask_function(answer: Any, payload: dict[str, Any]) -> Any:
    """What the function gives for the inputs (`grader.asking.call`)."""
    if not callable(answer):
        raise Refused("no function", type=type_name(answer))
    return call(answer, payload, {})
