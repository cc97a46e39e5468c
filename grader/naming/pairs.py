"""Two slips at once: only the likeliest pairs are tried, for there is a moment and no more.

Of 300 slips there are 45,000 pairs. Three things make them few: a slip that breaks a part which the answer
got right is not in it; together the two must break every part that the answer got wrong; and a first look at
one number of one question, without the checks that a student's answer needs, leaves hardly any.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from grader.exercise import Module
from grader.naming.breaks import breaks_of
from grader.naming.candidates import Candidate, Candidates
from grader.naming.case import Case, Named
from grader.naming.evidence import behaves, first_look, may_be
from grader.naming.words import two_things

MOST_TRIES = 6_000  # a third of a second; counted, so that the same answer is always told the same
MOST_OF_MODULES = 2_000  # which take three times as long
Pair = tuple[Candidate, Candidate]


def find_pair(candidates: Candidates, cases: Sequence[Case]) -> Named | None:
    """The first two slips that together give the same on every question, if they are among the likeliest."""
    if (first := first_look(cases)) is None:
        return None
    most = MOST_OF_MODULES if isinstance(candidates.exercise, Module) else MOST_TRIES
    for pair in islice(_promising(candidates, cases), most):
        if may_be(candidates, pair, first) and behaves(candidates, pair, cases):
            said = (pair[0].sentence, pair[1].sentence)
            return Named(two_things(*said), "pair", said)
    return None


def _promising(candidates: Candidates, cases: Sequence[Case]) -> Iterator[Pair]:
    """Pairs that can be switched on together and break just what is broken; those of low rank first."""
    failing = frozenset(case.part for case in cases if case.wrong)
    surely = failing - {case.part for case in cases if not case.wrong}  # by chance, a slip may show only once
    singles = [one for one in breaks_of(candidates.exercise) if one.always <= failing]
    for total in range(1, 2 * len(singles) - 2):
        for i in range(max(0, total - len(singles) + 1), (total + 1) // 2):
            one, other = singles[i], singles[total - i]
            if surely <= one.ever | other.ever and one.candidate.goes_with(other.candidate):
                yield one.candidate, other.candidate
