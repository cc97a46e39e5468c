"""How an answer is asked a question: one function a kind of exercise, each in a file of its own.

This is the only part of a kind that runs in the student's process: it turns what the judge sends (plain
values and tensors) into what the answer makes of it. It holds no expected value and decides nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from grader.asking.formulas import ask_entry
from grader.asking.function import ask_function
from grader.asking.matching import ask_matching
from grader.asking.module import ask_module
from grader.asking.property_test import ask_property_test
from grader.asking.training_outcome import ask_training
from grader.asking.value import ask_number, ask_value

ASK: dict[str, Callable[[Any, dict[str, Any]], Any]] = {
    "function": ask_function,
    "module": ask_module,
    "formula": ask_value,
    "formulas": ask_entry,
    "number": ask_number,
    "quiz": ask_value,
    "matching": ask_matching,
    "property test": ask_property_test,
    "training outcome": ask_training,
}
