"""Regions: places in a value that have a name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

import torch
from torch import Tensor

from grader.naming.symptoms.law import shared
from grader.naming.symptoms.view import View

Region = Callable[
    [View], Tensor | None
]  # where it is in the expected value; None where there is no such place


def regions(wrong: Sequence[View]) -> Iterator[tuple[str, Region]]:
    """All regions, each with its name and its verb: those of masks, then the smallest first."""
    for name in shared(wrong, lambda view: view.masks):
        yield f"the numbers where `{name}` is False are", partial(_masked, name=name, value=False)
        yield f"the numbers where `{name}` is True are", partial(_masked, name=name, value=True)
        yield f"the rows in which `{name}` forbids something are", partial(_masked_rows, name=name, some=True)
        yield f"the rows in which `{name}` forbids nothing are", partial(_masked_rows, name=name, some=False)
    yield from _FIXED.items()


def _at(view: View, axis: int, place: int, axes: int = 0) -> Tensor | None:
    """One place along an axis of a value that has at least so many axes."""
    right = view.expected
    if right.dim() < axes or not -right.dim() <= axis < right.dim() or not right.shape[axis]:
        return None
    found = torch.zeros(right.shape, dtype=torch.bool)
    found.select(axis, place).fill_(True)
    return found


def _of_square(view: View, cut: Callable[[Tensor], Tensor]) -> Tensor | None:
    """A part of each table that the diagonal bounds."""
    right = view.expected
    return cut(torch.ones(right.shape, dtype=torch.bool)) if right.dim() > 1 else None


def _of_batch(view: View, place: int) -> Tensor | None:
    is_batch = view.expected.dim() > 2 and view.sizes.get("B") == view.expected.shape[0]
    return _at(view, 0, place) if is_batch else None


def _masked(view: View, name: str, value: bool) -> Tensor | None:
    mask = view.masks.get(name)
    return _expanded(mask == value, view.expected.shape) if mask is not None else None


def _masked_rows(view: View, name: str, some: bool) -> Tensor | None:
    mask = view.masks.get(name)
    if mask is None or not mask.dim() or not view.expected.dim():
        return None
    rows = _expanded((~mask).any(-1) == some, view.expected.shape[:-1])
    return rows.unsqueeze(-1).expand(view.expected.shape) if rows is not None else None


def _positive(view: View) -> Tensor | None:
    """Positive numbers among negative ones: among zeros they are the rest."""
    return view.expected > 0 if bool((view.expected < 0).any()) else None


def _inner_rows(view: View) -> Tensor | None:
    first, last = _at(view, axis=-2, place=0), _at(view, axis=-2, place=-1)
    return None if first is None or last is None else ~(first | last)


def _expanded(places: Tensor, shape: torch.Size) -> Tensor | None:
    fits = places.dim() <= len(shape) and all(
        size in (1, wanted) for size, wanted in zip(reversed(places.shape), reversed(shape))
    )
    return places.expand(shape) if fits else None


_FIXED: dict[str, Region] = {
    "the last row is": partial(_at, axis=-2, place=-1),
    "the first row is": partial(_at, axis=-2, place=0),
    "the rows between the first and the last are": _inner_rows,
    "the last number of each row is": partial(_at, axis=-1, place=-1),
    "the first number of each row is": partial(_at, axis=-1, place=0),
    "the numbers on the diagonal are": partial(_of_square, cut=lambda square: square.triu() & square.tril()),
    "the numbers above the diagonal are": partial(_of_square, cut=lambda square: square.triu(1)),
    "the numbers below the diagonal are": partial(_of_square, cut=lambda square: square.tril(-1)),
    "the numbers on and above the diagonal are": partial(_of_square, cut=torch.triu),
    "the numbers on and below the diagonal are": partial(_of_square, cut=torch.tril),
    "the first item of the batch is": partial(_of_batch, place=0),
    "the last item of the batch is": partial(_of_batch, place=-1),
    "what stands first along the first axis is": partial(_at, axis=0, place=0, axes=3),
    "what stands last along the first axis is": partial(_at, axis=0, place=-1, axes=3),
    "what stands first along the second axis is": partial(_at, axis=1, place=0, axes=4),
    "what stands last along the second axis is": partial(_at, axis=1, place=-1, axes=4),
    "the numbers that should be negative are": lambda view: view.expected < 0,
    "the numbers that should be positive are": _positive,
}
