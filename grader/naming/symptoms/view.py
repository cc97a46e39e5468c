"""A case as the symptoms look at it: both values as float64 tensors, and what was asked beside them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cached_property
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import torch
from torch import Tensor

from grader.exercise.compare import ATOL, MARGIN, MODERATE, RTOL
from grader.naming.case import Case

RELATION = 2e-3  # what a relation between two values may miss; a right number must be nearer
SMALLEST_SCALE = 1e-2
LARGEST = 100_000  # numbers of one value; the checks' own have some hundred


class View:
    """One case whose values are tensors."""

    def __init__(self, case: Case, expected: Tensor, given: Tensor) -> None:
        self.part, self.sizes, self.inputs, self.wrong = case.part, case.sizes, case.inputs, case.wrong
        self.known, self.rounding = known_numbers(case), case.question.rounding or 0.0
        self.right_dtype, self.given_dtype = expected.dtype, given.dtype
        self.expected, self.given = _wide(expected), _wide(given)
        self.scale = _scale(self.expected)

    # -- what was asked -------------------------------------------------------------------------------

    @cached_property
    def floats(self) -> dict[str, Tensor]:
        """The inputs of floats by name."""
        return {
            name: _wide(value)
            for name, value in self.inputs.items()
            if isinstance(value, Tensor) and value.is_floating_point()
        }

    @cached_property
    def masks(self) -> dict[str, Tensor]:
        """The boolean inputs by name."""
        return {
            name: value
            for name, value in self.inputs.items()
            if isinstance(value, Tensor) and value.dtype is torch.bool
        }

    # -- the values -----------------------------------------------------------------------------------

    @property
    def is_boolean(self) -> bool:
        """Whether both values are booleans."""
        return self.right_dtype is torch.bool and self.given_dtype is torch.bool

    @property
    def is_numeric(self) -> bool:
        """Whether neither value is boolean."""
        return self.right_dtype is not torch.bool and self.given_dtype is not torch.bool

    @property
    def same_family(self) -> bool:
        """Whether both are booleans, both whole numbers, or both floats."""
        return _family(self.right_dtype) == _family(self.given_dtype)

    @property
    def same_shape(self) -> bool:
        return self.expected.shape == self.given.shape

    @cached_property
    def differs(self) -> Tensor:
        """Where the numbers of two values of one shape are wrong."""
        rtol = self._rtol(RTOL)
        atol = self._atol(max(1.0, self.scale / MODERATE)) + MARGIN * self.rounding
        return ~torch.isclose(self.given, self.expected, rtol=rtol, atol=atol, equal_nan=True)

    @cached_property
    def is_close(self) -> bool:
        """Whether the given value could be the expected one, computed less exactly."""
        return self.same_family and self.gives(self.expected)

    @cached_property
    def finite(self) -> Tensor:
        """Where the given numbers are finite."""
        return self.given.isfinite()

    def gives(self, predicted: Tensor) -> bool:
        """Whether the given value is this one."""
        return self.close(predicted, self.given)

    def would_give(self, made: Tensor) -> bool:
        """Whether what was made of the given value is the expected one."""
        return self.close(self.expected, made)

    def close(self, right: Tensor, other: Tensor) -> bool:
        """Whether two tensors are equal up to rounding; whole numbers are exact."""
        if right.shape != other.shape:
            return False
        if not right.numel():
            return True
        size, rtol = right.abs(), self._rtol(RELATION)
        largest = float(size.max())
        if math.isfinite(largest):  # the usual case, in few steps: a verdict asks this a thousand times
            miss = float(((other - right).abs() - rtol * size).max())
            return miss <= self._atol(max(largest, SMALLEST_SCALE))
        atol = self._atol(_scale(right))
        return bool(torch.isclose(other, right, rtol=rtol, atol=atol, equal_nan=True).all())

    @cached_property
    def is_degenerate(self) -> bool:
        """Whether an axis has length one: there many relations hold for no reason."""
        return any(size == 1 for name, size in self.sizes.items() if not name.isdigit())

    @cached_property
    def evidence(self) -> int:
        """How many wrong numbers speak."""
        if self.is_degenerate:
            return 0
        is_like = self.same_shape and self.same_family
        return int(self.differs.sum()) if is_like else self.given.numel()

    @property
    def _is_exact(self) -> bool:
        return not self.right_dtype.is_floating_point

    def _rtol(self, rtol: float) -> float:
        return 0.0 if self._is_exact else rtol

    def _atol(self, scale: float) -> float:
        return 1e-3 if self._is_exact else ATOL * scale


def views(cases: Sequence[Case]) -> list[View]:
    """The cases as views, those that tell most first; none at all if one has a value of another kind."""
    found = [view_of(case) for case in cases]
    if any(view is None for view in found):
        return []
    return sorted(
        (view for view in found if view is not None),
        key=lambda view: (view.is_degenerate, -view.expected.numel()),
    )


def view_of(case: Case) -> View | None:
    """The case as a view, made once; None if a value is no tensor."""
    if case not in _SEEN:
        given = case.given_value
        if isinstance(given, np.ndarray) and given.dtype.kind in "bif":
            given = torch.as_tensor(given)
        is_plain = _is_plain(case.right_value) and _is_plain(given)
        _SEEN[case] = View(case, case.right_value, given) if is_plain else None
    return _SEEN[case]


_SEEN: WeakKeyDictionary[Case, View | None] = WeakKeyDictionary()


def known_numbers(case: Case) -> dict[str, float]:
    """The numbers of a question that have a name; where no size has one, the lengths of the inputs' axes."""
    known: dict[str, float] = {name: float(size) for name, size in case.sizes.items() if not name.isdigit()}
    for name, value in case.inputs.items():
        if isinstance(value, (int, float)) and not isinstance(value, bool) and name not in known:
            known[f"`{name}`"] = float(value)
    if not case.sizes:
        known |= {
            f"`{name}.shape[{axis}]`": float(value.shape[axis])
            for name, value in case.inputs.items()
            if isinstance(value, Tensor)
            for axis in range(-min(value.dim(), 2), 0)
        }
    return known


def _is_plain(value: Any) -> bool:
    return isinstance(value, Tensor) and not value.is_complex() and value.numel() <= LARGEST


def _family(dtype: torch.dtype) -> tuple[bool, bool]:
    return dtype is torch.bool, dtype.is_floating_point


def _wide(value: Tensor) -> Tensor:
    return value.detach().cpu().double()


def _scale(value: Tensor) -> float:
    """The size of the largest number, to which rounding is in proportion."""
    if not value.numel():
        return SMALLEST_SCALE
    largest = float(value.abs().max())
    if not math.isfinite(largest):
        finite = value[value.isfinite()]
        largest = float(finite.abs().max()) if finite.numel() else 0.0
    return max(largest, SMALLEST_SCALE)
