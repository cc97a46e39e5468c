"""Which parts each slip breaks: worked out once in a process, for the first pair that is searched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from torch import Tensor

from grader.exercise import Function, Question
from grader.exercise.compare import ATOL
from grader.naming.candidates import Candidate, Candidates, candidates_of
from grader.naming.case import Case
from grader.questions.draw import Draw

Traits = tuple[Any, ...]
SEED = 0  # of the questions on which it is seen; any will do
PER_EDIT = 6  # of two slips that fit, the one that changes fewer places is more likely meant
FAR = 0.01  # what differs by more than a hundredth is no rounding


@dataclass(frozen=True)
class Breaks:
    """A candidate with the parts that it breaks on some questions, and those that it breaks on every one."""

    candidate: Candidate
    ever: frozenset[str]
    always: frozenset[str]


@cache
def breaks_of(exercise: Function) -> tuple[Breaks, ...]:
    """What each slip that may be said breaks, the likeliest first.

    Of several that behave alike one is enough. Those that break nothing alone come last: beside another slip
    they may (NaN replaced by 0).
    """
    if exercise.candidates is not None:
        return ()  # of two mistakes at once nothing was recorded
    candidates = candidates_of(exercise)
    cases = [Case(q, right := exercise.right_outcome(q), right, wrong=False) for q in _questions(exercise)]
    found: dict[Any, Breaks] = {}
    harmless = []
    for candidate in candidates:
        if not candidate.sentence:
            continue
        breaks, traits = _breaks(candidates, candidate, cases)
        if breaks.ever:
            found.setdefault((candidate.form, breaks.ever, traits), breaks)
        else:
            harmless.append(breaks)
    likeliest = sorted(found.values(), key=lambda one: one.candidate.rank + PER_EDIT * one.candidate.edits)
    return (*likeliest, *harmless)


def _questions(exercise: Function) -> list[Question]:
    """Two questions for each part."""
    asked: dict[str, list[Question]] = {part: [] for part in exercise.parts}
    for question in exercise.questions(Draw(SEED)):
        asked.get(question.part, []).append(question)
    return [question for part in asked.values() for question in part[:2]]


def _breaks(candidates: Candidates, candidate: Candidate, cases: Sequence[Case]) -> tuple[Breaks, Traits]:
    """What it breaks, and a few numbers of what it gives, by which slips that behave alike are found."""
    parts: dict[str, list[Case]] = {}
    for case in sorted(cases, key=lambda case: case.has_gradient):
        parts.setdefault(case.part, []).append(case)
    ever: set[str] = set()
    always: set[str] = set()
    traits = []
    for part, asked in parts.items():
        if asked[0].has_gradient:
            if ever or _cuts(candidates, candidate, asked):  # where values are wrong, so are gradients
                ever.add(part)
            continue
        values = [_value(candidates, candidate, asked[0])]
        traits.append(_traits(values[0]))
        broken = {_is_wrong(candidates, asked[0], values[0])}
        for case in asked[1:]:
            if len(broken) == 1:  # until it has been both
                broken.add(_is_wrong(candidates, case, _value(candidates, candidate, case)))
        if True in broken:
            ever.add(part)
        if False not in broken:
            always.add(part)
    return Breaks(candidate, frozenset(ever), frozenset(always)), tuple(traits)


def _cuts(candidates: Candidates, candidate: Candidate, cases: Sequence[Case]) -> bool:
    """Whether some gradient is wrong."""
    outcomes = ((case, candidates.outcome([candidate], case.question)) for case in cases)
    return any(
        not candidates.exercise.holds(case.question, case.expected, outcome) for case, outcome in outcomes
    )


def _value(candidates: Candidates, candidate: Candidate, case: Case) -> Any:
    try:
        return candidates.value([candidate], case.question)
    except Exception as error:  # whatever a wrong answer raises
        return error


def _traits(value: Any) -> Traits:
    if not isinstance(value, Tensor):
        return (repr(value),)
    first = value.reshape(-1)[:1].sum()
    return tuple(value.shape), f"{value.sum().item():.4g}", f"{first.item():.4g}"


def _is_wrong(candidates: Candidates, case: Case, given: Any) -> bool:
    right = case.expected.value
    if isinstance(given, Exception):
        return True
    floats = isinstance(right, Tensor) and isinstance(given, Tensor) and right.dtype == given.dtype
    if floats and right.is_floating_point() and right.shape == given.shape and right.numel():
        largest = (given - right).abs().max().item()  # NaN, if it is anywhere: then neither holds
        if largest <= ATOL:
            return False  # the usual cases, told at once; what lies between goes the long way
        if largest > FAR * right.abs().max().item():
            return True
    return candidates.exercise.difference(case.question, right, given) is not None
