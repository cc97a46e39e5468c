"""A student's own numbers as they are handed to the kernel that is graded: values, and no key to others.

They travel in the environment, so that a confined kernel and a plain one find them in the same place. How
they are told to people stands here too, as a notebook, a graded kernel and the judge tell them alike.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any

from grader.asking import wire

VARIABLE = "COURSE_NUMBERS"
Given = Mapping[str, Mapping[str, Any]]  # exercise -> its values by their names


def as_text(given: Given) -> str:
    """The numbers as the variable's text."""
    return json.dumps(wire.encode({exercise: dict(values) for exercise, values in given.items()}))


def in_words(values: Mapping[str, Any]) -> str:
    """Values for people: ``L = 512, d = 64``."""
    return ", ".join(f"{name} = {_shown(value)}" for name, value in values.items())


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_shown, value))}]"
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def handed_in() -> dict[str, dict[str, Any]] | None:
    """The numbers that this process was handed; None where it is nobody's graded kernel."""
    text = os.environ.get(VARIABLE)
    return None if text is None else wire.decode(json.loads(text))
