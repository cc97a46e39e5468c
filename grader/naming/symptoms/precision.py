"""Numbers that are nearly right: rounded to decimals, or computed in half precision."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

import torch
from torch import Tensor

from grader.naming.symptoms.law import Law, telling
from grader.naming.symptoms.view import View

DECIMALS = (1, 2, 3)
DIGITS = {"three": 4e-3, "two": 4e-2}  # how far numbers are off that are right to so many digits
SMALL = 0.3  # smaller numbers than this share of the largest are measured by it
MANY = 8  # numbers, without which the sign of their errors says nothing
ONE_SIDED = 0.75  # the mean error by the root of the mean square; rounding errors have both signs


def decimals(wrong: Sequence[View]) -> Iterator[Law]:
    """Rounded to decimals."""
    if all(view.is_numeric and view.same_shape for view in wrong):
        for places in DECIMALS:
            plural = "s" if places > 1 else ""
            yield Law(
                f"The numbers are rounded to {places} decimal{plural}.", partial(_is_rounded, places=places)
            )


def _is_rounded(view: View, places: int) -> bool:
    if not view.same_shape or view.scale > 1e5 / 10**places:
        return False
    units = view.given * 10**places
    whole = (units - units.round()).abs() <= 1e-6 * units.abs() + 1e-9
    near = (view.given - view.expected).abs() <= 0.5001 / 10**places
    return bool(whole.all()) and bool(near.all())


def digits(wrong: Sequence[View]) -> Iterator[Law]:
    """Right to two or three digits, and no more."""
    if not all(view.is_numeric and view.same_shape and view.right_dtype.is_floating_point for view in wrong):
        return
    for count, largest in DIGITS.items():
        nearly = partial(_is_nearly_right, largest=largest)
        if all(nearly(view) for view in telling(wrong)):
            right = f"The numbers are right to about {count} digits only: "
            if not any(_fits_into(view.expected, torch.bfloat16) for view in telling(wrong)):
                yield Law(right + "it has gone through bfloat16.", partial(_given_fits, dtype=torch.bfloat16))
            if not any(_fits_into(view.expected, torch.float16) for view in telling(wrong)):
                yield Law(right + "it has gone through float16.", partial(_given_fits, dtype=torch.float16))
            if side := _side(wrong):
                one_sided = f"nearly all are a little too {side} in size. Is a small constant another one?"
                yield Law(right + one_sided, nearly)
            cause = (
                "something is rounded, computed in lower precision, or a small constant or term is another."
            )
            yield Law(right + cause, nearly)
            return


def _is_nearly_right(view: View, largest: float) -> bool:
    if not view.same_shape:
        return False
    size = view.expected.abs().clamp(min=SMALL * view.scale)
    return bool(((view.given - view.expected).abs() <= largest * size).all())


def _given_fits(view: View, dtype: torch.dtype) -> bool:
    return _fits_into(view.given, dtype)


def _fits_into(value: Tensor, dtype: torch.dtype) -> bool:
    return torch.equal(value.to(dtype).double(), value)


def _side(wrong: Sequence[View]) -> str:
    """``"large"`` or ``"small"`` where the errors are all to one side."""
    errors = torch.cat([_relative_errors(view) for view in telling(wrong)])
    if len(errors) < MANY or float(errors.mean().abs()) < ONE_SIDED * float(errors.square().mean().sqrt()):
        return ""
    return "large" if errors.mean() > 0 else "small"


def _relative_errors(view: View) -> Tensor:
    large = view.expected.abs() > SMALL * view.scale
    return view.given[large] / view.expected[large] - 1
