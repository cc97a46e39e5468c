"""The right numbers in other places."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

import torch
from torch import Tensor

from grader.naming.symptoms.law import Law, telling
from grader.naming.symptoms.view import View

_TURNED: dict[str, tuple[int, Callable[[Tensor], Tensor]]] = {
    "Rows and columns are exchanged: it is the transposed result.": (2, lambda x: x.mT),
    "The last axis runs the other way round.": (1, lambda x: x.flip(-1)),
    "The rows come in the opposite order.": (2, lambda x: x.flip(-2)),
    "Rows and columns both run the other way round.": (2, lambda x: x.flip(-1, -2)),
}
_AXES = {-1: "along the last axis", -2: "from row to row"}
_MOVED = "Everything has moved by one place {}: off by one."


def turned(wrong: Sequence[View]) -> Iterator[Law]:
    """Transposed, reversed, or moved by one place."""
    for sentence, (axes, turn) in _TURNED.items():
        yield Law(sentence, partial(_turns, axes=axes, turn=turn))
    for axis, where in _AXES.items():
        if any(_varies(view, axis) for view in telling(wrong)):
            for step in (1, -1):
                yield Law(_MOVED.format(where), partial(_moves, axis=axis, step=step))


def _turns(view: View, axes: int, turn: Callable[[Tensor], Tensor]) -> bool:
    return view.expected.dim() >= axes and view.gives(turn(view.expected))


def _moves(view: View, axis: int, step: int) -> bool:
    """Whether each number stands one place on; what stands in the place that became free may be anything."""
    right, given = view.expected, view.given
    if not view.same_shape or right.dim() < -axis or not right.shape[axis]:
        return False
    length = right.shape[axis] - 1
    old, new = (0, 1) if step > 0 else (1, 0)
    return view.close(right.narrow(axis, old, length), given.narrow(axis, new, length))


def _varies(view: View, axis: int) -> bool:
    """Whether a move shows: what is alike everywhere could have moved by any number of places."""
    right = view.expected
    if right.dim() < -axis or right.shape[axis] < 3:
        return False
    inner = right.narrow(axis, 1, right.shape[axis] - 2)
    return not torch.equal(inner, right.narrow(axis, 0, right.shape[axis] - 2))


def exchanged(wrong: Sequence[View]) -> Iterator[Law]:
    """Permuted in one way or another."""
    if any(view.same_shape and len(set(view.expected.flatten().tolist())) > 2 for view in telling(wrong)):
        yield Law("The rows are the right ones, in another order.", _has_the_right_rows)
        yield Law("The columns are the right ones, in another order.", _has_the_right_columns)
        yield Law(
            "Each row has the right numbers, in the wrong places.", partial(_has_the_right_numbers, axis=-1)
        )
        yield Law(
            "Each column has the right numbers, in the wrong places.",
            partial(_has_the_right_numbers, axis=-2),
        )
        yield Law("The numbers are the right ones, in the wrong places.", _has_all_numbers)


def _has_the_right_numbers(view: View, axis: int) -> bool:
    if view.expected.dim() < 2 or not view.same_shape:
        return False
    return view.close(view.expected.sort(axis).values, view.given.sort(axis).values)


def _has_all_numbers(view: View) -> bool:
    if not view.same_shape:
        return False
    return view.close(view.expected.flatten().sort().values, view.given.flatten().sort().values)


def _has_the_right_rows(view: View) -> bool:
    return view.expected.dim() > 1 and view.same_shape and _same_rows(view, view.expected, view.given)


def _has_the_right_columns(view: View) -> bool:
    return view.expected.dim() > 1 and view.same_shape and _same_rows(view, view.expected.mT, view.given.mT)


def _same_rows(view: View, expected: Tensor, given: Tensor) -> bool:
    """Whether each given row is an expected one and the other way round, within each item of a batch."""
    if not expected.isfinite().all() or not given.isfinite().all() or not expected.numel():
        return False
    far = (expected.unsqueeze(-2) - given.unsqueeze(-3)).abs().amax(-1)  # (..., expected row, given row)
    order = far.argmin(-2)  # (..., given row)
    if not torch.equal(order.sort(-1).values, torch.arange(order.shape[-1]).expand_as(order)):
        return False
    return view.close(expected.take_along_dim(order.unsqueeze(-1), -2), given)
