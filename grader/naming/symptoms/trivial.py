"""What comes out whatever the inputs are, or from one input alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

import torch
from torch import Tensor

from grader.naming.symptoms.law import ENOUGH, Law, shared, telling
from grader.naming.symptoms.view import View

ALONE = "the other inputs have no say"


def constants(wrong: Sequence[View]) -> Iterator[Law]:
    """The same number everywhere."""
    if not all(view.given.numel() for view in wrong) or not _vary(wrong):
        return
    if all(view.given_dtype is torch.bool for view in wrong):
        yield Law("Every entry is False.", partial(_are_all, value=0.0))
        yield Law("Every entry is True.", partial(_are_all, value=1.0))
        return
    first = float(wrong[0].given.flatten()[0]) + 0.0  # −0 is 0
    if first == first and first not in (float("inf"), float("-inf")):
        if len(wrong) > 1 or first in (0.0, 1.0):  # one case alone could give away a number of its inputs
            yield Law(f"Every number is {first:g}.", partial(_are_all, value=first))
        if any(view.given.numel() >= ENOUGH for view in telling(wrong)):
            yield Law("All numbers of the result are the same.", _are_alike)


def _vary(wrong: Sequence[View]) -> bool:
    """Whether not all numbers of what is expected are the same."""
    numbers = torch.cat([view.expected.flatten() for view in telling(wrong)])
    return bool((numbers != numbers[0]).any()) if numbers.numel() else False


def _are_all(view: View, value: float) -> bool:
    return bool((view.given == value).all())


def _are_alike(view: View) -> bool:
    return bool((view.given == view.given.flatten()[:1]).all()) and bool(view.finite.all())


def inputs(wrong: Sequence[View]) -> Iterator[Law]:
    """An input, or a row that is made of one."""
    for name in shared(wrong, lambda view: view.floats):
        yield Law(f"The result is `{name}` itself.", partial(_is_made_of, name=name, make=_itself))
        yield Law(f"The result is `{name}`, transposed.", partial(_is_made_of, name=name, make=_transposed))
        if any(_has_rows(view, name) for view in telling(wrong)):
            yield from _rows(name, is_only=len(wrong[0].inputs) == 1)
    for name in shared(wrong, lambda view: view.masks):
        yield Law(f"The result is `{name}` itself.", partial(_is_mask, name=name, turned=False))
        yield Law(
            f"The result is `{name}` with True and False exchanged.",
            partial(_is_mask, name=name, turned=True),
        )


def _itself(x: Tensor) -> Tensor | None:
    return x


def _transposed(x: Tensor) -> Tensor | None:
    return x.mT if x.dim() > 1 else None


_ROWS: dict[str, Callable[[Tensor], Tensor]] = {
    "the first row of `{}`": lambda x: x[..., 0, :],
    "the last row of `{}`": lambda x: x[..., -1, :],
    "the mean of the rows of `{}`": lambda x: x.mean(-2),
    "the sum of the rows of `{}`": lambda x: x.sum(-2),
    "the largest number of each column of `{}`": lambda x: x.amax(-2),
}


def _rows(name: str, is_only: bool) -> Iterator[Law]:
    """Where there is one input only, its mean and its sum are slips like others."""
    for text, make in _ROWS.items():
        row = text.format(name)
        if not is_only:
            yield Law(f"It is {row}: {ALONE}.", partial(_is_made_of, name=name, make=make, rows=True))
        elif "row of" in text:
            yield Law(f"It is {row}.", partial(_is_made_of, name=name, make=make, rows=True))


def _has_rows(view: View, name: str) -> bool:
    x = view.floats[name]
    return x.dim() > 1 and x.shape[-2] > 1


def _is_made_of(view: View, name: str, make: Callable[[Tensor], Tensor | None], rows: bool = False) -> bool:
    x = view.floats.get(name)
    if x is None or not x.numel() or (rows and x.dim() < 2):
        return False
    made = make(x)
    if made is None:
        return False
    if rows and view.given.dim() == made.dim() + 1:  # the one row in place of each
        made = made.unsqueeze(-2).expand(*made.shape[:-1], view.given.shape[-2], made.shape[-1])
    return view.gives(made)


def _is_mask(view: View, name: str, turned: bool) -> bool:
    mask = view.masks.get(name)
    return mask is not None and view.given_dtype is torch.bool and view.gives((mask ^ turned).double())
