"""In what circumstances an answer is wrong: what all wrong cases have, and no right one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations

from torch import Tensor

from grader.naming.case import Case

FEWEST = 2  # cases of either kind, without which nothing follows from what they have in common
LARGER = 10.0  # how much larger inputs are that are called large


@dataclass(frozen=True)
class Circumstance:
    """A phrase that begins a sentence, and what is said where there is nothing else to say."""

    phrase: str
    sentence: str = ""


def circumstance(wrong: Sequence[Case], right: Sequence[Case]) -> Circumstance | None:
    """What tells the wrong cases from the right ones, the most particular first."""
    if not right:
        return None
    if len(wrong) >= FEWEST and len(right) >= FEWEST:
        for found in (_inputs, _infinite, _large, _sizes, _axes_in_front):
            if told := next(found(wrong, right), None):
                return told
    plain = [case for case in wrong if not case.has_gradient]  # gradients are asked at inputs of other parts
    parts = {case.part for case in plain or wrong}
    if len(parts) == 1 and not parts & {case.part for case in right}:
        return Circumstance(f"In “{parts.pop()}”")
    return None


def _inputs(wrong: Sequence[Case], right: Sequence[Case]) -> Iterator[Circumstance]:
    """An input that may be left out."""
    for name in sorted({name for case in (*wrong, *right) for name in case.inputs}):
        has = [case.inputs.get(name) is not None for case in wrong]
        right_has = [case.inputs.get(name) is not None for case in right]
        if all(has) and not any(right_has):
            yield Circumstance(f"With `{name}`", f"It is right without `{name}`, and wrong with it.")
        if not any(has) and all(right_has):
            yield Circumstance(f"Without `{name}`", f"It is right with `{name}`, and wrong without it.")


def _infinite(wrong: Sequence[Case], right: Sequence[Case]) -> Iterator[Circumstance]:
    if all(map(_not_finite, wrong)) and not any(map(_not_finite, right)):
        others = [x for case in wrong for x in _floats(case) if (~x.isfinite() & ~x.isneginf()).any()]
        what = "NaN or ∞" if others else "−∞"
        yield Circumstance(
            f"Where an input is {what}", f"It is right where all inputs are finite, and wrong with {what}."
        )


def _not_finite(case: Case) -> bool:
    return any(not bool(x.isfinite().all()) for x in _floats(case))


def _floats(case: Case) -> list[Tensor]:
    inputs = case.inputs.values()
    return [x for x in inputs if isinstance(x, Tensor) and x.is_floating_point() and x.numel()]


def _large(wrong: Sequence[Case], right: Sequence[Case]) -> Iterator[Circumstance]:
    if min(map(_largest, wrong)) > LARGER * max(map(_largest, right)):
        yield Circumstance(
            "With large inputs", "It is right for inputs of ordinary size, and wrong for large ones."
        )


def _largest(case: Case) -> float:
    """The largest finite number of its inputs."""
    return max((float(x[x.isfinite()].abs().max()) for x in _floats(case) if x.isfinite().any()), default=0.0)


def _sizes(wrong: Sequence[Case], right: Sequence[Case]) -> Iterator[Circumstance]:
    """Sizes that are alike, or one. What is right for inputs of unnamed sizes says nothing of them."""
    right = [case for case in right if case.sizes]
    if not right:
        return
    names = sorted(set.intersection(*(_free_sizes(case) for case in (*wrong, *right))))

    def has_one(case: Case) -> bool:
        return 1 in _lengths(case, names)

    if _only(wrong, right, has_one):
        sentence = "It is wrong only where an axis has length one: is that axis lost somewhere (squeeze)?"
        yield Circumstance("Where an axis has length one", sentence)
    # Where a size is one, much is right by chance.
    plain = [case for case in wrong if not has_one(case)]
    plain_right = [case for case in right if not has_one(case)]
    if len(names) < 2 or len(plain) < FEWEST or len(plain_right) < FEWEST:
        return
    if _only(wrong, plain_right, lambda case: len(_lengths(case, names)) == 1):
        yield Circumstance("Where all sizes are equal", "It is wrong only where all sizes are equal.")
    pairs = [
        (a, b) for a, b in combinations(names, 2) if _only(plain_right, plain, partial(_alike, a=a, b=b))
    ]
    but = "" if len(plain_right) == len(right) else " (and none is one)"
    if len(pairs) == 1:
        a, b = pairs[0]
        sentence = f"It is right where {a} and {b} are equal, and wrong where they differ{but}: "
        yield Circumstance(f"Where {a} and {b} differ", sentence + "is one taken for the other?")
    elif pairs:
        sentence = f"It is right where all sizes are equal, and wrong where they differ{but}: "
        yield Circumstance("Where the sizes differ", sentence + "is one size taken for another?")


def _alike(case: Case, a: str, b: str) -> bool:
    return case.sizes[a] == case.sizes[b]


def _only(some: Sequence[Case], others: Sequence[Case], has: Callable[[Case], bool]) -> bool:
    return all(has(case) for case in some) and not any(has(case) for case in others)


def _free_sizes(case: Case) -> set[str]:
    """The names of axes: not fixed ones, nor numbers that are inputs."""
    return {name for name in case.sizes if not name.isdigit() and name not in case.inputs}


def _lengths(case: Case, names: Sequence[str]) -> set[int]:
    return {case.sizes[name] for name in names}


def _axes_in_front(wrong: Sequence[Case], right: Sequence[Case]) -> Iterator[Circumstance]:
    """More axes than any right case has."""
    wrong_axes, right_axes = [_axes(case) for case in wrong], [_axes(case) for case in right]
    if min(wrong_axes) > max(right_axes):
        yield Circumstance(
            "With axes in front",
            "It is right for a single example, and wrong with axes in front (a batch, heads).",
        )


def _axes(case: Case) -> int:
    return case.right_value.dim() if isinstance(case.right_value, Tensor) else 0
