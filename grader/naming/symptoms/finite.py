"""Numbers that are NaN or infinite: everywhere, or where."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

import torch

from grader.naming.symptoms.law import Law, telling
from grader.naming.symptoms.regions import Region, regions
from grader.naming.symptoms.view import View

_KINDS: dict[str, Callable[[View], torch.Tensor]] = {
    "NaN": lambda view: view.given.isnan(),
    "infinite": lambda view: view.given.isinf(),
    "NaN or infinite": lambda view: ~view.finite,
}
_WHY = {
    "NaN": "it comes of 0/0, ∞/∞, ∞ − ∞ or 0 · ∞, or of a root or logarithm of negative numbers",
    "infinite": "something overflows, is divided by 0, or an ∞ is left in it",
    "NaN or infinite": "something overflows, is divided by 0, or an ∞ is left in it",
}


def not_finite(wrong: Sequence[View]) -> Iterator[Law]:
    """NaN or infinity where finite numbers are expected."""
    if not all(view.same_shape and _is_new(view) for view in wrong):
        return
    for kind, where in _KINDS.items():
        if all(bool(where(view).any()) and bool((where(view) == ~view.finite).all()) for view in wrong):
            yield from _laws(wrong, kind, where)
            return


def _laws(wrong: Sequence[View], kind: str, where: Callable[[View], torch.Tensor]) -> Iterator[Law]:
    why = _WHY[kind]
    yield Law(f"Every number is {kind}: {why}.", lambda view: bool(where(view).all()))
    for name, region in regions(wrong):
        if all(_is_part(view, region) for view in telling(wrong)):
            law = f"Exactly {name} {kind}: {why}."
            yield Law(law, partial(_exactly_in, region=region, where=where))
    yield Law(f"Where the result is finite it is right; the rest is {kind}: {why}.", _right_where_finite)
    yield Law(f"Some numbers are {kind}: {why}.", lambda view: bool(where(view).any()))


def _is_new(view: View) -> bool:
    return bool((view.expected.isfinite() & ~view.finite).any())


def _exactly_in(view: View, region: Region, where: Callable[[View], torch.Tensor]) -> bool:
    inside = region(view) if view.same_shape else None
    return inside is not None and bool((where(view) == inside).all())


def _is_part(view: View, region: Region) -> bool:
    inside = region(view)
    return inside is not None and bool(inside.any()) and not bool(inside.all())


def _right_where_finite(view: View) -> bool:
    return view.same_shape and not bool((view.differs & view.finite).any()) and not bool(view.finite.all())
