"""What is wrong in a table of formulas: each entry that is wrong, in its own words."""

from __future__ import annotations

from collections.abc import Sequence

from grader.exercise.formulas import Formulas
from grader.naming import formula
from grader.naming.case import Case, Named

EMPTY = (None, "")


def name(exercise: Formulas, cases: Sequence[Case]) -> Named | None:
    """A sentence for each wrong entry; None where all that is wrong is empty, or is no table."""
    wrong = [
        case for case in cases if case.wrong and not case.given.failure and case.given.value not in EMPTY
    ]
    told = [(case.part, _of_one(exercise, case)) for case in wrong]
    if not told:
        return None
    sentence = " ".join(f"{part}: {named.sentence}" for part, named in told)
    slips = tuple(f"{part}: {slip}" for part, named in told for slip in named.slips)
    return Named(sentence, told[0][1].how, slips)


def _of_one(exercise: Formulas, case: Case) -> Named:
    """What is known of one wrong entry: at the least, that it is wrong."""
    entry = exercise.formulas[case.part]
    if named := formula.name(entry, [case]):
        return named
    found = entry.difference(case.question, case.expected.value, case.given.value)
    assert found is not None
    return Named(found.summary, "finding")
