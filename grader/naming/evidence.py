"""What counts as evidence that an answer makes a slip: that both give the same on every question."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any
from weakref import WeakKeyDictionary

from torch import Tensor

from grader.asking.outcome import Failure, Outcome
from grader.exercise import Exercise, Question
from grader.naming.candidates import Candidate, Candidates, Memory
from grader.naming.case import Case

Glance = tuple[float, tuple[int, ...]]
_glances: WeakKeyDictionary[Candidates, Memory[int, dict[tuple[int, ...], Glance | None]]]
_glances = WeakKeyDictionary()  # by question, then by the slips


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
    """Whether shape and first number are the same: asked in a hurry, and enough to rule most slips out."""
    theirs, ours = _glance(case.given_value), _glance_at(candidates, chosen, case.question)
    if ours is None or theirs is None or ours[1] != theirs[1]:
        return False
    (one, _), (other, _) = ours, theirs
    return math.isclose(one, other, rel_tol=2e-3, abs_tol=2e-5) or (one != one and other != other)


def _glance_at(candidates: Candidates, chosen: Sequence[Candidate], question: Question) -> Glance | None:
    """The first look at what the slips give, kept while answers to the question are judged."""
    known = _glances.setdefault(candidates, Memory()).get(id(question), question, dict)
    if (which := tuple(map(id, chosen))) not in known:
        try:
            known[which] = _glance(candidates.value(chosen, question))
        except Exception:  # whatever a wrong answer raises
            known[which] = None
    return known[which]


def _glance(value: Any) -> Glance | None:
    """A value's first number, and its shape; None where there is no number in it."""
    if isinstance(value, Tensor):
        return (value.reshape(-1)[0].item(), tuple(value.shape)) if value.numel() else None
    return (value, ()) if isinstance(value, (int, float)) else None
