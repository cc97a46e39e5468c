"""A wrong formula that would be right if a term of the equation behind it were another one."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations

from grader.exercise.formula import Equation
from grader.naming.polynomials import Polynomial, monomial_of
from grader.naming.terms import Explanation, Terms


def explain(equation: Equation, given: Polynomial) -> Explanation | None:
    """Terms missing in the equation, or counted too often, of which the given formula is the solution.

    None if there are none, or if others would give the same.
    """
    terms = _terms(equation)
    if terms is None:
        return None
    for wrong in (_with_one_slip(terms), _with_two_slips(terms)):
        fitting = {polynomial for polynomial in wrong if solution(polynomial, equation.solve_for) == given}
        found = {e for polynomial in fitting if (e := terms.explain(polynomial)) and _counts(e)}
        if len(found) > 1:
            return None
        for explanation in found:
            return Explanation(f"in the equation that it solves: {explanation.clause}", explanation.changes)
    return None


def _counts(explanation: Explanation) -> bool:
    """Whether it speaks of terms. That a symbol stands for the unknown is nobody's slip."""
    return "changed places" not in explanation.clause and "stands" not in explanation.clause


def solution(polynomial: Polynomial, unknown: str) -> Polynomial | None:
    """Where a polynomial with two powers of the unknown, one apart, is 0; None for any other."""
    by_power: dict[Fraction, list[Polynomial]] = {}
    for monomial, coefficient in polynomial.parts:
        power = dict(monomial).get(unknown, Fraction(0))
        rest = monomial_of((*monomial, (unknown, -power)))
        by_power.setdefault(power, []).append(Polynomial(((rest, coefficient),)))
    if len(by_power) != 2 or max(by_power) - min(by_power) != 1 or len(by_power[max(by_power)]) != 1:
        return None
    (((monomial, coefficient),),) = (part.parts for part in by_power[max(by_power)])
    others = Polynomial.of(part for found in by_power[min(by_power)] for part in found.parts)
    return others.times(-1 / coefficient, monomial_of((symbol, -power) for symbol, power in monomial))


def _terms(equation: Equation) -> Terms | None:
    """The terms of both sides, those on the right with the other sign."""
    left = {name: Polynomial.read(text) for name, text in equation.left.items()}
    right = {name: Polynomial.read(f"-({text})") for name, text in equation.right.items()}
    terms = {name: term for name, term in {**left, **right}.items() if term is not None}
    symbols = sorted({symbol for term in terms.values() for m, _ in term.parts for symbol, _ in m})
    return Terms(terms, symbols, equation.unit) if len(terms) == len(left) + len(right) else None


def _with_one_slip(terms: Terms) -> Iterator[Polynomial]:
    for group in terms.groups:
        for change in terms.counts(group):
            yield terms.total + change


def _with_two_slips(terms: Terms) -> Iterator[Polynomial]:
    for one, other in combinations(terms.groups, 2):
        others = list(terms.counts(other))
        for change in terms.counts(one):
            begun = terms.total + change
            for also in others:
                yield begun + also
