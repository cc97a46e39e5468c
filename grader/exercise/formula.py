"""Exercises whose answer is a formula, typed as ordinary mathematics."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from grader import formula
from grader.exercise.base import Exercise, Mistake, Question
from grader.exercise.compare import Difference
from grader.judging.mutants import Mutant, mutants_of_formula
from grader.questions.draw import Draw

FORMULA = "the formula"
MULTIPLY_ADDS = (
    "This counts multiply–adds. Here every multiplication and every addition is one FLOP, "
    "so a multiply–add is two."
)


class Formula(Exercise):
    """The student writes a formula in the given symbols; every equal form passes.

    ``unit`` is what the formula counts: ``"FLOPs"``, ``"parameters"``, ``"bytes"``, ``"shape"`` … For
    FLOPs, half the right count is recognised as the other convention, multiply–adds.
    """

    kind = "formula"

    def __init__(
        self, id: str, title: str, *, symbols: Mapping[str, str], unit: str = "", **common: Any
    ) -> None:
        super().__init__(id, title, **common)
        self.symbols, self.unit = dict(symbols), unit
        formula.parse(self.reference, self.symbols)  # an author's slip shows when the file is loaded

    @property
    def parts(self) -> tuple[str, ...]:
        return (FORMULA,)

    @property
    def mistakes(self) -> tuple[Mistake, ...]:
        """The known mistakes; for FLOPs also the other convention, unless the author names the half."""
        half = f"({self.reference}) / 2"
        if self.unit != "FLOPs" or any(self.same(mistake.answer, half) for mistake in super().mistakes):
            return super().mistakes
        return (*super().mistakes, Mistake(MULTIPLY_ADDS, half))

    def questions(self, draw: Draw) -> list[Question]:
        return [Question(FORMULA, {})]

    def difference(self, expected: Any, given: Any) -> Difference | None:
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
        if _equal(given, expected, tuple(self.symbols)):
            return None
        return Difference(self._ratio(typed, right), "It is not equal to the right formula.")

    def same(self, one: Any, other: Any) -> bool:
        if not (isinstance(one, str) and isinstance(other, str)):
            return False
        try:
            return _equal(one, other, tuple(self.symbols))
        except formula.FormulaError:
            return False

    def _ratio(self, typed: formula.Formula, right: formula.Formula) -> str:
        """One place where the two differ, without giving the right value away."""
        values = dict(zip(self.symbols, (7, 5, 3, 2, 11, 13, 17, 19, 23, 29), strict=False))
        at = ", ".join(f"{symbol} = {value}" for symbol, value in values.items())
        try:
            ratios = [
                float(a / b) for a, b in zip(typed.evaluate(values), right.evaluate(values), strict=True)
            ]
        except (ArithmeticError, ValueError, TypeError):
            return f"It has no value at {at}."
        wrong = next((ratio for ratio in ratios if abs(ratio - 1) > 1e-9), None)
        if wrong is None:
            return "It is not equal to the right formula."
        if abs(wrong - 1) < 0.005:
            return f"At {at} it is close to the right value, and not equal."
        return f"At {at} it gives {wrong:.3g} times the right value."

    def mutants(self) -> Iterator[Mutant]:
        return mutants_of_formula(formula.as_python(self.reference))


@lru_cache(maxsize=4096)
def _equal(one: str, other: str, symbols: tuple[str, ...]) -> bool:
    return formula.equal(formula.parse(one, symbols), formula.parse(other, symbols), symbols)
