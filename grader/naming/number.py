"""Which sentence a wrong number gets.

One number is thin evidence. A name is given only where one wrong calculation, and no other with another
sentence, gives the number to twelve digits; of calculations that always give the same, the first one is said.
Those with one slip come before those with two. A number that was typed with fewer digits is named only by
single slips, and only where no other one comes as near. Where given values are so few and so round that
many calculations coincide, only the author's own slips are said.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise

from grader.exercise.number import Number
from grader.naming.calculations import Given, Guess, authored, rounded
from grader.naming.case import Case, Named
from grader.naming.guesses import Guesses, Values
from grader.questions.draw import Draw

EXACT = 1e-12  # two ways of computing the same agree to it
SINGLE_PRECISION = 1e-6  # what is computed in float32 agrees to it
FEWEST_DIGITS = 4  # of a typed number that may be named
THIN = 0.1  # the part of all calculations that may coincide with another one
ALL_OR_NOTHING = (
    "The right number lies between 0 and 1, and is neither: is it rounded, or is all given to one?"
)
ELSEWHERE = 3  # draws at which two calculations are compared: do they always give the same?


def name(exercise: Number, cases: Sequence[Case]) -> Named | None:
    """The wrong calculation behind the one number; None where it is not certain."""
    (case,) = cases
    number, given, right = case.given_value, case.question.payload["given"], case.right_value
    if case.given.failure or not isinstance(number, float) or math.isnan(number):
        return None
    if math.isinf(number):  # what comes of it is for the author to say
        said = next((guess.sentence() for guess in authored(exercise) if guess.at(given) == number), None)
        return Named(said, "authored", (said,)) if said else None
    if 0 < right < 1 and number in (0, 1):
        return Named(ALL_OR_NOTHING, "symptom", (ALL_OR_NOTHING,))
    if number == 0:  # it comes of anything
        return None
    if said := rounded(number, right):
        return Named(said, "symptom", (said,))
    guesses, evidence = _guesses(exercise), Evidence(exercise)
    singles: Values = [(guess, guess.at(given)) for guess in guesses.singles]
    if fitting := _fitting(singles, number, EXACT):
        return evidence.only_one(fitting, singles, right)
    if evidence.is_thick(singles, right):
        of_terms = _fitting(guesses.pairs_of_terms(given), number, EXACT)
        if fitting := [*of_terms, *guesses.in_another_unit(singles, number, EXACT)]:
            return evidence.only_one(fitting, singles, right)
        if fitting := _fitting(guesses.pairs_of_operators(given), number, EXACT):
            return evidence.only_one(fitting, singles, right)
    if fitting := _fitting(singles, number, _precision(number)):
        return evidence.only_one(fitting, singles, right)
    return ratio(number, right)


def _fitting(values: Iterable[tuple[Guess, float]], number: float, bound: float) -> list[Guess]:
    return [guess for guess, value in values if math.isclose(value, number, rel_tol=bound)]


class Evidence:
    """What a number can prove, in an exercise with these given values."""

    def __init__(self, exercise: Number) -> None:
        self._elsewhere: list[Given] = [exercise.given(Draw(seed)) for seed in range(ELSEWHERE)]

    def only_one(self, fitting: Sequence[Guess], singles: Values, right: float) -> Named | None:
        """The first of some calculations that fit, if all of them always give the same."""
        said = [(guess, sentence) for guess in fitting if (sentence := guess.sentence())]
        if not said or not all(self._are_twins(said[0][0], guess) for guess in fitting):
            return None
        guess, sentence = said[0]
        if guess.how != "authored" and not self.is_thick(singles, right):
            return None
        return Named(sentence, guess.how, (sentence,))

    def is_thick(self, singles: Values, right: float) -> bool:
        """Whether different calculations give different numbers here, all but a few."""
        alive = sorted(
            (pair for pair in singles if pair[1] != right and math.isfinite(pair[1])), key=lambda x: x[1]
        )
        coincide = sum(
            math.isclose(a, b, rel_tol=EXACT) and not self._are_twins(one, other)
            for (one, a), (other, b) in pairwise(alive)
        )
        return coincide <= THIN * len(alive)

    def _are_twins(self, one: Guess, other: Guess) -> bool:
        """Whether two calculations give the same elsewhere, too."""
        return all(alike(one.at(given), other.at(given)) for given in self._elsewhere)


@lru_cache(maxsize=64)
def _guesses(exercise: Number) -> Guesses:
    return Guesses(exercise)


def alike(a: float, b: float) -> bool:
    return math.isclose(a, b, rel_tol=EXACT) or (math.isnan(a) and math.isnan(b))


def _precision(number: float) -> float:
    """How near, relatively, a calculation must come to a number that was typed with these digits."""
    typed = Decimal(repr(number)).normalize().as_tuple()
    if len(typed.digits) < FEWEST_DIGITS:
        return 0.0
    return max(10.0 ** int(typed.exponent) / abs(number), SINGLE_PRECISION)


def ratio(number: float, right: float) -> Named | None:
    """A number that is a simple fraction of the right one: a fact, whatever it comes from."""
    for below in range(1, 13):
        for above in range(1, 13):
            simplest = math.gcd(above, below) == 1 and above != below
            if simplest and math.isclose(number, right * above / below, rel_tol=EXACT):
                times = f"{above} times" if below == 1 else f"{above}/{below} of"
                said = f"It is {times} the right number."
                return Named(said, "symptom", (said,))
    return None
