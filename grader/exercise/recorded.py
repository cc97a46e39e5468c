"""Exercises without their answers: what was recorded of them stands in for references and case generators.

A student edition of the course holds these (`grader.edition`). An answer is asked the recorded questions, and
what comes of it is compared with what was right there, and with what known mistakes give there.

    function, module      questions, right outcomes, and those of known mistakes
    formula, table        values at the points at which formulas are compared
    quiz, pairs           as they are: whoever reads the file reads the letters
    number                a student's own values, and nothing to compare with
    test                  nothing: its right and wrong implementations are code
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from grader import formula
from grader.asking import wire
from grader.asking.outcome import Outcome
from grader.exercise.base import Exercise, Question
from grader.exercise.compare import Difference
from grader.exercise.formula import Formula
from grader.exercise.formulas import Formulas
from grader.exercise.function import Function
from grader.exercise.matching import Matching
from grader.exercise.module import Module, Spread
from grader.exercise.number import Number
from grader.exercise.quiz import Quiz
from grader.questions.draw import Draw
from grader.questions.personal import OPENING, PUBLIC_SECRET, student_key

Told = Mapping[str, Any]
Values = Sequence[str] | None  # of each part of a formula, as text; None where it has no value
PRACTICE = "practice"  # the name under which everybody practises who has no numbers of their own


def read(told: Told) -> Exercise:
    """The exercise that was recorded; `grader.edition.recording.record` wrote it."""
    common = {name: told[name] for name in ("points", "difficulty", "minutes", "hints", "may_not_call")}
    made = _KINDS[told["kind"]](told, common)
    made.seconds = told["seconds"]
    return made


# -- functions and modules --------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Mistake:
    """A known mistake, with what it gives on each question."""

    sentence: str
    source: str
    rank: int
    outcomes: Sequence[Outcome]


class Mistakes:
    """What `grader.naming` asks of an exercise's candidates (`grader.naming.candidates`)."""

    def __init__(self, exercise: RecordedFunction, all: Iterable[Mistake]) -> None:
        self.exercise, self.all = exercise, list(all)

    def __iter__(self) -> Iterator[Mistake]:
        return iter(self.all)

    def outcome(self, chosen: Sequence[Mistake], question: Question) -> Outcome:
        (mistake,) = chosen
        return mistake.outcomes[self.exercise.place_of(question)]

    def value(self, chosen: Sequence[Mistake], question: Question) -> Any:
        """The value alone, without gradients. Raises LookupError where the mistake has none."""
        outcome = self.outcome(chosen, question)
        if outcome.failure:
            raise LookupError(str(outcome.failure))
        value = outcome.value
        return value["value"] if "cotangent" in question.payload else value


class RecordedFunction(Function):
    """A function's exercise, asked as it was once."""

    def __init__(self, told: Told, common: Mapping[str, Any]) -> None:
        Exercise.__init__(self, reference=None, **common)
        self.nothing_yet = told["nothing_yet"]  # type: ignore[misc]
        self._parts, self._advice, self._needed = (tuple(told[n]) for n in ("parts", "advice", "needed"))
        self._asked = [
            Question(
                one["part"],
                wire.decode(one["payload"]),
                one["sizes"],
                one["rounding"],
                wire.decode_outcome(one["right"]),
            )
            for one in told["questions"]
        ]
        self._places = {id(question): place for place, question in enumerate(self._asked)}
        self.candidates = Mistakes(
            self,
            (
                Mistake(
                    one["sentence"], one["source"], rank, [wire.decode_outcome(o) for o in one["outcomes"]]
                )
                for rank, one in enumerate(told["mistakes"])
            ),
        )

    def place(self, id: str, lesson: str = "", text: str = "") -> None:
        Exercise.place(self, id, lesson, text)

    def place_of(self, question: Question) -> int:
        """The number of a question among those that were recorded."""
        return self._places[id(question)]

    @property
    def parts(self) -> tuple[str, ...]:
        return self._parts

    @property
    def advice(self) -> tuple[str, ...]:
        return self._advice

    def questions(self, draw: Draw) -> list[Question]:
        return list(self._asked)

    def score(self, held: Mapping[str, bool]) -> float:
        return Exercise.score(self, held) if all(held[part] for part in self._needed) else 0.0


class RecordedModule(RecordedFunction, Module):
    """A module's, whose questions hold the weights."""

    def __init__(self, told: Told, common: Mapping[str, Any]) -> None:
        super().__init__(told, common)
        self.starts = {
            name: Spread(wanted["std"]) if isinstance(wanted, dict) else wanted
            for name, wanted in told["starts"].items()
        }


# -- formulas ---------------------------------------------------------------------------------


class RecordedFormula(Formula):
    """A formula's exercise: the right one is known by its values."""

    def __init__(self, told: Told, common: Mapping[str, Any]) -> None:
        Exercise.__init__(self, reference="", **common)
        self.symbols, self.unit = dict(told["symbols"]), told["unit"]
        self.right: list[Values] = told["right"]
        self.mistakes: list[tuple[str, list[Values]]] = [(one, two) for one, two in told["mistakes"]]

    def expected(self, questions: Iterable[Question]) -> list[Outcome]:
        return [Outcome(value="") for _ in questions]

    def difference(self, question: Question, expected: Any, given: Any) -> Difference | None:
        if given is None:
            return Difference.plain("There is no formula yet.")
        try:
            typed = formula.parse(given, self.symbols)
        except formula.FormulaError as error:
            return Difference.plain(str(error))
        entries = len(next(filter(None, self.right)))
        if len(typed.parts) != entries:
            return Difference.plain(
                f"{'One formula is' if entries == 1 else f'{entries} entries are'} expected."
            )
        if self._gives(given, self.right) or self._gives(given.replace("//", "/"), self.right):
            return None
        return Difference.plain("It is not equal to the right formula.")

    def mistake(self, given: Any) -> str | None:
        """The sentence for a known wrong formula."""
        return next((said for said, values in self.mistakes if self._gives(given, values)), None)

    def same(self, question: Question, one: Any, other: Any) -> bool:
        return one == other

    def _gives(self, text: Any, values: Sequence[Values]) -> bool:
        """As `grader.formula.equal` has it, with values in the place of the other formula."""
        try:
            typed = formula.parse(text, self.symbols)
        except formula.FormulaError:
            return False
        told = untold = 0
        with formula.precision():
            for at, wanted in zip(formula.points(self.symbols), values, strict=True):
                found = formula.values_at(typed, at)
                if found is None or wanted is None:
                    untold += 1
                elif len(found) == len(wanted) and all(map(formula.close, found, map(number, wanted))):
                    told += 1
                else:
                    return False
        return told > untold


def number(text: str) -> formula.Number:
    """A value that was recorded: a fraction, or a decimal number behind a ~."""
    return Decimal(text[1:]) if text.startswith("~") else Fraction(text)


class RecordedFormulas(Formulas):
    """A table of formulas."""

    def __init__(self, told: Told, common: Mapping[str, Any]) -> None:
        Exercise.__init__(self, reference={}, **common)
        self.symbols = dict(told["symbols"])
        self.formulas = {name: RecordedFormula(one, common) for name, one in told["entries"].items()}

    def expected(self, questions: Iterable[Question]) -> list[Outcome]:
        return [Outcome(value="") for _ in questions]

    def same(self, question: Question, one: Any, other: Any) -> bool:
        return bool(one == other)


# -- what is not checked here -----------------------------------------------------------------


class RecordedNumber(Number):
    """A number of one's own: its values are there, for those whose keys were known, and not the right one."""

    checked_here = False

    def __init__(self, told: Told, common: Mapping[str, Any]) -> None:
        Exercise.__init__(self, reference=None, **common)
        self._known = told["values"]

    def own(self, key: str, student: str) -> tuple[str, str, dict[str, Any]]:
        if (known := self._known.get(digest(key))) is None:
            key, student = student_key(PUBLIC_SECRET, PRACTICE), PRACTICE
            known = self._known[digest(key)]
        return key, student, wire.decode(known)


def digest(key: str) -> str:
    """Under which a student's values are found: it opens nothing."""
    return hashlib.sha256(key[:OPENING].encode()).hexdigest()


class Unchecked(Exercise):
    """An exercise whose answer is looked at when it is handed in."""

    checked_here = False

    def __init__(self, told: Told, common: Mapping[str, Any]) -> None:
        Exercise.__init__(self, reference=None, **common)
        self.kind = told["kind"]  # type: ignore[misc]

    @property
    def parts(self) -> tuple[str, ...]:
        return ()

    def questions(self, draw: Draw) -> list[Question]:
        return []

    @property
    def call(self) -> str:
        return f"check({self.id})"

    @property
    def solution(self) -> str:
        return ""


# -- what can be read off the file ------------------------------------------------------------


def _quiz(told: Told, common: Mapping[str, Any]) -> Quiz:
    forms: Mapping[str, Any] = {"set": set, "list": list, "str": "".join}
    right = forms[told["asks"]](told["right"])
    why = {tuple(key) if isinstance(key, list) else key: said for key, said in told["why"]}
    return Quiz(question=told["question"], options=told["options"], right=right, why=why, **common)


def _matching(told: Told, common: Mapping[str, Any]) -> Matching:
    why = {(letter, number): said for (letter, number), said in told["why"]}
    sides = {name: told[name] for name in ("question", "left", "right", "pairs")}
    return Matching(**sides, why=why, **common)


_KINDS: Mapping[str, Any] = {
    "function": RecordedFunction,
    "module": RecordedModule,
    "formula": RecordedFormula,
    "formulas": RecordedFormulas,
    "quiz": _quiz,
    "matching": _matching,
    "number": RecordedNumber,
    "property test": Unchecked,
    "training outcome": Unchecked,
}
