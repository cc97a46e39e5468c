"""Exercises whose answer is a number: how they are declared, asked and compared."""

import math

import pytest

from grader.exercise.number import Number
from grader.questions.draw import Draw

COMMON = {"points": 1, "difficulty": 1, "minutes": 1, "hints": ["a nudge"]}


def given(draw):
    return {"L": draw.integer(10, 99), "x": [draw.integer(2, 9), draw.integer(2, 9)]}


def of_lists(L, x):
    """Text that is not part of the solution."""
    both = x[0] * x[1]
    return math.sqrt(both) / L


def number(**changed):
    exercise = Number(**{"given": given, "value": "sqrt(x[0]*x[1]) / L", **COMMON, **changed})
    exercise.place("ratio", "05_cost", "A ratio")
    return exercise


def finding(exercise, answer):
    (question,) = exercise.questions(Draw(0, "key"))
    expected = exercise.outcome(exercise.reference, question).value
    found = exercise.difference(question, expected, exercise.outcome(answer, question).value)
    return found and found.sentence


@pytest.mark.parametrize("value", ["sqrt(x[0]*x[1]) / L", of_lists])
def test_text_and_function_are_the_same_exercise(value):
    exercise = number(value=value)
    assert exercise.reference(L=4, x=[2, 8]) == 1.0
    assert finding(exercise, of_lists) is None
    assert finding(exercise, lambda L, x: 2 * of_lists(L, x)).endswith("is too large.")


def test_values_belong_to_the_student_and_not_to_the_seed():
    exercise = number()
    assert (
        exercise.values(Draw(1, "ada")) == exercise.values(Draw(2, "ada")) != exercise.values(Draw(1, "bob"))
    )


def test_every_form_of_the_right_number_is_right():
    exercise = number(also_right=["(x[0]*x[1])**0.5 / L", lambda L, x: math.prod(x) ** 0.5 / L])
    assert len(exercise.alternatives) == 7
    assert all(finding(exercise, answer) is None for answer in exercise.alternatives)


def test_slips_are_text_or_patches():
    exercise = number(slips={"x[0]*x[1] / L": "No root.", "x[1] -> x[0]": "The first twice."})
    values = {sentence: wrong(L=2, x=[9, 4]) for sentence, wrong in exercise.wrong.items()}
    assert values == {"No root.": 18.0, "The first twice.": 4.5}
    assert (
        number(value=of_lists, slips={"math.sqrt(_a) -> _a": "No root."}).wrong["No root."](L=2, x=[9, 4])
        == 18
    )


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"value": "sqrt(y) / L"}, "`y` is neither a given value nor a function"),
        ({"value": "L +"}, "is not an expression"),
        ({"slips": {"open(L)": "Wrong."}}, "`open` is neither"),
        ({"slips": {"x[5] -> x[0]": "Wrong."}}, "stands nowhere"),
    ],
)
def test_an_authors_slip_shows_when_the_file_is_loaded(changed, complaint):
    with pytest.raises(ValueError, match=complaint):
        number(**changed)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (None, "There is no number yet."),
        (math.nan, "It is not a finite number."),
        (math.inf, "It is not a finite number."),
        (-1, "-1 GB is too small."),
    ],
)
def test_what_is_said_of_a_number(answer, said):
    assert finding(number(unit="GB"), answer) == said


def test_the_solution_is_the_calculation_in_the_students_values():
    assert number(unit="GB").solution == (
        'given = numbers("ratio")\n\n'
        "ratio = None  # a number, in GB\n### BEGIN SOLUTION\n"
        "ratio = math.sqrt(given.x[0]*given.x[1]) / given.L\n### END SOLUTION"
    )
    assert (
        "both = given.x[0] * given.x[1]\nratio = math.sqrt(both) / given.L" in number(value=of_lists).solution
    )
    assert "ratio = 3" in number(solution="ratio = 3").solution
