"""Laws: sentences about a value that can be tried on each case."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from grader.naming.symptoms.view import View

ENOUGH = 3  # numbers without which nothing is said


@dataclass(frozen=True)
class Law:
    """A sentence, and whether it is true of a case."""

    sentence: str
    holds: Callable[[View], bool]


Laws = Callable[[Sequence[View]], Iterable[Law]]  # the laws of one kind that may hold on these wrong cases


def first_law(kinds: Iterable[Laws], wrong: Sequence[View]) -> Law | None:
    """The first law that holds on every wrong case."""
    if sum(view.evidence for view in wrong) < ENOUGH:
        return None
    for laws in kinds:
        for law in laws(wrong):
            if all(law.holds(view) for view in wrong):
                return law
    return None


def telling(wrong: Sequence[View]) -> list[View]:
    """The cases that no axis of length one makes trivial."""
    return [view for view in wrong if not view.is_degenerate]


def shared(wrong: Sequence[View], kind: Callable[[View], Iterable[str]]) -> list[str]:
    """The names that every case has."""
    return sorted(set.intersection(*(set(kind(view)) for view in wrong)))
