"""Values of another shape or of another dtype, whose numbers tell how they came about."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import combinations, permutations

import torch
from torch import Tensor

from grader.naming.symptoms.law import Law
from grader.naming.symptoms.view import View

_AXES = {-1: "last axis", -2: "rows", -3: "third axis from the end", 0: "first axis"}
_MISSING = {
    -2: "The {} row is missing; the rest is right.",
    -1: "The {} number of each row is missing; the rest is right.",
    0: "The {} item along the first axis is missing; the rest is right.",
}
_TOO_MANY = {
    -2: "There is a row too many at the {}; the rest is right.",
    -1: "Each row has a number too many at the {}; the rest is right.",
    0: "There is an item too many at the {} of the first axis; the rest is right.",
}
_REDUCTIONS: dict[str, Callable[[Tensor, int, bool], Tensor]] = {
    "summed over": lambda x, axis, keep: x.sum(axis, keepdim=keep),
    "averaged over": lambda x, axis, keep: x.mean(axis, keepdim=keep),
    "reduced to its largest number along": lambda x, axis, keep: x.amax(axis, keepdim=keep),
}
_WHOLE: dict[str, Callable[[Tensor], Tensor]] = {
    "It is the sum of all numbers of the right result.": lambda x: x.sum(),
    "It is the mean of all numbers of the right result.": lambda x: x.mean(),
    "It is the largest number of the right result.": lambda x: x.amax(),
}


def dtypes(wrong: Sequence[View]) -> Iterator[Law]:
    """The right numbers in another dtype."""
    wanted = {_name(view.right_dtype) for view in wrong}
    given = {_name(view.given_dtype) for view in wrong}
    if len(wanted) == len(given) == 1 and not any(view.same_family for view in wrong):
        sentence = f"The numbers are right; the dtype is {given.pop()}, and {wanted.pop()} is asked for."
        yield Law(sentence, lambda view: view.gives(view.expected))


def _name(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")


def axes(wrong: Sequence[View]) -> Iterator[Law]:
    """Axes exchanged, too many, too few, longer, shorter, or added up."""
    if all(view.same_shape for view in wrong):
        return
    yield from _rearranged()
    yield from _one_more_or_less()
    if all(view.right_dtype.is_floating_point for view in wrong):
        yield from _reduced()
    for axis, words in _AXES.items():
        for which, place in (("first", 0), ("last", -1)):
            sentence = f"It is only the {which} entry along the {words} of the right result."
            yield Law(sentence, partial(_is_picked, axis=axis, place=place))
    if text := shapes_in_names(wrong):
        yield Law(text, lambda view: view.wrong)


def _rearranged() -> Iterator[Law]:
    yield Law(
        "Rows and columns are exchanged: it is the transposed result.", partial(_is_swapped, a=-2, b=-1)
    )
    yield Law("The numbers are right, but two axes are exchanged.", partial(_is_swapped, a=-3, b=-2))
    yield Law("The numbers are right, but their axes come in another order.", _is_permuted)
    shape = "The numbers are right; only the shape is not"
    yield Law(f"{shape}: an axis is missing.", partial(_is_relaid, changes=(-1,)))
    yield Law(f"{shape}: there is an axis too many.", partial(_is_relaid, changes=(1,)))
    yield Law(f"{shape}.", partial(_is_relaid, changes=range(-8, 9)))
    yield Law("The right result is repeated along an axis too many.", _is_repeated)


def _is_swapped(view: View, a: int, b: int) -> bool:
    return view.expected.dim() >= -min(a, b) and view.gives(view.expected.transpose(a, b))


def _is_permuted(view: View) -> bool:
    right = view.expected
    if not 2 < right.dim() < 6 or sorted(right.shape) != sorted(view.given.shape):
        return False
    return any(view.gives(right.permute(order)) for order in permutations(range(right.dim())))


def _is_relaid(view: View, changes: Sequence[int]) -> bool:
    """Whether the same numbers in the same order have so many axes more or fewer."""
    change = view.given.dim() - view.expected.dim()
    return change in changes and view.close(view.expected.flatten(), view.given.flatten())


def _is_repeated(view: View) -> bool:
    right, shape = view.expected, view.given.shape
    return any(
        shape[:axis] + shape[axis + 1 :] == right.shape and view.gives(right.unsqueeze(axis).expand(shape))
        for axis in range(len(shape))
    )


def _one_more_or_less() -> Iterator[Law]:
    for axis, sentence in _MISSING.items():
        for which, place in (("first", 1), ("last", 0)):
            yield Law(sentence.format(which), partial(_is_cut, axis=axis, place=place))
    for axis, sentence in _TOO_MANY.items():
        for which, place in (("beginning", 1), ("end", 0)):
            yield Law(sentence.format(which), partial(_is_longer, axis=axis, place=place))


def _is_cut(view: View, axis: int, place: int) -> bool:
    return _is_inside(view, view.given, view.expected, axis, place)


def _is_longer(view: View, axis: int, place: int) -> bool:
    return _is_inside(view, view.expected, view.given, axis, place)


def _is_inside(view: View, short: Tensor, long: Tensor, axis: int, place: int) -> bool:
    """Whether one value is the other one without its first (place 1) or its last (place 0) along an axis."""
    fewest = 3 if axis == 0 else -axis
    if short.dim() != long.dim() or short.dim() < fewest or short.shape[axis] != long.shape[axis] - 1:
        return False
    return view.close(long.narrow(axis, place, short.shape[axis]), short)


def _reduced() -> Iterator[Law]:
    for sentence, whole in _WHOLE.items():
        yield Law(sentence, partial(_is_whole, reduce=whole))
    for axis, words in _AXES.items():
        for how, reduce in _REDUCTIONS.items():
            sentence = f"The right result has been {how} its {words}."
            yield Law(sentence, partial(_is_reduced, axis=axis, reduce=reduce))


def _is_whole(view: View, reduce: Callable[[Tensor], Tensor]) -> bool:
    if view.given.numel() != 1 or view.expected.numel() < 2:
        return False
    return view.close(reduce(view.expected), view.given.reshape(()))


def _is_reduced(view: View, axis: int, reduce: Callable[[Tensor, int, bool], Tensor]) -> bool:
    if not _has_axis(view.expected, axis):
        return False
    return any(view.gives(reduce(view.expected, axis, keep)) for keep in (False, True))


def _is_picked(view: View, axis: int, place: int) -> bool:
    return _has_axis(view.expected, axis) and view.gives(view.expected.select(axis, place))


def _has_axis(value: Tensor, axis: int) -> bool:
    return -value.dim() <= axis < value.dim() and value.shape[axis] > 0


def shapes_in_names(wrong: Sequence[View]) -> str | None:
    """Both shapes in the names of the sizes, where every length has one name only."""
    more = {view.given.dim() - view.expected.dim() for view in wrong}
    if len(more) > 1 or not all(view.sizes for view in wrong):
        return None
    rank = min(view.expected.dim() for view in wrong)
    expected = [_axis_name(wrong, [view.expected.shape for view in wrong], -i) for i in range(rank, 0, -1)]
    given = [
        _axis_name(wrong, [view.given.shape for view in wrong], -i) for i in range(rank + more.pop(), 0, -1)
    ]
    if None in expected or None in given or expected == given:
        return None
    front = ["…"] if any(view.expected.dim() > rank for view in wrong) else []
    asked = _written([*front, *expected])
    return f"The shape is {_written([*front, *given])}, and {asked} is asked for."


def _written(names: Sequence[str | None]) -> str:
    inside = ", ".join(str(name) for name in names)
    return f"({inside},)" if len(names) == 1 else f"({inside})"


def _axis_name(wrong: Sequence[View], shapes: Sequence[Sequence[int]], axis: int) -> str | None:
    """The only name that fits the lengths of an axis in all cases: a size, a number, or one made of sizes."""
    lengths = [shape[axis] for shape in shapes]
    names = sorted(set.intersection(*(set(view.sizes) for view in wrong)))
    columns = {name: [view.sizes[name] for view in wrong] for name in names}
    fitting = [name for name in names if columns[name] == lengths]
    if not fitting and len(set(lengths)) == 1:
        fitting = [str(lengths[0])]
    if not fitting:
        fitting = [f"{a}·{b}" for a, b in combinations(names, 2) if _product(columns, a, b) == lengths]
        for name in names:
            for text, change in ((" + 1", 1), (" − 1", -1)):
                if [size + change for size in columns[name]] == lengths:
                    fitting.append(name + text)
    return fitting[0] if len(fitting) == 1 else None


def _product(columns: Mapping[str, Sequence[int]], a: str, b: str) -> list[int]:
    return [one * other for one, other in zip(columns[a], columns[b])]
