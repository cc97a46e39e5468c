"""What is wrong with a choice: the author's sentence for it, or how an order is wrong."""

from __future__ import annotations

from collections.abc import Sequence

from grader.exercise.quiz import Quiz
from grader.naming.case import Case, Named


def name(exercise: Quiz, cases: Sequence[Case]) -> Named | None:
    """The author's sentence, or how an order is wrong; None where the difference says all."""
    given = cases[0].given
    if given.failure:
        return None
    if sentence := exercise.explained(given.value):
        return Named(sentence, "authored", (sentence,))
    disorder = exercise.disorder(given.value)
    return Named(disorder, "symptom") if disorder else None
