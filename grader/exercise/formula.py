"""Exercises whose answer is a formula, typed as ordinary mathematics."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from grader import formula
from grader.exercise.base import Exercise, Question
from grader.exercise.compare import Difference
from grader.exercise.solution import of_value
from grader.questions.draw import Draw

FORMULA = "the formula"
SOME_SIZES = (7, 5, 3, 2, 11, 13, 17, 19, 23, 29)  # at which a wrong formula is compared with the right one
LONGEST_WHOLE = 10**12  # beyond it a whole number is easier to read as a power


@dataclass(frozen=True)
class Equation:
    """The equation that a formula solves: named terms on both sides, and the symbol that it is solved for."""

    left: Mapping[str, str]
    right: Mapping[str, str]
    solve_for: str
    unit: str = ""


class Formula(Exercise):
    """The student writes a formula in the given symbols; every equal form passes.

    Args:
        symbols: what the formula is written in, each with its meaning.
        unit: what it counts: ``"FLOPs"``, ``"parameters"``, ``"bytes"`` …
        reference: the right formula, as the solution shows it; left out, it is the sum of the terms.
        terms: what is added up, by name, to explain wrong formulas by: ``{"the queries": "2*L*d*n", …}``.
        equation: what the formula solves, where it is a solution; a wrong one is explained by its terms.
        slips: wrong formulas, each with its sentence.
        also_right: the right formula in other forms.
        at: values at which a wrong formula is shown beside the right one, where whole numbers make no sense:
            ``{"p": 0.75}`` for a share.
    """

    kind = "formula"

    def __init__(
        self,
        *,
        symbols: Mapping[str, str],
        unit: str = "",
        reference: str = "",
        terms: Mapping[str, str] | None = None,
        equation: Equation | None = None,
        slips: Mapping[str, str] | None = None,
        also_right: Sequence[str] = (),
        at: Mapping[str, float] | None = None,
        **common: Any,
    ) -> None:
        total = " + ".join((terms or {}).values()).replace("+ -", "- ")
        super().__init__(reference=reference or total, slips=slips, also_right=also_right, **common)
        self.symbols, self.unit, self.terms = dict(symbols), unit, dict(terms or {})
        self.equation, self.at = equation, dict(at or {})
        self._validate(total)

    def _validate(self, total: str) -> None:
        """An author's slip shows when the file is loaded."""
        if reserved := {"e", "ln"} & {*self.symbols}:
            raise ValueError(
                f"`{reserved.pop()}` cannot be a symbol: in formulas it is Euler's number, or its log."
            )
        right = [*self.also_right, *([total] if total else [])]
        for text in (self.reference, *self.terms.values(), *right, *self.slips):
            try:
                formula.parse(text, self.symbols)
            except formula.FormulaError as error:
                raise ValueError(f"{text!r}: {error}") from None
        for text in right:
            if not self.equal(text, self.reference):
                raise ValueError(f"{text!r} is not equal to the reference, {self.reference!r}.")
        if self.equation and not self._solves(self.equation):
            raise ValueError(f"{self.reference!r} does not solve the equation.")
        for text in self.slips:
            if self.equal(text, self.reference):
                raise ValueError(f"{text!r} is listed as a slip, and it is right.")

    def _solves(self, equation: Equation) -> bool:
        """Whether both sides are equal with the reference put in."""
        unknown = rf"\b{equation.solve_for}\b"
        sides = (" + ".join(side.values()) for side in (equation.left, equation.right))
        left, right = (re.sub(unknown, f"({self.reference})", side) for side in sides)
        return self.equal(left, right)

    @property
    def parts(self) -> tuple[str, ...]:
        return (FORMULA,)

    @property
    def solution(self) -> str:
        a_shape = formula.parse(self.reference, self.symbols).is_tuple
        what = f"a {'shape' if a_shape else 'formula'} in {listed(self.symbols)}, in quotes"
        return of_value(self.id, '""', what, f'"{self.reference}"')

    def questions(self, draw: Draw) -> list[Question]:
        return [Question(FORMULA, {})]

    def equal(self, one: Any, other: Any) -> bool:
        """Whether two texts are formulas that are equal for all sizes."""
        if not (isinstance(one, str) and isinstance(other, str)):
            return False
        try:
            return _equal(one, other, tuple(self.symbols))
        except formula.FormulaError:
            return False

    def same(self, question: Question, one: Any, other: Any) -> bool:
        return self.equal(one, other)

    def difference(self, question: Question, expected: Any, given: Any) -> Difference | None:
        if given is None:
            return Difference.plain("There is no formula yet.")
        right = formula.parse(expected, self.symbols)
        not_a_shape = f'A shape with {len(right.parts)} entries is expected, in quotes, like "(a, b)".'
        if right.is_tuple and not (isinstance(given, str) and "," in given):
            return Difference.plain(not_a_shape)
        try:
            typed = formula.parse(given, self.symbols)
        except formula.FormulaError as error:
            return Difference.plain(str(error))
        if right.is_tuple and len(typed.parts) != len(right.parts):
            return Difference.plain(not_a_shape)
        if typed.is_tuple and not right.is_tuple:
            return Difference.plain("One formula is expected, not several.")
        if self.equal(given, expected) or self._divides_alike(given, expected):
            return None
        example = self._example(typed, right)
        return Difference(example, "It is not equal to the right formula.", example)

    def _divides_alike(self, given: Any, expected: str) -> bool:
        """Whether it is right where divisions leave nothing over, which is when programmers write ``//``."""
        return "//" in given and "//" not in expected and self.equal(given.replace("//", "/"), expected)

    def _example(self, typed: formula.Formula, right: formula.Formula) -> str:
        """Sizes at which the two differ, with both values: always the same ones, which tell of no other."""
        for first in range(len(SOME_SIZES)):
            sizes = dict(zip(self.symbols, SOME_SIZES[first:] + SOME_SIZES[:first], strict=False))
            values: dict[str, float] = {**sizes, **({} if first else self.at)}
            at = ", ".join(f"{symbol} = {value}" for symbol, value in values.items())
            wanted, given = _values(right, values), _values(typed, values)
            if wanted is None or wanted == given:
                continue
            if given is None:
                return f"It has no value at {at}; there {_written(wanted)} is right."
            digits = next(n for n in (6, 12, 17) if _written(given, n) != _written(wanted, n) or n == 17)
            return f"At {at} it gives {_written(given, digits)}; {_written(wanted, digits)} is right."
        return "It is right at some sizes, and not at all."


def _values(one: formula.Formula, sizes: Mapping[str, float]) -> tuple[formula.Number, ...] | None:
    """What each part of a formula gives; None where it has no value."""
    try:
        return one.evaluate(sizes)
    except (ArithmeticError, ValueError):
        return None


def _written(values: Sequence[formula.Number], digits: int = 6) -> str:
    """Whole numbers in full, others to some digits; a shape in parentheses."""
    written = []
    for value in values:
        if -LONGEST_WHOLE < value < LONGEST_WHOLE and value == int(value):
            written.append(f"{int(value):,}")
        else:
            written.append(f"{float(value):.{digits}g}")
    return f"({', '.join(written)})" if len(written) > 1 else written[0]


def listed(symbols: Iterable[str]) -> str:
    """``L, d and n``; one alone is itself."""
    *most, last = symbols
    return f"{', '.join(most)} and {last}" if most else last


@lru_cache(maxsize=4096)
def _equal(one: str, other: str, symbols: tuple[str, ...]) -> bool:
    return formula.equal(formula.parse(one, symbols), formula.parse(other, symbols), symbols)
