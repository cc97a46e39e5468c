"""What is true of whole rows: their sums, a factor or an addend of their own, all of them alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from torch import Tensor

from grader.naming.symptoms.law import Law, telling
from grader.naming.symptoms.view import View

ONE = 1e-3  # how far a sum may be from one

_RIGHT_BUT = "The rows are right but for a factor: "
_TOGETHER = "the numbers of several rows together sum to one, where each row should."


def proportions(wrong: Sequence[View]) -> Iterator[Law]:
    """Rows of weights that are right but for a factor."""
    if _are_shares(wrong):
        yield Law(f"{_RIGHT_BUT}{_TOGETHER}", _both(_rows_in_proportion, _tables_sum_to_one))
        yield Law(f"{_RIGHT_BUT}they do not sum to one.", _rows_in_proportion)


def shares(wrong: Sequence[View]) -> Iterator[Law]:
    """Weights of which each row should sum to one."""
    if not _are_shares(wrong):
        return
    yield Law("The columns sum to one, where each row should.", partial(_sum_to_one_along, axis=-2))
    yield Law(
        "The numbers along the first axis sum to one, where each row should.",
        partial(_sum_to_one_along, axis=0),
    )
    yield Law(_TOGETHER[0].upper() + _TOGETHER[1:], _tables_sum_to_one)
    yield Law("Some of these weights are negative.", lambda view: bool((view.given < -1e-6).any()))
    yield Law("Not every row sums to one.", _rows_miss_one)
    yield Law("Each row sums to one, as it should, but is shared out wrongly.", _shared_out_wrongly)


def _are_shares(wrong: Sequence[View]) -> bool:
    if not all(view.is_numeric and view.same_shape and _is_distribution(view.expected) for view in wrong):
        return False
    return any(view.expected.shape[-1] > 2 for view in telling(wrong))


def _is_distribution(value: Tensor) -> bool:
    return value.dim() > 0 and value.numel() > 0 and _all_one(value.sum(-1)) and bool((value >= 0).all())


def _all_one(sums: Tensor) -> bool:
    return bool(((sums - 1).abs() < ONE).all())


def _rows_miss_one(view: View) -> bool:
    return view.same_shape and not _all_one(view.given.sum(-1))


def _rows_in_proportion(view: View) -> bool:
    return _rows_miss_one(view) and view.would_give(view.given / view.given.sum(-1, keepdim=True))


def _tables_sum_to_one(view: View) -> bool:
    if view.given.dim() < 2 or not _rows_miss_one(view):
        return False
    return _all_one(view.given.sum((-2, -1))) or _all_one(view.given.sum())


def _sum_to_one_along(view: View, axis: int) -> bool:
    return view.given.dim() > 1 and _rows_miss_one(view) and _all_one(view.given.sum(axis))


def _shared_out_wrongly(view: View) -> bool:
    return view.wrong and view.same_shape and _all_one(view.given.sum(-1))


def _both(*conditions: Callable[[View], bool]) -> Callable[[View], bool]:
    return lambda view: all(condition(view) for condition in conditions)


def rows(wrong: Sequence[View]) -> Iterator[Law]:
    """Rows or columns that are right but for something of their own."""
    if not all(view.is_numeric and view.same_shape for view in wrong):
        return
    for axis, one, each in ((-1, "row", "Each row"), (-2, "column", "Each column")):
        if _long_enough(wrong, axis):
            yield Law(f"{each} is right but for a factor of its own.", partial(_in_proportion, axis=axis))
            yield Law(
                f"{each} is right but for one number that is added to all of it.", partial(_moved, axis=axis)
            )
        other = -3 - axis
        if any(view.expected.dim() > 1 and not _alike(view.expected, other) for view in telling(wrong)):
            yield Law(f"All {one}s of the result are alike.", partial(_given_alike, axis=other))


def _long_enough(wrong: Sequence[View], axis: int) -> bool:
    return any(view.expected.dim() >= -axis and view.expected.shape[axis] > 2 for view in telling(wrong))


def _in_proportion(view: View, axis: int) -> bool:
    right, given = view.expected, view.given
    if not view.same_shape or right.dim() < -axis or not right.isfinite().all():
        return False
    squares = (right * right).sum(axis, keepdim=True)
    factors = (right * given).sum(axis, keepdim=True) / squares.where(squares > 0, 1.0)
    return bool(factors.any()) and view.gives(right * factors)


def _moved(view: View, axis: int) -> bool:
    right, given = view.expected, view.given
    if not view.same_shape or right.dim() < -axis or not right.isfinite().all():
        return False
    return view.gives(right + (given - right).mean(axis, keepdim=True))


def _given_alike(view: View, axis: int) -> bool:
    return view.given.dim() > 1 and _alike(view.given, axis)


def _alike(value: Tensor, axis: int) -> bool:
    """Whether a table is the same all along an axis."""
    first = value[..., :1, :] if axis == -2 else value[..., :1]
    return bool(((value - first).abs() <= 1e-6 + 1e-5 * first.abs()).all())
