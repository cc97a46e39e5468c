"""How one entry of a table is asked for."""

from __future__ import annotations

from typing import Any

from grader.asking.outcome import Refused
from grader.asking.value import ask_value
from grader.asking.wire import type_name


def ask_entry(answer: Any, payload: dict[str, Any]) -> Any:
    """What stands in the table for a name; None for a name that it does not have."""
    if not isinstance(answer, dict):
        raise Refused("no table", type=type_name(answer))
    return ask_value(answer.get(payload["entry"]), payload)
