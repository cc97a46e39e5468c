"""What counts as evidence that an answer makes a slip: that both give the same on every question."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from torch import Tensor

from grader.asking.outcome import Failure, Outcome
from grader.exercise import Exercise
from grader.naming.candidates import Candidate, Candidates
from grader.naming.case import Case


def behaves(candidates: Candidates, chosen: Sequence[Candidate], cases: Sequence[Case]) -> bool:
    """Whether the slips give what the answer gave on every question."""
    exercise = candidates.exercise
    return all(alike(exercise, case, candidates.outcome(chosen, case.question)) for case in cases)


def alike(exercise: Exercise, case: Case, outcome: Outcome) -> bool:
    """Whether an outcome is the given one: an equal value, or an error that is the same to the letter."""
    given = case.given
    if outcome.failure or given.failure:
        return _text(outcome.failure) == _text(given.failure)
    return exercise.same(case.question, outcome.value, given.value)


def _text(failure: Failure | None) -> tuple[str, ...] | None:
    if failure is None:
        return None
    return (failure.kind, failure.message, failure.rule, *failure.details.values())


def first_look(cases: Sequence[Case]) -> Case | None:
    """The first wrong value that tells most slips apart: a tensor of several numbers, or a number."""
    values = [case for case in cases if case.wrong and not case.given.failure and not case.has_gradient]
    tensors = [case for case in values if isinstance(case.given_value, Tensor)]
    numbers = [case for case in values if isinstance(case.given_value, (int, float))]
    return next((case for case in tensors if case.given_value.numel() > 1), next(iter(numbers), None))


def may_be(candidates: Candidates, chosen: Sequence[Candidate], case: Case) -> bool:
    """Whether the first number is the same: asked in a hurry, and enough to rule most slips out."""
    try:
        value = candidates.value(chosen, case.question)
    except Exception:  # whatever a wrong answer raises
        return False
    ours, theirs = _first_number(value), _first_number(case.given_value)
    if ours is None or theirs is None or _shape(value) != _shape(case.given_value):
        return False
    return math.isclose(ours, theirs, rel_tol=2e-3, abs_tol=2e-5) or (ours != ours and theirs != theirs)


def _first_number(value: Any) -> float | None:
    if isinstance(value, Tensor):
        return value.reshape(-1)[0].item() if value.numel() else None
    return value if isinstance(value, (int, float)) else None


def _shape(value: Any) -> tuple[int, ...]:
    return tuple(value.shape) if isinstance(value, Tensor) else ()
