"""Where a value differs from the expected one, told from the outside in: kind, shape, dtype, NaN, numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import torch
from torch import Tensor

from grader.asking.rules import with_article
from grader.asking.wire import Foreign, type_name

RTOL, ATOL = 1e-4, 1e-5  # float32 sums in another order stay well inside; a mistake does not
MODERATE = 4.0  # up to this size of its numbers a tensor rounds by less than ATOL
MARGIN = 8.0  # another order of sums may round by more than ours does


@dataclass(frozen=True)
class Difference:
    """What is wrong with one value.

    ``sentence`` is for the notebook and may tell place and size of the error; ``summary`` is for graded
    feedback and tells nothing of a hidden case's numbers. ``example`` is a case to work through by hand, for
    the notebook: it helps beside a mistake that is named, too.
    """

    sentence: str
    summary: str
    example: str = ""

    @classmethod
    def plain(cls, sentence: str) -> Self:
        """A difference that has nothing to hide."""
        return cls(sentence, sentence)


def difference(expected: Any, given: Any, rounding: float = 0.0) -> Difference | None:
    """How ``given`` differs from ``expected``, or None where the two agree.

    Tensors agree in proportion to the largest number in them, and within what the result rounds by anyway:
    ``rounding`` is how far float32 is from the truth in it.
    """
    if isinstance(expected, (tuple, list)):
        return _sequence_difference(expected, given, rounding)
    if isinstance(expected, Tensor):
        return _tensor_difference(expected, given, rounding)
    if given is None:
        return Difference.plain("It returns None: is something left to write, or is the `return` missing?")
    expected, given = _plain(expected), _plain(given)
    if _is_number(expected) and _is_number(given):
        if isinstance(expected, int):  # a count is exact, in whatever type it comes
            agree = abs(given - expected) <= ATOL
        else:
            agree = math.isclose(given, expected, rel_tol=RTOL, abs_tol=ATOL)
    else:
        agree = type(given) is type(expected) and given == expected
    if agree:
        return None
    return Difference(f"It gives {_short(given)}, which is not the expected value.", "The value is wrong.")


def _plain(value: Any) -> Any:
    """A scalar as Python's own, whether it comes as such, as numpy's, or as a tensor with one number."""
    is_one = isinstance(value, (Tensor, np.ndarray, np.generic)) and math.prod(value.shape) == 1
    return value.item() if is_one else value


def _is_number(value: Any) -> bool:
    """Whether it is a real number that a float can hold."""
    real = isinstance(value, (int, float)) and not isinstance(value, bool)
    return real and not (isinstance(value, int) and value.bit_length() > 1000)


def _sequence_difference(
    expected: tuple[Any, ...] | list[Any], given: Any, rounding: float
) -> Difference | None:
    if not isinstance(given, (tuple, list)) or len(given) != len(expected):
        return Difference.plain(f"It returns {_describe(given)}; {len(expected)} values are expected.")
    for place, (one, other) in enumerate(zip(expected, given, strict=True), start=1):
        if found := difference(one, other, rounding):
            return Difference(f"Value {place}: {found.sentence}", f"Value {place}: {found.summary}")
    return None


def _tensor_difference(expected: Tensor, given: Any, rounding: float) -> Difference | None:
    if given is None:
        return Difference.plain("It returns None: is something left to write, or is the `return` missing?")
    if isinstance(given, np.ndarray):
        given = torch.as_tensor(given)
    if not isinstance(given, Tensor):
        return Difference.plain(
            f"It returns {_describe(given)}; a tensor of shape {tuple(expected.shape)} is expected."
        )
    if given.shape != expected.shape:
        return Difference.plain(f"The shape is {tuple(given.shape)}; {tuple(expected.shape)} is expected.")
    if _family(given) != _family(expected):
        wanted = "floats are" if _family(expected) == "floating" else f"{_name(expected)} is"
        return Difference.plain(f"The dtype is {_name(given)}; {wanted} expected.")
    return _number_difference(expected.detach().cpu(), given.detach().cpu(), rounding)


def _number_difference(expected: Tensor, given: Tensor, rounding: float) -> Difference | None:
    rtol, atol = 0.0, ATOL  # counts are exact, whatever stands beside them
    if expected.is_floating_point():
        rtol, atol = RTOL, ATOL * max(1.0, _largest(expected) / MODERATE) + MARGIN * rounding
    expected, given = expected.double(), given.double()
    if given.numel() and (given - expected).abs().max() <= (atol if rtol else 0):
        return None  # as most often; what is NaN or infinite goes the long way
    unexpected_nan = given.isnan() & ~expected.isnan()
    if unexpected_nan.any():
        return Difference(
            f"{_count(unexpected_nan)} are NaN, the first at {_first(unexpected_nan)}."
            if expected.dim()
            else "It is NaN.",
            "Some numbers are NaN.",
        )
    wrong = ~torch.isclose(given, expected, rtol=rtol, atol=atol, equal_nan=True)
    if not wrong.any():
        return None
    error = (given - expected).abs()[wrong].max().item()
    sentence = f"{_count(wrong)} differ, the first at {_first(wrong)}; the largest error is {error:.3g}."
    if not expected.dim():
        sentence = f"The number is off by {error:.3g}."
    return Difference(sentence, "The numbers differ.")


def _largest(numbers: Tensor) -> float:
    """The size of the largest finite number."""
    finite = numbers[numbers.isfinite()]
    return float(finite.abs().max()) if finite.numel() else 0.0


def _family(tensor: Tensor) -> str:
    """Float64 where float32 is expected is no mistake; integers or booleans are."""
    if tensor.dtype is torch.bool:
        return "boolean"
    return "floating" if tensor.is_floating_point() else "complex" if tensor.is_complex() else "integer"


def _name(tensor: Tensor) -> str:
    return str(tensor.dtype).removeprefix("torch.")


def _count(places: Tensor) -> str:
    return f"{int(places.sum())} of {places.numel()} numbers"


def _first(places: Tensor) -> list[int]:
    return places.nonzero()[0].tolist()


def _describe(value: Any) -> str:
    return "None" if value is None else with_article(type_name(value))


def _short(value: Any, limit: int = 40) -> str:
    text = _describe(value) if isinstance(value, Foreign) else repr(value)
    return text if len(text) <= limit else text[: limit - 1] + "…"
