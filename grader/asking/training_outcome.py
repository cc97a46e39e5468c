"""How training is asked: the student's function trains on what it is given, and returns predictions."""

from __future__ import annotations

from typing import Any

from grader.asking.call import call
from grader.asking.chance import begin_with
from grader.asking.outcome import Refused
from grader.asking.wire import type_name


def ask_training(answer: Any, payload: dict[str, Any]) -> Any:
    """What the function predicts for the hidden images; what is right for them never comes here."""
    if not callable(answer):
        raise Refused("no function", type=type_name(answer))
    begin_with(payload["seed"])
    return call(answer, payload, {})
