"""Exercises whose answer is a table of formulas: several short questions, one cell, one check."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from grader.exercise.base import Exercise, Question
from grader.exercise.compare import Difference
from grader.exercise.formula import Formula, listed
from grader.exercise.solution import of_value
from grader.questions.draw import Draw

Table = dict[str, str]


@dataclass(frozen=True)
class Entry:
    """One formula of a table; what its parts mean: see `Formula`."""

    reference: str
    unit: str = ""
    terms: Mapping[str, str] = field(default_factory=dict)
    slips: Mapping[str, str] = field(default_factory=dict)
    also_right: Sequence[str] = ()


class Formulas(Exercise):
    """The student fills a table in: a formula for each name, all in the same symbols, each worth the same.

    Args:
        symbols: what the formulas are written in, each with its meaning.
        entries: what is asked for, by the name that it has in the table.
        at: as of `Formula`, for all entries.
    """

    kind = "formulas"

    def __init__(
        self,
        *,
        symbols: Mapping[str, str],
        entries: Mapping[str, Entry],
        at: Mapping[str, float] | None = None,
        **common: Any,
    ) -> None:
        super().__init__(reference={name: entry.reference for name, entry in entries.items()}, **common)
        self.symbols, self.at = dict(symbols), dict(at or {})
        self.formulas = {name: self._formula(name, entry) for name, entry in entries.items()}
        self.slips = {
            f"{name} = {slip}": f"{name}: {told}"
            for name, entry in entries.items()
            for slip, told in entry.slips.items()
        }
        self._also_right = {name: entry.also_right for name, entry in entries.items() if entry.also_right}

    def _formula(self, name: str, entry: Entry) -> Formula:
        """An entry as an exercise of its own: how it is compared, and explained where it is wrong."""
        common: dict[str, Any] = {"points": 1, "difficulty": 1, "minutes": 1, "hints": self.hints}
        try:
            formula = Formula(symbols=self.symbols, at=self.at, **vars(entry), **common)
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from None
        return formula

    @property
    def parts(self) -> tuple[str, ...]:
        return tuple(self.formulas)

    def questions(self, draw: Draw) -> list[Question]:
        return [Question(name, {"entry": name}) for name in self.parts]

    def difference(self, question: Question, expected: Any, given: Any) -> Difference | None:
        if given == "":
            return Difference.plain("There is no formula yet.")
        return self.formulas[question.part].difference(question, expected, given)

    def same(self, question: Question, one: Any, other: Any) -> bool:
        return self.formulas[question.part].equal(one, other)

    # -- in the lesson, and the proof -----------------------------------------------------------------

    @property
    def solution(self) -> str:
        what = f"formulas in {listed(self.symbols)}, each in its quotes"
        return of_value(self.id, _written(dict.fromkeys(self.parts, "")), what, _written(self.reference))

    @property
    def alternatives(self) -> tuple[Any, ...]:
        """The right table with one formula in another form."""
        others = ({name: text} for name, forms in self._also_right.items() for text in forms)
        return (*super().alternatives, *(self.reference | other for other in others))

    @property
    def wrong(self) -> dict[str, Table]:
        """For each slip's sentence the right table with this one slip in it."""
        return {
            f"{name}: {told}": self.reference | {name: slip}
            for name, formula in self.formulas.items()
            for slip, told in formula.slips.items()
        }

    def wrong_answers(self) -> Iterable[tuple[str, Table]]:
        """Every table in which two entries that differ have changed places."""
        for one, other in combinations(sorted(self.parts), 2):
            if not self.formulas[one].equal(self.reference[one], self.reference[other]):
                changed = {one: self.reference[other], other: self.reference[one]}
                yield f"{one} ↔ {other}", self.reference | changed


def _written(table: Table) -> str:
    """The table as Python, a line for each entry."""
    lines = (f'    "{name}": "{text}",\n' for name, text in table.items())
    return f"{{\n{''.join(lines)}}}"
