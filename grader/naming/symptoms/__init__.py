"""What can be said of a wrong value without knowing its cause: one true sentence on how it differs.

A symptom is said only if it holds on every wrong case and could have failed: never on fewer than three
numbers, nor on cases of an axis of length one alone. The functions, in the order in which they are asked:
`trivial`, before any cause is looked for; `exact` and `nearly`, after the single causes; `weak`, when there
is nothing better to say. `squeezed` is what an axis of length one tells alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from torch import Tensor

from grader.asking.outcome import Outcome
from grader.exercise.compare import difference
from grader.naming.case import Case
from grader.naming.symptoms import (
    elements,
    finite,
    numbers,
    order,
    places,
    precision,
    relations,
    rows,
    shapes,
)
from grader.naming.symptoms import trivial as whatever
from grader.naming.symptoms.circumstances import circumstance
from grader.naming.symptoms.law import Law, Laws, first_law
from grader.naming.symptoms.view import views

_TRIVIAL: tuple[Laws, ...] = (whatever.constants, whatever.inputs)
_EXACT: tuple[Laws, ...] = (
    shapes.dtypes,
    elements.functions,
    relations.factor,
    relations.inputs,
    order.turned,
    relations.addend,
    elements.steps_to_come,
)
_NEARLY: tuple[Laws, ...] = (precision.decimals, precision.digits)
_WEAK: tuple[Laws, ...] = (
    finite.not_finite,
    shapes.axes,
    *_NEARLY,
    rows.proportions,
    places.places,
    rows.shares,
    rows.rows,
    order.exchanged,
)
_ORDINALS = ("first", "second", "third", "fourth")
_AS_IT_IS = ("`", "NaN", "True", "False")  # a sentence that begins so keeps its first letter
_SOMEWHERE = "Where its numbers are wrong"

Symptom = Callable[[Sequence[Case], Sequence[Case]], str | None]


def trivial(wrong: Sequence[Case], right: Sequence[Case] = ()) -> str | None:
    """What comes out whatever the inputs are: one number everywhere, an input, or a row made of one."""
    if not all(_value_is_wrong(case) for case in wrong):
        return None
    if inner := _inside(wrong, right):
        return inner.ask(trivial)
    if pairs := numbers.pairs(wrong):
        return _qualified(numbers.trivial_number(pairs), wrong, right)
    return _said(_TRIVIAL, wrong, right)


def exact(wrong: Sequence[Case], right: Sequence[Case]) -> str | None:
    """A relation that fits every wrong number."""
    if not all(_value_is_wrong(case) for case in wrong):
        return None
    if inner := _inside(wrong, right):
        return inner.ask(exact)
    if pairs := numbers.pairs(wrong):
        return _qualified(numbers.wrong_number(pairs), wrong, right)
    return None if any(view.is_close for view in views(wrong)) else _said(_EXACT, wrong, right)


def nearly(wrong: Sequence[Case], right: Sequence[Case]) -> str | None:
    """Numbers that are right but for their last digits."""
    if not all(_value_is_wrong(case) for case in wrong) or numbers.pairs(wrong):
        return None
    if inner := _inside(wrong, right):
        return inner.ask(nearly)
    return _said(_NEARLY, wrong, right) or _of_the_largest_part(wrong, right, _NEARLY)


def weak(wrong: Sequence[Case], right: Sequence[Case]) -> str | None:
    """Where the value is wrong and what is true of it, in all cases or in the one part that tells most.

    Cases that stopped with an error are no evidence; of the others, those are looked at whose value is wrong.
    """
    seen = [case for case in wrong if _value_is_wrong(case)]
    others = [*right, *(case for case in wrong if not _value_is_wrong(case))]
    if not seen:
        return None
    if inner := _inside(seen, others):
        return inner.ask(weak)
    if pairs := numbers.pairs(seen):
        return _qualified(numbers.wrong_number(pairs), seen, others)
    if said := _said(_WEAK, seen, others) or _of_the_largest_part(seen, others):
        return said
    told = circumstance(wrong, right)
    return told.sentence if told and told.sentence else None


def squeezed(wrong: Sequence[Case]) -> str | None:
    """Axes of length one that are gone: the one thing that cases of such an axis tell alone."""
    pairs = [(case.right_value, case.given_value) for case in wrong if case.given.failure is None]
    if not pairs or len(pairs) < len(wrong):
        return None
    tensors = all(isinstance(right, Tensor) and isinstance(given, Tensor) for right, given in pairs)
    if not tensors or any(right.dim() == given.dim() for right, given in pairs):
        return None
    if all([size for size in right.shape if size > 1] == list(given.shape) for right, given in pairs):
        return "Axes of length one are gone, as squeeze() takes them away: the result is to keep its shape."
    return None


def _value_is_wrong(case: Case) -> bool:
    """Whether there is a value, and it is not only a gradient that is wrong."""
    if case.given.failure is not None:
        return False
    if not case.has_gradient:
        return True
    return difference(case.right_value, case.given_value, case.question.rounding or 0.0) is not None


# -- one sentence of laws -----------------------------------------------------------------------------------


def _said(kinds: Sequence[Laws], wrong: Sequence[Case], others: Sequence[Case]) -> str | None:
    """The first law that holds, with the circumstances where it does not hold of the other cases as well."""
    law = first_law(kinds, views(wrong))
    if law is None:
        return None
    return law.sentence if _holds(law, others) else _qualified(law.sentence, wrong, others)


def _holds(law: Law, cases: Sequence[Case]) -> bool:
    """Whether a law holds of all cases; what an axis of length one makes right by chance does not count."""
    seen = views(cases)
    return len(seen) == len(cases) and all(view.is_degenerate or law.holds(view) for view in seen)


def _qualified(sentence: str | None, wrong: Sequence[Case], others: Sequence[Case]) -> str | None:
    """The sentence, said of the wrong cases only if there are others."""
    if sentence is None or not others:
        return sentence
    told = circumstance(wrong, others)
    return _in(told.phrase if told else _SOMEWHERE, sentence)


def _in(phrase: str, sentence: str) -> str:
    kept = sentence.startswith(_AS_IT_IS)
    return f"{phrase}, {sentence if kept else sentence[0].lower() + sentence[1:]}"


def _of_the_largest_part(
    wrong: Sequence[Case], others: Sequence[Case], laws: tuple[Laws, ...] = ()
) -> str | None:
    """What is true of the one part that has the most numbers; any law, if none are said."""
    count = Counter[str]()
    for view in views(wrong):
        count[view.part] += view.evidence
    if len(count) < 2:
        return None
    part = count.most_common(1)[0][0]
    inside = [case for case in wrong if case.part == part]
    weak = _WEAK if any(view.is_close for view in views(inside)) else (*_EXACT, *_WEAK)
    law = first_law(laws or weak, views(inside))
    if law is None or not _holds(law, [case for case in others if case.part == part]):
        return None
    return _in(f"In “{part}”", law.sentence)


# -- several values -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Inside:
    """One of several values that are returned together: the only wrong one."""

    which: str
    wrong: Sequence[Case]
    right: Sequence[Case]

    def ask(self, symptom: Symptom) -> str | None:
        said = symptom(self.wrong, self.right)
        return _in(f"In the {self.which} value", said) if said else None


def _inside(wrong: Sequence[Case], right: Sequence[Case]) -> _Inside | None:
    """The only one of several values that is wrong, in all wrong cases."""
    counts = {_count(case.right_value) for case in wrong} | {_count(case.given_value) for case in wrong}
    if len(counts) != 1 or not 1 < (count := counts.pop()) <= len(_ORDINALS):
        return None
    places = {
        place
        for case in wrong
        for place in range(count)
        if difference(case.right_value[place], case.given_value[place]) is not None
    }
    if len(places) != 1:
        return None
    place = places.pop()
    fitting = [case for case in right if _count(case.right_value) == _count(case.given_value) == count]
    return _Inside(
        _ORDINALS[place], [_at(case, place) for case in wrong], [_at(case, place) for case in fitting]
    )


def _count(value: Any) -> int:
    return len(value) if isinstance(value, (tuple, list)) else 0


def _at(case: Case, place: int) -> Case:
    return replace(
        case,
        expected=Outcome(value=case.right_value[place]),
        given=Outcome(value=case.given_value[place]),
    )
