"""Only some places are wrong, or only some are right: where they are, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from grader.naming.symptoms.law import ENOUGH, Law, telling
from grader.naming.symptoms.regions import Region, regions
from grader.naming.symptoms.view import View


def places(wrong: Sequence[View]) -> Iterator[Law]:
    """Right and wrong numbers that a region parts."""
    if not all(_has_both(view) for view in telling(wrong)):
        return
    right = sum(int((~view.differs).sum()) for view in telling(wrong))
    zero, one = ("False", "True") if all(view.is_boolean for view in wrong) else ("0", "1")
    for name, region in regions(wrong):
        if all(_wrong_only_in(view, region) for view in telling(wrong)) and _speaks(wrong, region):
            holds = partial(_wrong_only_in, region=region)
            yield Law(f"Only {name} wrong: what is there should be {zero}.", _and(holds, _should_be_zero))
            yield Law(f"Only {name} wrong: what is there is {zero}.", _and(holds, partial(_are, value=0.0)))
            yield Law(f"Only {name} wrong: what is there is {one}.", _and(holds, partial(_are, value=1.0)))
            yield Law(f"Only {name} wrong.", holds)
        if all(_right_only_in(view, region) for view in telling(wrong)) and right >= ENOUGH:
            yield Law(f"Only {name} right.", partial(_right_only_in, region=region))
    yield Law(f"Some numbers are {zero} that should not be; the rest is right.", partial(_are, value=0.0))
    yield Law(f"Some numbers should be {zero} and are not; the rest is right.", _should_be_zero)
    yield Law("It is right up to some row, and wrong from there on.", _right_up_to_a_row)
    yield Law("Some rows are right, and some are wrong from end to end.", partial(_whole, axis=-1))
    yield Law("Some columns are right, and some are wrong from end to end.", partial(_whole, axis=-2))


def _has_both(view: View) -> bool:
    """Whether some numbers are right and some wrong."""
    return view.same_shape and 0 < int(view.differs.sum()) < view.differs.numel()


def _wrong_only_in(view: View, region: Region) -> bool:
    if not view.same_shape:
        return False
    if not bool(view.differs.any()):
        return True
    inside = region(view)
    return inside is not None and not bool((view.differs & ~inside).any())


def _right_only_in(view: View, region: Region) -> bool:
    if not view.same_shape:
        return False
    inside = region(view)
    return inside is not None and bool((view.differs == ~inside).all())


def _speaks(wrong: Sequence[View], region: Region) -> bool:
    """Whether the rule could have failed: there are numbers outside, in each case."""
    outside = [int((~inside).sum()) for view in telling(wrong) if (inside := region(view)) is not None]
    return min(outside) > 0 and sum(outside) >= ENOUGH


def _and(*conditions: Callable[[View], bool]) -> Callable[[View], bool]:
    return lambda view: all(condition(view) for condition in conditions)


def _are(view: View, value: float) -> bool:
    return view.same_shape and bool((view.given[view.differs] == value).all())


def _should_be_zero(view: View) -> bool:
    return view.same_shape and not bool(view.expected[view.differs].any())


def _right_up_to_a_row(view: View) -> bool:
    if not _whole(view, axis=-1):
        return False
    rows = view.differs.any(-1)
    return bool((rows[..., 1:] >= rows[..., :-1]).all())


def _whole(view: View, axis: int) -> bool:
    """Whether each row (or column) is right as a whole or wrong as a whole."""
    if not view.same_shape or view.differs.dim() < 2:
        return False
    return bool((view.differs.any(axis) == view.differs.all(axis)).all())
