"""All that is known to be wrong ways of computing an exercise's number, with one slip or with two."""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import combinations, islice

from grader.catalogue import find
from grader.exercise.formula import Formula
from grader.exercise.number import NAMES, Number
from grader.naming.calculations import (
    Given,
    Guess,
    OfTerms,
    Unit,
    authored,
    multiply_adds,
    units,
    written_otherwise,
)
from grader.naming.formula import terms_of
from grader.naming.words import two_things
from grader.slips.context import Context
from grader.slips.operators import every_slip
from grader.slips.slip import Slip, compatible
from grader.slips.switches import Board

A_POWER_OF_TEN = re.compile(r"\b10{3,}(\.0)?\b")  # slips of the unit are said in its words
MOST_PAIRS = 8_000  # a fifth of a second; counted, so that the same number is always told the same
Values = list[tuple[Guess, float]]


class Guesses:
    """The wrong calculations of one exercise."""

    def __init__(self, exercise: Number) -> None:
        self._exercise = exercise

    @cached_property
    def singles(self) -> list[Guess]:
        """Those with one slip, the author's first."""
        return [
            *authored(self._exercise),
            *(self._in_unit(unit) for unit in [*self._halves, *self._units]),
            *(self._terms.singles() if self._terms else ()),
            *written_otherwise(self._exercise),
            *(self._switched([slip]) for slip in self._slips),
        ]

    def in_another_unit(self, singles: Values, number: float, bound: float) -> list[Guess]:
        """The single slips that give the number, within the bound, in another unit."""
        return [
            self._both(guess, unit)
            for guess, value in singles
            # half of a term's slip is among the pairs of terms, which know how to say it
            for unit in (self._units if guess.how == "term" else [*self._units, *self._halves])
            if math.isclose(value * unit.factor, number, rel_tol=bound)
        ]

    def pairs_of_terms(self, given: Given) -> Iterator[tuple[Guess, float]]:
        """Two slips of the terms, or one and all in multiply–adds."""
        yield from self._terms.pairs(given) if self._terms else ()

    def pairs_of_operators(self, given: Given) -> Iterator[tuple[Guess, float]]:
        """Two slips of the shared operators, the likeliest pairs."""
        right = self._exercise.reference(**given)
        alone = [(slip, self._switched([slip]).at(given)) for slip in self._slips]
        alive = [slip for slip, value in alone if math.isfinite(value) and value != right]
        for one, other in islice(combinations(alive, 2), MOST_PAIRS):
            if compatible(one.edits, other.edits):
                guess = self._switched([one, other])
                yield guess, guess.at(given)

    # -- what they are made of ------------------------------------------------------------------------

    @cached_property
    def _units(self) -> list[Unit]:
        return list(units(self._exercise))

    @cached_property
    def _halves(self) -> list[Unit]:
        return list(multiply_adds(self._exercise))

    def _in_unit(self, unit: Unit) -> Guess:
        return Guess.saying(unit.sentence, lambda given: self._exercise.reference(**given) * unit.factor)

    def _both(self, guess: Guess, unit: Unit) -> Guess:
        def sentence() -> str | None:
            first = guess.sentence()
            return two_things(first, unit.beside or unit.sentence) if first else None

        return Guess("pair", lambda given: guess.value(given) * unit.factor, sentence)

    @cached_property
    def _terms(self) -> OfTerms | None:
        named = self._exercise.terms_of
        formula = find(named) if isinstance(named, str) else named
        terms = terms_of(formula) if isinstance(formula, Formula) else None
        return OfTerms(self._exercise, terms) if terms else None

    @cached_property
    def _slips(self) -> list[Slip]:
        context = Context(self._exercise.tree, floats=self._exercise.names, words=self._exercise.words)
        told = (slip for slip in every_slip(context) if slip.sentence)
        return sorted(
            (slip for slip in told if not A_POWER_OF_TEN.search(slip.sentence)), key=lambda slip: slip.rank
        )

    @cached_property
    def _board(self) -> Board:
        tree = self._exercise.tree
        (function,) = (node.name for node in tree.body if isinstance(node, ast.FunctionDef))
        return Board(
            tree, function, {**getattr(self._exercise.value, "__globals__", {}), **NAMES}, self._slips
        )

    def _switched(self, slips: Sequence[Slip]) -> Guess:
        def value(given: Given) -> float:
            with self._board.on(slips):
                return self._board.form(**given)

        def sentence() -> str:
            first, *more = dict.fromkeys(slip.sentence for slip in slips)
            if more:
                return two_things(first, more[0])
            return first if len(slips) == 1 else f"{first.rstrip('.')}, at two places."

        return Guess("slip" if len(slips) == 1 else "pair", value, sentence)
