"""What a page judges a formula by: the right one, the author's slips, and others near it, with sentences.

The page reads and compares them itself (`grader.site.engine.formulas`); the points at which it compares, and
the sizes at which it shows a difference, are the grader's.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations
from typing import Any

from grader import formula
from grader.exercise import Formula
from grader.exercise.formula import SOME_SIZES
from grader.naming.formula import explain, terms_of
from grader.naming.polynomials import Polynomial

MOST_NEAR = 200  # wrong formulas with a sentence


def recorded(exercise: Formula, place: Any) -> dict[str, Any]:
    """A formula as the page knows it; ``place`` keeps a sentence and gives its number."""
    points = [*formula.points(exercise.symbols)]
    return {
        "symbols": [*exercise.symbols],
        "right": exercise.reference,
        "where": [[point[symbol] for symbol in sorted(exercise.symbols)] for point in points],
        "slips": [[text, place(said)] for text, said in exercise.slips.items()],
        "near": [*_near(exercise, points[0], place)],
        "examples": [*_examples(exercise)],
    }


def _examples(exercise: Formula) -> Iterator[tuple[str, dict[str, list[int]]]]:
    """Sizes at which a wrong formula is shown beside the right one, in words and as fractions."""
    for first in range(len(SOME_SIZES)):
        sizes = dict(zip(exercise.symbols, SOME_SIZES[first:] + SOME_SIZES[:first], strict=False))
        values: dict[str, float] = {**sizes, **({} if first else exercise.at)}
        at = ", ".join(f"{symbol} = {value}" for symbol, value in values.items())
        yield at, {symbol: [*Fraction(value).as_integer_ratio()] for symbol, value in values.items()}


def _near(exercise: Formula, point: dict[str, int], place: Any) -> Iterator[tuple[float, int, str]]:
    """Formulas near the right one that the grader has a sentence for: value at a point, sentence, text."""
    seen = 0
    for polynomial in dict.fromkeys(_changed(exercise)):
        text = written(polynomial)
        if seen >= MOST_NEAR or not text or len(text) > formula.LONGEST:
            continue
        found = explain(exercise, text)
        value = formula.value_of(text, **point)
        if found and math.isfinite(value) and not exercise.equal(text, exercise.reference):
            seen += 1
            yield value, place(found.sentence), text


def _changed(exercise: Formula) -> Iterator[Polynomial]:
    """The right formula with one change, then without two of its terms."""
    terms = terms_of(exercise)
    if not terms:
        return
    yield from terms.of_all()
    for group in terms.groups:
        for change in terms.of_group(group):
            yield terms.total + change
    for one, other in combinations(terms.groups, 2):
        yield terms.total + Polynomial(((one.monomial, -one.total), (other.monomial, -other.total)))


def written(polynomial: Polynomial) -> str:
    """A polynomial as a formula that can be read again."""
    return " + ".join(
        "*".join([f"({coefficient})", *(_raised(symbol, power) for symbol, power in monomial)])
        for monomial, coefficient in polynomial.parts
    )


def _raised(symbol: str, power: Fraction) -> str:
    return symbol if power == 1 else f"{symbol}**({power})"
