"""Naming what is wrong with a function or a module.

The order is part of the evidence. What comes out whatever the inputs are must be recognised before any cause
is looked for: every cause that destroys the result would fit. A cause is said only where it gives the same on
every question; a symptom only where it holds for every wrong number. What is asked first:

    an error, or a broken rule     it is what happened, in its own words or in better ones
    a wrapper                      a pair, an axis too many, a cut gradient: said, then what is inside
    the author's slips             for this exercise, in its own words
    what ignores its inputs
    the shared slips               those of exercises it builds on, then the operators'
    exact relations                a factor, an input added, a function of the right result
    two slips at once
    where it is wrong              which rows, which parts, how precisely
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from torch import Tensor

from grader.asking.outcome import Failure
from grader.exercise import Function
from grader.exercise.compare import Difference, difference
from grader.naming import errors, symptoms
from grader.naming.candidates import Candidates, Source, candidates_of
from grader.naming.case import Case, Named
from grader.naming.evidence import behaves, first_look, may_be
from grader.naming.pairs import find_pair
from grader.naming.peel import peel
from grader.naming.words import two_things

ENOUGH = 40  # numbers that tell any two slips apart; more only take longer
TURNED = re.compile(r"\.T\b")
SIZES = re.compile(r"must match the size|Expected size for|cannot be multiplied")  # two that do not fit
ALL_AXES = "`.T` on a batch turns *all* axes round: `.mT` and `.transpose(-2, -1)` turn only the last two."
CUT = "No gradient reaches the inputs: the result hangs on a copy (detach, numpy, item, no_grad)."


def name(exercise: Function, cases: Sequence[Case]) -> Named | None:
    """What is wrong, in one sentence, if anything is known for certain.

    Args:
        cases: every question, with what should and what did come of it; at least one is wrong.
    """
    if beginning := [case for case in cases if "starts" in case.question.payload]:
        others = [case for case in cases if case not in beginning]
        if not any(case.wrong for case in others):
            rule = beginning[0].given.failure
            return Named(str(rule), "rule") if rule and rule.is_refusal else _finding(exercise, beginning)
        cases = others
    failures = [case.given.failure for case in cases if case.given.failure]
    if refused := [failure for failure in failures if failure.is_refusal]:
        return _broken_rule(exercise, refused[0], cases)
    if len(failures) == len(cases):
        return _explained(failures)
    return _name(candidates_of(exercise), cases)


def _broken_rule(exercise: Function, rule: Failure, cases: Sequence[Case]) -> Named:
    """A refusal, and what is wrong where nothing is refused; where chance has a part, that is not known."""
    said = str(rule)
    refused = Named(said, "rule", (said,))
    accepted = [case for case in cases if not case.given.failure]
    if rule.rule == "by chance" or not accepted:
        return refused
    candidates = candidates_of(exercise)
    authored = _slip(candidates, _telling(cases), authored=True)
    return authored or _and_inside(candidates, said, "rule", accepted) or refused


def _explained(failures: Sequence[Failure]) -> Named | None:
    said = errors.explain(failures)
    return Named(said, "error", (said,)) if said else None


def _name(candidates: Candidates, cases: Sequence[Case]) -> Named | None:
    seen = _short(cases)
    wrong, right = [c for c in seen if c.wrong], [c for c in seen if not c.wrong]
    telling = _telling(cases)
    return (
        _slip(candidates, telling, authored=True)
        or _wrapped(candidates, cases)
        or _symptom(symptoms.trivial(wrong, right), "trivial")
        or _slip(candidates, telling, authored=False)
        or _cut_gradient(candidates, cases)
        or _only_gradients(candidates.exercise, wrong)
        or _symptom(symptoms.squeezed(wrong), "wrapper")
        or _symptom(symptoms.exact(wrong, right))
        or _symptom(symptoms.nearly(wrong, right))
        or find_pair(candidates, telling)
        or _turns_all_axes(wrong)
        or _explained([case.given.failure for case in wrong if case.given.failure])
        or _symptom(symptoms.weak(wrong, right))
        or _finding(candidates.exercise, wrong)
    )


def _short(cases: Sequence[Case]) -> Sequence[Case]:
    """The cases without those of long inputs, if others are wrong as well: symptoms would take long."""
    short = [case for case in cases if "most_numbers" not in case.question.payload]
    return short if any(case.wrong for case in short) else cases


def _telling(cases: Sequence[Case]) -> list[Case]:
    """The cases in the order in which they tell a slip apart soonest."""
    return sorted(cases, key=lambda case: (not case.wrong, *_effort(case)))


def _effort(case: Case) -> tuple[bool, bool, int]:
    """Which wrong cases tell a slip apart soonest: values before errors, plain ones before gradients."""
    value = case.right_value
    size = value.numel() if isinstance(value, Tensor) else 1
    return case.given.failure is not None, case.has_gradient, -min(size, ENOUGH)


def _symptom(said: str | None, how: str = "symptom") -> Named | None:
    return Named(said, how, (said,)) if said else None


# -- slips ------------------------------------------------------------------------------------------------


def _slip(candidates: Candidates, cases: Sequence[Case], authored: bool) -> Named | None:
    """The first slip that gives the same on every question."""
    first = first_look(cases)
    for candidate in candidates:
        asked = candidate.sentence and (candidate.source == Source.AUTHOR) == authored
        if not asked or (first and not may_be(candidates, [candidate], first)):
            continue
        if behaves(candidates, [candidate], cases):
            return Named(candidate.sentence, "authored" if authored else "slip", (candidate.sentence,))
    return None


# -- what is round the value --------------------------------------------------------------------------------


def _wrapped(candidates: Candidates, cases: Sequence[Case]) -> Named | None:
    """What wraps the value, then what is wrong inside."""
    if (peeled := peel(cases)) is None:
        return None
    said, inner = peeled
    return _and_inside(candidates, said, "wrapper", inner) or Named(said, "wrapper", (said,))


def _cut_gradient(candidates: Candidates, cases: Sequence[Case]) -> Named | None:
    """No gradient arrives anywhere: then what is wrong with the values, if anything is."""
    valued = [case for case in cases if case.has_gradient and case.given_value is not None]
    graded = [case.given.value["gradient"] for case in valued]
    if not graded or any(value is not None for gradients in graded for value in gradients.values()):
        return None
    return _and_inside(candidates, CUT, "rule", [case for case in cases if not case.has_gradient])


def _and_inside(candidates: Candidates, said: str, how: str, inner: Sequence[Case]) -> Named | None:
    """What was said, and what is wrong inside; None if something is, and nobody knows what."""
    exercise = candidates.exercise
    again = [
        replace(case, wrong=not exercise.holds(case.question, case.expected, case.given)) for case in inner
    ]
    if not any(case.wrong for case in again):
        return Named(said, how, (said,))
    more = _name(candidates, again)
    if more is None or more.how == "pair":
        return None
    return Named(two_things(said, more.sentence), "pair", (said, *more.slips))


def _turns_all_axes(wrong: Sequence[Case]) -> Named | None:
    """Lines with `.T` in them stop with an error on inputs of more than two axes, and nothing does on others.

    What PyTorch says of it is about sizes, and another thing each time. Values that are wrong besides have
    another cause.
    """
    stopped = [case for case in wrong if case.given.failure]
    failures = [case.given.failure for case in stopped if case.given.failure]
    turns = all(TURNED.search(failure.source) and SIZES.search(failure.message) for failure in failures)
    if not (stopped and turns and all(map(_has_batch, stopped))):
        return None
    return Named(ALL_AXES, "symptom" if all(map(_has_batch, wrong)) else "error", (ALL_AXES,))


def _has_batch(case: Case) -> bool:
    return any(isinstance(value, Tensor) and value.dim() > 2 for value in case.inputs.values())


# -- what was found where no cause is known ---------------------------------------------------------------


def _only_gradients(exercise: Function, wrong: Sequence[Case]) -> Named | None:
    """All values are right, and some gradient is not."""
    if not all(case.has_gradient and not case.given.failure for case in wrong):
        return None
    if any(difference(case.right_value, case.given_value) for case in wrong):
        return None
    found = _difference(exercise, wrong[0])
    return Named(found.sentence, "finding") if found else None


def _finding(exercise: Function, wrong: Sequence[Case]) -> Named | None:
    """What is found of every wrong value alike, if it tells nothing of a hidden case's numbers."""
    found = [None if case.given.failure else _difference(exercise, case) for case in wrong]
    told = {one.sentence if one and one.sentence == one.summary else None for one in found}
    sentence = told.pop()
    return Named(sentence, "finding") if sentence and not told else None


def _difference(exercise: Function, case: Case) -> Difference | None:
    return exercise.difference(case.question, case.expected.value, case.given.value)
