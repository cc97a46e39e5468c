"""The sentence for a wrong answer, whatever its kind."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

from grader.exercise import Exercise
from grader.naming import code, formula, formulas, matching, number, property_test, quiz, training_outcome
from grader.naming.case import Case, Named

NAME: dict[str, Callable[[Any, Sequence[Case]], Named | None]] = {
    "function": code.name,
    "module": code.name,
    "formula": formula.name,
    "formulas": formulas.name,
    "number": number.name,
    "quiz": quiz.name,
    "matching": matching.name,
    "property test": property_test.name,
    "training outcome": training_outcome.name,
}


def name(exercise: Exercise, cases: Sequence[Case]) -> Named | None:
    """What is known for certain of a wrong answer; None where nothing is.

    Args:
        cases: every graded question, with what should and what did come of it; at least one is wrong.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what wrong answers of ours are warned of is nobody's business
        return NAME[exercise.kind](exercise, cases)
