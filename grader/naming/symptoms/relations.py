"""One constant between all numbers, or an input in them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor

from grader.naming.symptoms.constants import name_constant
from grader.naming.symptoms.law import Law, shared, telling
from grader.naming.symptoms.view import View


@dataclass(frozen=True)
class _Change:
    """A way to change every number by one constant."""

    measure: Callable[[View], float]
    make: Callable[[Tensor, float], Tensor]
    sentence: str
    opposite: str  # for a negative constant
    nameless: str

    def explains(self, view: View, constant: float) -> bool:
        return view.same_shape and math.isfinite(constant) and view.gives(self.make(view.expected, constant))


def _factor_of(view: View) -> float:
    expected, given = view.expected.flatten(), view.given.flatten()
    square = float(expected @ expected)
    return float(expected @ given) / square if square else math.nan


_FACTOR = _Change(
    _factor_of,
    torch.mul,
    "Every number is {} times the expected one.",
    "Every number is −{} times the expected one.",
    "Every number is too large or too small by one factor, which is another for other inputs.",
)
_ADDEND = _Change(
    lambda view: float((view.given - view.expected).mean()),
    torch.add,
    "Every number is {} too large.",
    "Every number is {} too small.",
    "Every number is off by the same amount, which is another for other inputs.",
)


def factor(wrong: Sequence[View]) -> Iterator[Law]:
    """Every number times a constant."""
    return _constant(wrong, _FACTOR)


def addend(wrong: Sequence[View]) -> Iterator[Law]:
    """Every number plus a constant."""
    return _constant(wrong, _ADDEND)


def _constant(wrong: Sequence[View], change: _Change) -> Iterator[Law]:
    if not all(view.is_numeric and view.same_shape for view in wrong) or not _vary(wrong):
        return
    constants = []
    for view in telling(wrong):
        constants.append(change.measure(view))
        if not constants[-1] or not change.explains(view, constants[-1]):
            return
    if found := name_constant(constants, [view.known for view in telling(wrong)]):
        sentence = change.opposite if found.text.startswith("−") else change.sentence

        def holds(view: View) -> bool:
            try:
                return change.explains(view, found.at(view.known))
            except (KeyError, ValueError, ZeroDivisionError):  # no such size, or the form has no value here
                return False

        yield Law(sentence.format(found.text.removeprefix("−")), holds)
    elif all(view.expected.numel() > 2 for view in telling(wrong)):
        yield Law(change.nameless, lambda view: change.explains(view, change.measure(view)))


def _vary(wrong: Sequence[View]) -> bool:
    """Whether the expected numbers are not all the same: then a factor is no addend."""
    numbers = torch.cat([view.expected.flatten() for view in telling(wrong)])
    return bool(numbers.isfinite().all()) and bool(numbers.max() - numbers.min() > 1e-6 * numbers.abs().max())


_WITH_INPUT: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "`{}` is added to the right result.": torch.add,
    "`{}` is subtracted from the right result.": torch.sub,
    "It is `{}` minus the right result.": lambda right, x: x - right,
    "The right result is multiplied by `{}`, number by number.": torch.mul,
    "The right result is divided by `{}`, number by number.": torch.div,
}


def inputs(wrong: Sequence[View]) -> Iterator[Law]:
    """An input that is added to the right result, or stands in it in another way."""
    if not all(view.is_numeric for view in wrong):
        return
    for name in shared(wrong, lambda view: view.floats):
        for sentence, make in _WITH_INPUT.items():
            yield Law(sentence.format(name), partial(_holds, make=make, name=name))


def _holds(view: View, make: Callable[[Tensor, Tensor], Tensor], name: str) -> bool:
    x, right = view.floats.get(name), view.expected
    if x is None or x.dim() > right.dim() or x.shape != right.shape[right.dim() - x.dim() :]:
        return False
    return view.gives(make(right, x))
