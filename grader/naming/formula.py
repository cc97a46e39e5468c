"""Which sentence a wrong formula gets: the author's, or what is different in it, term by term."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from itertools import permutations
from typing import Any

from grader import formula
from grader.exercise.formula import Formula
from grader.exercise.recorded import RecordedFormula
from grader.naming import equations
from grader.naming.case import Case, Named
from grader.naming.differences import listed
from grader.naming.polynomials import Polynomial
from grader.naming.terms import Explanation, Terms

ORDINAL = {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth"}
# a root may be written as a power, and is not among these
FUNCTIONS = ("log2", "log", "exp", "ceil", "floor", "min", "max", "//")


def name(exercise: Formula, cases: Sequence[Case]) -> Named | None:
    """The mistake in the one formula that was typed; None where it cannot be told."""
    (case,) = cases
    typed = case.given_value
    if isinstance(exercise, RecordedFormula):
        said = exercise.mistake(typed)
        return Named(said, "authored", (said,)) if said else None
    for text, sentence in exercise.slips.items():
        if exercise.equal(typed, text):
            return Named(sentence, "authored", (sentence,))
    if explanation := explain(exercise, typed):
        return Named(explanation.sentence, "term", (explanation.sentence,))
    if said := _of_a_shape(exercise, typed) or _foreign_function(exercise, typed):
        return Named(said, "symptom", (said,))
    found = exercise.difference(case.question, case.expected.value, typed)
    tells_all = found is not None and found.sentence == found.summary
    return Named(found.sentence, "finding", (found.sentence,)) if found and tells_all else None


def terms_of(exercise: Formula) -> Terms | None:
    """The named terms of an exercise's formula; None where it is no sum of products of powers."""
    return Terms.read(exercise.reference, exercise.terms, exercise.symbols, exercise.unit)


def explain(exercise: Formula, typed: Any) -> Explanation | None:
    """The difference between a typed formula and the right one, term by term."""
    try:
        read = formula.parse(typed, exercise.symbols)
        right = formula.parse(exercise.reference, exercise.symbols)
    except formula.FormulaError:
        return None
    if read.is_tuple or right.is_tuple:
        return None
    given = Polynomial.read(typed)
    if not given:
        return None
    terms = terms_of(exercise)
    found = [
        equations.explain(exercise.equation, given) if exercise.equation else None,
        terms.explain(given) if terms else None,
    ]
    return min(filter(None, found), key=lambda explanation: explanation.changes, default=None)


def _of_a_shape(exercise: Formula, typed: Any) -> str | None:
    """Which entries of a shape are wrong, or that they are right in another order."""
    entries, right = (_entries(exercise, text) for text in (typed, exercise.reference))
    if not entries or not right or len(entries) != len(right):
        return None
    if any(all(map(exercise.equal, order, right)) for order in permutations(entries)):
        return "The sizes are right, and stand in another order."
    wrong = [
        place for place, (one, other) in enumerate(zip(entries, right), 1) if not exercise.equal(one, other)
    ]
    if len(wrong) == len(right):
        return None
    are = "entry is" if len(wrong) == 1 else "entries are"
    return f"The {listed([ORDINAL[place] for place in wrong])} {are} wrong; the rest is right."


def _entries(exercise: Formula, text: Any) -> list[str]:
    """The entries of a shape as formulas of their own; none for what is no shape."""
    try:
        read = formula.parse(text, exercise.symbols)
    except formula.FormulaError:
        return []
    return [ast.unparse(part) for part in read.parts] if read.is_tuple else []


def _foreign_function(exercise: Formula, typed: Any) -> str | None:
    """A function that the right formula does without."""
    try:
        formula.parse(typed, exercise.symbols)
    except formula.FormulaError:
        return None
    here, right = formula.as_python(typed), formula.as_python(exercise.reference)
    found = next((f for f in FUNCTIONS if f in here and f not in right), None)
    return f"There is a `{found}` in it; the right formula needs none." if found else None
