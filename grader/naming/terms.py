"""A wrong formula told by its difference from the right one, term by term.

Each explanation is a list of changes that turn the right formula into the given one. The one with the fewest
changes is said; of several with as few, the one that only describes the difference, term by term, comes
before those that name one cause for all of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, permutations
from math import prod

from grader.naming.differences import Group, Remark, cost, difference, fraction_of, how_often, listed
from grader.naming.polynomials import Monomial, Polynomial, monomial_of, over, written
from grader.naming.units import others

MULTIPLY_ADDS = (
    "this counts multiply–adds. Here every multiplication and every addition is one FLOP, "
    "so a multiply–add is two"
)
MOST_CHANGES, MOST_REMARKS = 3, 3  # with more of them, anything can be explained


@dataclass(frozen=True)
class Explanation:
    """What is different, as a sentence and as a clause inside one, and how many changes it takes."""

    clause: str
    changes: int
    begins_with_a_word: bool = True

    @property
    def sentence(self) -> str:
        begin = self.clause[0]
        return f"{begin.upper() if self.begins_with_a_word else begin}{self.clause[1:]}."


@dataclass(frozen=True)
class View:
    """One cause for all terms, and what is left to explain when it is taken away."""

    said: Remark | None
    given: Polynomial
    groups: tuple[Group, ...]
    unit: str = ""
    beside: int = MOST_REMARKS  # how many other things may be different: a far-fetched cause bears few


class Terms:
    """The right formula as named terms.

    Args:
        terms: the terms by name; names may be empty where there is nothing to call them.
        symbols: the symbols that students may write.
        unit: what is counted.
        are_named: whether the names are the author's, or made of the terms themselves.
    """

    def __init__(
        self,
        terms: Mapping[str, Polynomial],
        symbols: Iterable[str],
        unit: str = "",
        are_named: bool = True,
    ) -> None:
        self.total = Polynomial.of(part for term in terms.values() for part in term.parts)
        members: dict[Monomial, tuple[tuple[str, Fraction], ...]] = {}
        for name, term in terms.items():
            for monomial, coefficient in term.parts:
                members[monomial] = (*members.get(monomial, ()), (name, coefficient))
        groups = (Group(monomial, found) for monomial, found in members.items())
        self.groups = tuple(group for group in groups if group.total)
        self.symbols, self.unit, self._are_named = tuple(symbols), unit, are_named

    @classmethod
    def read(
        cls, reference: str, terms: Mapping[str, str], symbols: Iterable[str], unit: str = ""
    ) -> Terms | None:
        """The terms of a formula; None for a formula that is no sum of products of powers."""
        named = {name: Polynomial.read(text) for name, text in terms.items()}
        if not terms and (whole := Polynomial.read(reference)):
            parts = [Polynomial((part,)) for part in whole.parts]
            names = [f"the term with {written(monomial)}" for monomial, _ in whole.parts]
            named = {"": parts[0]} if len(parts) == 1 else dict(zip(names, parts))
        known = {name: term for name, term in named.items() if term is not None}
        return cls(known, symbols, unit, bool(terms)) if known and len(known) == len(named) else None

    def explain(self, given: Polynomial) -> Explanation | None:
        """What of the given formula is different; None where it cannot be told in a few changes."""
        if given == self.total or not given.parts:
            return None
        symbols = sorted({symbol for group in self.groups for symbol, _ in group.monomial})
        if symbols and not any(symbol in self.symbols for m, _ in given.parts for symbol, _ in m):
            return Explanation(f"this is a fixed number; the right formula depends on {listed(symbols)}", 1)
        best: list[Remark] = []
        for remarks in self._explanations(given):
            if not best or cost(remarks) < cost(best):
                best = remarks
            if cost(best) == 1:
                break
        if not best or len(best) > MOST_REMARKS or cost(best) > MOST_CHANGES + (len(best) < MOST_REMARKS):
            return None
        first, *more = dict.fromkeys(remark.text for remark in best)  # a term of several parts is told once
        clause = "; ".join([first, *more]) if more else best[0].alone or first
        word = clause.split()[0]
        return Explanation(clause, cost(best), word.isalpha() and word not in self.symbols)

    def _explanations(self, given: Polynomial) -> Iterator[list[Remark]]:
        yield from self._combined(given)
        for view in self._views(given):
            remarks = difference(view.given, view.groups, view.unit)
            if remarks is not None and len(remarks) <= view.beside:
                yield [*([view.said] if view.said else []), *remarks]
        if given == self.total * self.total:
            yield [Remark("everything is squared")]

    # -- one cause for all terms ------------------------------------------------------------------------

    def _combined(self, given: Polynomial) -> Iterator[list[Remark]]:
        """Products of what should be a sum, and sums of what should be a product."""
        whole = [Polynomial(((group.monomial, group.total),)) for group in self.groups]
        single = [Polynomial(((g.monomial, c),)) for g in self.groups for _, c in g.terms]
        if any(
            len(factors) > 1 and given == prod(factors[1:], start=factors[0]) for factors in (whole, single)
        ):
            yield [Remark("the terms are multiplied with each other; they should be added")]
        if len(self.groups) == 1 and len(given) > 1 and len({c for _, c in given.parts}) == 1:
            parts = [m for m, _ in given.parts]
            common = monomial_of((s, min(dict(m).get(s, Fraction(0)) for m in parts)) for s in self.symbols)
            rest = [over(m, common) for m in parts]
            product = monomial_of((*common, *(power for m in rest for power in m)))
            if all(rest) and product == self.groups[0].monomial:
                yield [Remark(f"{listed([written(m) for m in rest])} are added; they should be multiplied")]

    def _views(self, given: Polynomial) -> Iterator[View]:
        yield View(None, given, self.groups, self.unit)
        if self.unit == "FLOPs":
            said = Remark("this is in multiply–adds, each of which is two FLOPs", alone=MULTIPLY_ADDS)
            yield View(said, given.times(2), self.groups)
        for clause, factor in others(self.unit):
            yield View(Remark(clause), given.times(1 / factor), self.groups, self.unit, beside=1)
        if len(self.groups) == 1:
            return
        if (ratio := _ratio(given, self.total)) is not None:
            yield View(_times(ratio), self.total, self.groups)
        for a, b in permutations(self.symbols, 2):
            if sum(a in dict(group.monomial) for group in self.groups) > 1:
                said = Remark(f"{b} stands where {a} belongs in every term")
                yield View(said, given, self._with({a: b}), self.unit, beside=2)
        for a, b in combinations(self.symbols, 2):
            said = Remark(f"{a} and {b} have changed places")
            yield View(said, given, self._with({a: b, b: a}), self.unit, beside=0)
        for symbol in self.symbols:
            one = ((symbol, Fraction(1)),)
            said = Remark(f"a factor {symbol} is missing in every term")
            yield View(said, given.times(1, one), self.groups, self.unit)
            said = Remark(f"there is a factor {symbol} too many in every term")
            yield View(said, given.times(1, over((), one)), self.groups, self.unit)

    def _with(self, names: Mapping[str, str]) -> tuple[Group, ...]:
        """The terms with other symbols in place of some."""
        groups: dict[Monomial, tuple[tuple[str, Fraction], ...]] = {}
        for group in self.groups:
            monomial = monomial_of((names.get(symbol, symbol), power) for symbol, power in group.monomial)
            terms = group.terms
            if not self._are_named:
                terms = tuple((f"the term with {written(monomial)}", coefficient) for _, coefficient in terms)
            groups[monomial] = (*groups.get(monomial, ()), *terms)
        return tuple(Group(monomial, terms) for monomial, terms in groups.items())

    # -- formulas near the right one ----------------------------------------------------------------------

    def of_all(self) -> Iterator[Polynomial]:
        """The formulas that one change of all terms makes."""
        factors = [Fraction(2), Fraction(3), Fraction(-1)]
        yield from (self.total.times(f) for f in ([Fraction(1, 2)] if self.unit == "FLOPs" else []) + factors)
        for a, b in permutations(self.symbols, 2):
            yield self.total.with_symbols({a: b})
        for a, b in combinations(self.symbols, 2):
            yield self.total.with_symbols({a: b, b: a})
        for symbol in self.symbols:
            for power in (1, -1):
                yield self.total.times(1, ((symbol, Fraction(power)),))

    def of_group(self, group: Group) -> Iterator[Polynomial]:
        """What one change of a group, or of a term of it, adds to the right formula."""
        yield from self.counts(group)
        for part in _all_or_one(group):
            whole = Polynomial(((group.monomial, -part),))
            yield whole.times(2)  # a wrong sign
            for monomial in self._beside(group.monomial):
                yield whole + Polynomial(((monomial, part),))

    def counts(self, group: Group) -> Iterator[Polynomial]:
        """The part of `of_group` in which terms are missing, or counted too often."""
        for part in self._parts(group):
            yield Polynomial(((group.monomial, -part),))
        for part in _all_or_one(group):
            for more in (Fraction(-1, 2), 1, 2):
                yield Polynomial(((group.monomial, part * more),))

    def _parts(self, group: Group) -> list[Fraction]:
        """What some of the terms of a group add up to."""
        if group.each is not None:
            return [group.each * number for number in range(1, len(group.terms) + 1)]
        values = [coefficient for _, coefficient in group.terms]
        sizes = range(1, len(values) + 1)
        return sorted({sum(chosen, Fraction(0)) for n in sizes for chosen in combinations(values, n)})

    def _beside(self, monomial: Monomial) -> Iterator[Monomial]:
        """Monomials with one symbol taken for another, one factor missing, or one too many."""
        for symbol, power in monomial:
            for moved in {power, Fraction(1)}:
                without = (*monomial, (symbol, -moved))
                yield monomial_of(without)
                for other in self.symbols:
                    if other != symbol:
                        yield monomial_of((*without, (other, moved)))
        for symbol in self.symbols:
            yield monomial_of((*monomial, (symbol, Fraction(1))))


def _all_or_one(group: Group) -> set[Fraction]:
    """What all terms of a group add up to, and what one of them does, where all are alike."""
    return {group.total} | ({group.each} if group.each is not None else set())


def _ratio(given: Polynomial, right: Polynomial) -> Fraction | None:
    """The number that one polynomial is of the other, if it is one."""
    if given.coefficients.keys() != right.coefficients.keys():
        return None
    ratios = {coefficient / right.coefficients[m] for m, coefficient in given.parts}
    return ratios.pop() if len(ratios) == 1 else None


def _times(ratio: Fraction) -> Remark:
    if ratio == -1:
        return Remark("the sign is turned round")
    if ratio.denominator == 1 and ratio > 1:
        return Remark(f"everything is counted {how_often(int(ratio))}")
    return Remark(f"it is {fraction_of(ratio)} the right formula")
