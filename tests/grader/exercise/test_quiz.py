"""Quizzes: every usual way of writing a choice is understood, and nothing else."""

import numpy as np
import pytest

from grader.asking import wire
from grader.exercise import Quiz
from grader.naming import quiz as naming
from grader.naming.case import Case
from grader.questions.draw import Draw

OPTIONS = {"a": "first", "b": "second", "c": "third"}
WHY = {"a": "Not a.", "b": "Not b.", "c": "Not c."}
COMMON = {"points": 2, "difficulty": 1, "minutes": 1, "hints": ["think"]}


def quiz(right, text="", options=OPTIONS, **other):
    why = {} if isinstance(right, list) else {k: v for k, v in WHY.items() if k != right}
    exercise = Quiz(question="Which?", options=options, right=right, **{"why": why, **COMMON, **other})
    exercise.place("pick", "00_small", f"Pick one\n\n{text}")
    return exercise


def told(exercise, answer):
    """What is found in an answer that crosses as a student's does, and what it is named."""
    (question,) = exercise.questions(Draw(0))
    expected, given = exercise.outcome(exercise.reference, question), exercise.outcome(answer, question)
    given = wire.decode_outcome(wire.encode_outcome(given))
    found = exercise.difference(question, expected.value, given.value)
    if found is None:
        return None, None
    return found.sentence, naming.name(exercise, [Case(question, expected, given, True)])


def is_right(exercise, answer):
    return told(exercise, answer) == (None, None)


@pytest.mark.parametrize(
    "answer", ["b", "B", " b ", "(b)", "b)", "b.", ["b"], {"b"}, ("B",), ["(b)"], "b, b"]
)
def test_single_right(answer):
    assert is_right(quiz("b"), answer)


@pytest.mark.parametrize(
    "answer", [{"a", "c"}, ["c", "a"], ("a", "c"), "ac", "c, a", "a c", "A;C", "(a) (c)", "a-c", "a, c,"]
)
def test_multiple_right(answer):
    assert is_right(quiz({"a", "c"}), answer)


@pytest.mark.parametrize(
    "answer", [["c", "a", "b"], ("C", "A", "B"), "cab", "c, a, b", "c > a > b", "c → a → b", "c->a->b"]
)
def test_ordering_right(answer):
    assert is_right(quiz(["c", "a", "b"]), answer)


@pytest.mark.parametrize("right", ["b", {"a", "c"}, ["c", "a", "b"]])
@pytest.mark.parametrize("answer", ["", " ", [], set(), (), None, ..., [""], ","])
def test_no_choice_yet(right, answer):
    assert told(quiz(right), answer) == ("There is no choice yet.", None)


@pytest.mark.parametrize(
    ("right", "answer", "sentence"),
    [
        ("b", "ab", "Choose one letter."),
        ("b", "d", "`d` is not one of the options a, b, c."),
        ("b", 2, "`2` is not one of the options a, b, c."),
        ("b", print, 'It is a builtin_function_or_method; write letters in quotes, like "a".'),
        (
            "b",
            np.array(["a", "b"]),
            'It is a ndarray of str32 with shape (2,); write letters in quotes, like "a".',
        ),
        (["c", "a", "b"], "ca", "An order names each of a, b, c once."),
        (["c", "a", "b"], "caab", "An order names each of a, b, c once."),
        (["c", "a", "b"], "cba", "The order is right up to place 1; look again at what comes next."),
        (["c", "a", "b"], "acb", "Look again at what comes first."),
    ],
)
def test_what_is_found_and_has_no_name(right, answer, sentence):
    assert told(quiz(right), answer) == (sentence, None)


@pytest.mark.parametrize(
    ("right", "answer", "sentence", "how"),
    [
        ("b", "a", "Not a.", "authored"),
        ({"a", "c"}, {"a"}, "(c) Not c.", "authored"),
        ({"a", "c"}, {"a", "b", "c"}, "(b) Not b.", "authored"),
        ({"a", "c"}, "b", "(a) Not a.", "authored"),
        (["c", "a", "b"], "bac", "This is the opposite order: what comes first should come last.", "symptom"),
        (
            ["c", "a", "b"],
            {"a", "b", "c"},
            "Only (c) stands in a wrong place: the others are in order.",
            "symptom",
        ),
    ],
)
def test_named(right, answer, sentence, how):
    found, named = told(quiz(right), answer)
    assert found == named.sentence == sentence and named.how == how


def test_two_options_that_have_changed_places_are_explained_and_nothing_else_is():
    order = quiz(["c", "a", "d", "b"], options={**OPTIONS, "d": "fourth"}, why={("a", "d"): "d needs a."})
    assert told(order, "cdab")[1].sentence == "d needs a."
    assert all(
        told(order, answer)[0] != "d needs a."
        for _, answer in order.wrong_answers()
        if answer != list("cdab")
    )


@pytest.mark.parametrize(
    "answer", [np.array([1, 2, 3]), np.zeros((2, 2)), {"a": 1}, [["a"]], 1.5, True, "a" * 5000]
)
@pytest.mark.parametrize("right", ["b", {"a", "c"}, ["c", "a", "b"]])
def test_odd_answers_are_wrong_and_no_crash(right, answer):
    assert not is_right(quiz(right), answer)


@pytest.mark.parametrize(("right", "count"), [("b", 2), ({"a", "c"}, 6), (["c", "a", "b"], 5)])
def test_every_other_choice_is_wrong(right, count):
    exercise = quiz(right)
    choices = list(exercise.wrong_answers())
    assert len(choices) == count
    assert not any(is_right(exercise, choice) for _, choice in choices)
    assert all(is_right(exercise, choice) for choice in exercise.alternatives)


@pytest.mark.parametrize(
    ("right", "ask"), [("b", "one letter"), ({"a"}, "every letter"), (["c", "a", "b"], "in order")]
)
def test_statement(right, ask):
    statement = quiz(right).statement
    assert statement.startswith("Which?\n\n- **(a)** first\n- **(b)** second") and ask in statement
    assert "Not" not in statement
    assert quiz(right, "Work it out.").statement.startswith("Work it out.\n\nWhich?")


@pytest.mark.parametrize(
    ("right", "first", "solution"),
    [
        ("b", 'pick = ""  # one letter', 'pick = "b"'),
        ({"c", "a"}, 'pick = set()  # several letters, like {"a", "c"}', 'pick = {"a", "c"}'),
        (["c", "a", "b"], 'pick = []  # an order, like ["b", "a", "c"]', 'pick = ["c", "a", "b"]'),
        (["b", "a", "c"], 'pick = []  # an order, like ["c", "a", "b"]', 'pick = ["b", "a", "c"]'),
    ],
)
def test_the_cell_for_the_answer(right, first, solution):
    assert quiz(right).solution.split("\n") == [first, "### BEGIN SOLUTION", solution, "### END SOLUTION"]


def test_an_order_of_five_is_shown_as_in_the_lessons():
    options = dict.fromkeys("abcde", "")
    shown = quiz(["c", "e", "b", "d", "a"], options=options).solution
    assert '# an order, like ["b", "a", "c", "e", "d"]' in shown


@pytest.mark.parametrize(
    ("right", "why", "message"),
    [
        ("d", {"a": "", "b": "", "c": ""}, "not an option"),
        ("b", {"a": ""}, "must explain exactly"),
        ("b", {"a": "", "b": "", "c": ""}, "must explain exactly"),
        ({"a", "c"}, {"a": "", "c": ""}, "must explain exactly"),
        (["a", "b"], None, "must order every option"),
        (["a", "b", "c", "c"], None, "must order every option"),
        (["a", "b", "c"], None, "must not be the alphabetical one"),
        (["c", "a", "b"], {"a": ""}, "two options in their right order"),
        (["c", "a", "b"], {("a", "c"): ""}, "two options in their right order"),
    ],
)
def test_authors_slips(right, why, message):
    with pytest.raises(ValueError, match=message):
        Quiz(question="", options=OPTIONS, right=right, why=why, **COMMON)
