"""What wraps a value: said first and taken off, so that what is inside can be looked at.

A wrapper counts only if every value has it. Questions that ask for gradients are left out of what is inside:
the gradient of a wrapped value is not the one that was asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from grader.asking.outcome import Outcome
from grader.exercise.compare import difference
from grader.naming.case import Case

Values = Sequence[tuple[Any, Any]]  # the expected value and the given one of each case
Peeled = tuple[str, list[Any]]  # a sentence, and what is inside each given value

FORBIDS = -1e3  # a number that low, added to a score, leaves no weight
_ORDINALS = ("first", "second", "third", "fourth")


def peel(cases: Sequence[Case]) -> tuple[str, list[Case]] | None:
    """What wraps every value, and the cases without it; None where nothing does.

    The cases come back marked as wrong: whether they still are is for the caller to find out.
    """
    valued = [case for case in cases if case.given.failure is None and not case.has_gradient]
    if not valued or not any(case.wrong for case in valued):
        return None
    values = [(case.right_value, case.given_value) for case in valued]
    for wrapper in _WRAPPERS:
        if found := wrapper(values):
            said, inner = found
            unwrapped = iter(inner)
            return said, [
                replace(case, given=Outcome(value=next(unwrapped)), wrong=True)
                if case.given.failure is None
                else case
                for case in cases
                if not case.has_gradient
            ]
    return None


def _list_of_rows(values: Values) -> Peeled | None:
    """A list or a tuple of tensors that belong together in one."""
    for right, given in values:
        if not isinstance(right, Tensor) or not right.dim() or not isinstance(given, list | tuple):
            return None
        if (
            len(given) != right.shape[0]
            or not given
            or not all(_has_shape(x, right.shape[1:]) for x in given)
        ):
            return None
    kind = "list" if all(isinstance(given, list) for _, given in values) else "tuple"
    said = f"It returns a {kind} of tensors; one tensor is asked for (torch.stack)."
    return said, [torch.stack(given) for _, given in values]


def _nested_list(values: Values) -> Peeled | None:
    """Python numbers, in a list or alone, where a tensor is asked for."""
    inner = []
    for right, given in values:
        if not isinstance(right, Tensor) or isinstance(given, (Tensor, bool)):
            return None
        if not isinstance(given, (list, int, float)) or (numbers := _as_tensor(given)) is None:
            return None
        both_float = right.is_floating_point() and numbers.is_floating_point()
        inner.append(numbers.to(right.dtype) if both_float else numbers)
    if all(isinstance(given, list) for _, given in values):
        return "It returns a Python list; a tensor is asked for.", inner
    return "It returns a Python number; a tensor is asked for.", inner


def _as_tensor(value: Any) -> Tensor | None:
    if isinstance(value, list) and any(isinstance(item, Tensor) for item in value):
        return None
    try:
        return torch.tensor(value)
    except (TypeError, ValueError, RuntimeError):  # lists of different lengths, or of something else
        return None


def _several(values: Values) -> Peeled | None:
    """A tuple or a list with the asked-for value in it."""
    if any(isinstance(right, (tuple, list)) for right, _ in values):
        return _more_than_asked(values)
    if not all(isinstance(given, (tuple, list)) and given for _, given in values):
        return None
    counts = {len(given) for _, given in values}
    if len(counts) > 1:
        return None
    count = counts.pop()
    place = next((i for i in range(count) if all(_is_right(right, given[i]) for right, given in values)), 0)
    if not any(_could_be(right, given[place]) for right, given in values):
        return None
    inner = [given[place] for _, given in values]
    if count == 1:
        return "It returns a tuple with one value in it: is there a comma too many?", inner
    if place == 0 and all(_is_reduction(given) for _, given in values):
        return (
            "It returns values and indices, as `max(dim=…)` gives them; the values alone are asked for.",
            inner,
        )
    which = _ORDINALS[place] if place < len(_ORDINALS) else "last"
    return f"It returns {count} values; the {which} alone is asked for.", inner


def _more_than_asked(values: Values) -> Peeled | None:
    """More values than are asked for, the right ones first."""
    counts = {(_count(right), _count(given)) for right, given in values}
    if len(counts) > 1:
        return None
    asked, returned = counts.pop()
    if not 0 < asked < returned:
        return None
    inner = [tuple(given[:asked]) for _, given in values]
    if not any(all(map(_could_be, right, given)) for (right, _), given in zip(values, inner)):
        return None
    return f"It returns {returned} values; the first {asked} are asked for.", inner


def _count(value: Any) -> int:
    return len(value) if isinstance(value, (tuple, list)) else 0


def _is_reduction(given: Sequence[Any]) -> bool:
    """Whether it looks like what ``max(dim=…)`` gives: values and indices of one shape."""
    if len(given) != 2 or not all(isinstance(x, Tensor) for x in given):
        return False
    return given[0].shape == given[1].shape and given[1].dtype is torch.int64 != given[0].dtype


def _could_be(right: Any, given: Any) -> bool:
    if isinstance(right, Tensor):
        return _has_shape(given, right.shape)
    return isinstance(given, (int, float)) or type(given) is type(right)


def _is_right(right: Any, given: Any) -> bool:
    return difference(right, given) is None


def _has_shape(value: Any, shape: Sequence[int]) -> bool:
    return isinstance(value, Tensor) and tuple(value.shape) == tuple(shape)


def _axis_of_one(values: Values) -> Peeled | None:
    """An axis of length one too many or too few."""
    changes = set()
    for right, given in values:
        if not (isinstance(right, Tensor) and isinstance(given, Tensor)) or _long(right) != _long(given):
            return None
        changes.add(given.dim() - right.dim())
    if changes not in ({1}, {-1}):
        return None
    said = (
        "There is an axis of length one too many." if changes == {1} else "An axis of length one is missing."
    )
    return said, [given.reshape(right.shape) for right, given in values]


def _long(value: Tensor) -> list[int]:
    return [length for length in value.shape if length != 1]


def _numbers_for_booleans(values: Values) -> Peeled | None:
    """Numbers that say True and False: 0 and 1, or what is added to scores."""
    pairs = _tensors(values)
    if not pairs or not all(right.dtype is torch.bool is not given.dtype for right, given in pairs):
        return None
    if all(bool(((given == 0) | (given == 1)).all()) for _, given in pairs):
        kinds = _kinds(given for _, given in pairs)
        return f"It gives numbers, 0 and 1 ({kinds}); True and False are asked for.", [
            g != 0 for _, g in pairs
        ]
    if all(bool(((given == 0) | (given < FORBIDS)).all()) for _, given in pairs):
        said = "It gives numbers to be added to scores, 0 and −∞; True and False are asked for."
        return said, [given == 0 for _, given in pairs]
    return None


def _booleans_for_numbers(values: Values) -> Peeled | None:
    pairs = _tensors(values)
    if not pairs or not all(given.dtype is torch.bool is not right.dtype for right, given in pairs):
        return None
    said = f"It gives True and False; numbers ({_kinds(right for right, _ in pairs)}) are asked for."
    return said, [given.to(right.dtype) for right, given in pairs]


def _other_numbers(values: Values) -> Peeled | None:
    """Whole numbers where floats are asked for, or the other way round."""
    pairs = _tensors(values)
    if not pairs or any(torch.bool in (right.dtype, given.dtype) for right, given in pairs):
        return None
    if any(right.is_complex() or given.is_complex() for right, given in pairs):
        return None
    if any(right.is_floating_point() == given.is_floating_point() for right, given in pairs):
        return None
    if any(given.is_floating_point() and not bool((given == given.round()).all()) for _, given in pairs):
        return None  # these are no whole numbers in another dtype
    given_kinds, kinds = _kinds(given for _, given in pairs), _kinds(right for right, _ in pairs)
    floats = all(right.is_floating_point() for right, _ in pairs)  # of any length: float32 and float64 pass
    wanted = "floats are" if floats else f"{kinds} is"
    return f"The dtype is {given_kinds}; {wanted} asked for.", [g.to(right.dtype) for right, g in pairs]


def _tensors(values: Values) -> Values:
    """The values where all are tensors, each of the shape that it should have; else none."""
    fits = all(isinstance(r, Tensor) and isinstance(g, Tensor) and r.shape == g.shape for r, g in values)
    return values if fits else []


def _kinds(tensors: Iterable[Tensor]) -> str:
    return " or ".join(sorted({str(tensor.dtype).removeprefix("torch.") for tensor in tensors}))


_WRAPPERS: tuple[Callable[[Values], Peeled | None], ...] = (
    _list_of_rows,
    _nested_list,
    _several,
    _axis_of_one,
    _numbers_for_booleans,
    _booleans_for_numbers,
    _other_numbers,
)
