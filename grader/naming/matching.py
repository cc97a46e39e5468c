"""What is wrong with pairs: one that the author explains, two exchanged, or how many are right."""

from __future__ import annotations

from collections.abc import Sequence

from grader.exercise.matching import Matching, Misread
from grader.naming.case import Case, Named


def name(exercise: Matching, cases: Sequence[Case]) -> Named | None:
    """The sentence for wrong pairs; None where what was given is no set of pairs."""
    if cases[0].given.failure:
        return None
    try:
        pairs = exercise.read(cases[0].given.value)
    except Misread:
        return None
    if sentence := exercise.explained(pairs):
        return Named(sentence, "authored", (sentence,))
    if exchanged := exercise.exchanged(pairs):
        one, other = exchanged
        return Named(f"({one}) and ({other}) have changed places.", "symptom")
    right = sum(not case.wrong for case in cases)
    return Named(f"{right} of {len(cases)} pairs are right.", "finding")
