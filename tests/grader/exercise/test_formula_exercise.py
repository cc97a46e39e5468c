"""Exercises whose answer is a formula: how they are declared, asked and compared."""

import re

import pytest

from grader import catalogue
from grader.exercise import Question
from grader.exercise.formula import Equation, Formula
from grader.questions.draw import Draw

COMMON = {"points": 1, "difficulty": 1, "minutes": 1, "hints": ["a nudge"]}
SYMBOLS = {"L": "tokens", "d": "width"}
TERMS = {"the first": "2*L*d", "the second": "L**2"}


def formula(**changed):
    exercise = Formula(**{"symbols": SYMBOLS, **COMMON, **changed})
    exercise.place("cost", "05_cost", "The cost")
    return exercise


def finding(exercise, text):
    (question,) = exercise.questions(Draw(0))
    found = exercise.difference(question, exercise.reference, exercise.outcome(text, question).value)
    return found and found.sentence


def test_the_reference_is_the_sum_of_the_terms():
    exercise = formula(terms=TERMS)
    assert exercise.reference == "2*L*d + L**2"
    assert finding(exercise, "L*(2*d + L)") is None
    assert formula(terms={"the MLP": "d", "the rest": "-2*L"}).reference == "d - 2*L"


def test_or_the_author_writes_it_readably():
    assert formula(terms=TERMS, reference="L*(2*d + L)").reference == "L*(2*d + L)"


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"terms": TERMS, "reference": "2*L*d"}, "is not equal to the reference"),
        ({"reference": "2*L*d", "also_right": ["L*d"]}, "is not equal to the reference"),
        ({"reference": "2*L*d", "slips": {"L*d*2": "Wrong."}}, "is listed as a slip, and it is right"),
        ({"reference": "2*L*d", "slips": {"2Ld": "Wrong."}}, "multiplication sign"),
        ({"reference": "2*L*k"}, "not a symbol"),
        ({"reference": "e", "symbols": {"e": "edges"}}, "`e` cannot be a symbol"),
        (
            {"reference": "d", "equation": Equation({"a": "L*d"}, {"b": "L**2*2"}, "L")},
            "does not solve the equation",
        ),
    ],
)
def test_an_authors_slip_shows_when_the_file_is_loaded(changed, complaint):
    with pytest.raises(ValueError, match=complaint):
        formula(**changed)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("2*L*d", None),
        (None, "There is no formula yet."),
        ("(2*L, d)", "One formula is expected, not several."),
        ("2L", "A multiplication sign is missing: write 2*a, not 2a."),
        ("4*L*d", "At L = 7, d = 5 it gives 140; 70 is right."),
        ("L/(L - 7)", "It has no value at L = 7, d = 5; there 70 is right."),
        ("2*L*d + max(0, L - 7)", "At L = 11, d = 13 it gives 290; 286 is right."),
        ("1000*L**5*d", "At L = 7, d = 5 it gives 84,035,000; 70 is right."),
        ("L**20*d", "At L = 7, d = 5 it gives 3.98961e+17; 70 is right."),
        ("2*L*d/3", "At L = 7, d = 5 it gives 23.3333; 70 is right."),
        ("2*L*d + L/10**9", "At L = 7, d = 5 it gives 70.000000007; 70 is right."),
        ("2*L*d + max(0, L - 1000)", "It is right at some sizes, and not at all."),
    ],
)
def test_what_is_said_of_a_formula(given, said):
    assert finding(formula(reference="2*L*d"), given) == said


def test_it_is_said_at_values_that_make_sense():
    share = formula(symbols={"p": "a share", "t": "a temperature"}, reference="p/t", at={"p": 0.75, "t": 0.5})
    assert finding(share, "p*t") == "At p = 0.75, t = 0.5 it gives 0.375; 1.5 is right."
    assert (
        finding(share, "p + t/4 + 5/8") == "At p = 5, t = 3 it gives 6.375; 1.66667 is right."
    )  # there it fits


def test_a_division_that_leaves_nothing_may_be_written_as_programmers_do():
    assert finding(formula(reference="(L/d)**4"), "(L//d)**4") is None
    assert finding(formula(reference="(L/d)**4"), "(L//d)**2") is not None
    assert finding(formula(reference="L//d"), "L/d") is not None


def test_shapes():
    exercise = formula(reference="(L, d)")
    assert finding(exercise, "[L, d]") is None
    assert "A shape with 2 entries" in finding(exercise, "L*d")
    assert "A shape with 2 entries" in finding(exercise, "(L, d, d)")
    assert exercise.solution == (
        'cost = ""  # a shape in L and d, in quotes\n### BEGIN SOLUTION\ncost = "(L, d)"\n### END SOLUTION'
    )


def test_two_wrong_answers_alike():
    exercise = formula(reference="2*L*d")
    (question,) = exercise.questions(Draw(0))
    assert exercise.same(question, "L*d", "d*L")
    assert not exercise.same(question, "L*d", "L*d*3")
    assert not exercise.same(question, "L*d", "L*")
    assert not exercise.same(question, None, None)


FORMULAS = [e for ids in catalogue.ids().values() for e in map(catalogue.find, ids) if "formula" in e.kind]


@pytest.mark.parametrize("exercise", FORMULAS, ids=lambda exercise: exercise.id)
def test_every_slip_of_the_courses_formulas_is_told_with_sizes_at_which_it_fails(exercise):
    entries = exercise.formulas.values() if exercise.kind == "formulas" else [exercise]
    for entry in entries:
        for slip in entry.slips:
            found = entry.difference(Question("the formula", {}), entry.reference, slip)
            assert re.fullmatch(r"At (\w+ = [\d.]+(, )?)+ it gives .+; .+ is right\.", found.example), slip
            assert not re.search(r"\d", found.summary)
