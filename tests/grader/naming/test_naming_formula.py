"""Which sentence a wrong formula gets: the author's, the difference, the equation's, a foreign function's."""

import pytest

from grader.asking.outcome import Outcome
from grader.exercise.formula import Equation, Formula
from grader.naming.case import Case
from grader.naming.formula import name
from grader.questions.draw import Draw

COMMON = {"points": 1, "difficulty": 1, "minutes": 1, "hints": ["a nudge"]}
BYTES = Formula(
    symbols={"L": "tokens", "n": "units"},
    unit="bytes",
    reference="4*L**2",
    slips={"L**2": "These are the entries; each takes four bytes."},
    **COMMON,
)
MEETS = Formula(
    symbols={"d": "width", "n": "hidden units"},
    reference="n - 2*d",
    equation=Equation(
        left={"the four projections": "8*L*d**2", "the scores": "2*L**2*d", "the weighted sum": "2*L**2*d"},
        right={"the MLP's first layer": "2*L*d*n", "its second layer": "2*L*d*n"},
        solve_for="L",
    ),
    slips={"n/2 - d": "Half the right length: check the 4 in front of L²."},
    **COMMON,
)
SHAPE = Formula(symbols={"L": "tokens", "d": "width"}, reference="(L, d)", **COMMON)
CASES = {exercise: exercise.questions(Draw(0))[0] for exercise in (BYTES, MEETS, SHAPE)}


def named(exercise, text):
    case = Case(CASES[exercise], Outcome(exercise.reference), Outcome(text), True)
    return name(exercise, [case])


def test_the_author_comes_first():
    found = named(BYTES, "L*L")
    assert (found.sentence, found.how) == ("These are the entries; each takes four bytes.", "authored")


def test_then_the_terms():
    found = named(BYTES, "2*L*L")
    assert found.how == "term" and found.sentence == "Two bytes are charged for each of the L² numbers."


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("n", "In the equation that it solves: the four projections are missing."),
        ("2*n - 4*d", "In the equation that it solves: one of the scores and the weighted sum is missing."),
        (
            "n/2 - 2*d",
            "In the equation that it solves: one of the MLP's first layer and its second layer is missing.",
        ),
        ("n - 4*d", "In the equation that it solves: the four projections are counted twice."),
        ("n + 2*d", "The term with d is taken with the wrong sign."),
        ("n/2 - d", "Half the right length: check the 4 in front of L²."),
        ("d*n - 2*d**2", "There is a factor d too many in every term."),
    ],
)
def test_a_formula_that_solves_an_equation(text, sentence):
    assert named(MEETS, text).sentence == sentence


def test_a_function_that_does_not_belong_there():
    found = named(MEETS, "max(n - 2*d, 0)")
    assert (found.sentence, found.how) == ("There is a `max` in it; the right formula needs none.", "symptom")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("(d, L)", "The sizes are right, and stand in another order."),
        ("(L, 2*d)", "The second entry is wrong; the rest is right."),
        ("(L*d, d)", "The first entry is wrong; the rest is right."),
    ],
)
def test_a_shape(text, sentence):
    found = named(SHAPE, text)
    assert (found.sentence, found.how) == (sentence, "symptom")


@pytest.mark.parametrize(
    ("exercise", "given"),
    [
        (SHAPE, "(L*d, 1)"),
        (BYTES, "0"),
        (BYTES, "L**2.5 + L**3/(L + 1)"),
    ],
)
def test_where_nothing_is_known(exercise, given):
    assert named(exercise, given) is None


@pytest.mark.parametrize(
    ("exercise", "given", "sentence"),
    [
        (SHAPE, "L", 'A shape with 2 entries is expected, in quotes, like "(a, b)".'),
        (BYTES, "L +", "This does not read as a formula; use + - * / ** and parentheses."),
        (BYTES, "(L, L)", "One formula is expected, not several."),
        (BYTES, None, "There is no formula yet."),
        (BYTES, 4, 'Write the formula as text in quotes, like "L * n".'),
    ],
)
def test_what_is_no_formula_is_told_as_it_was_found(exercise, given, sentence):
    found = named(exercise, given)
    assert (found.sentence, found.how) == (sentence, "finding")
