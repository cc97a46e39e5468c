"""Matching: pairs in every usual spelling, points for each, and a sentence for what is wrong."""

import pytest
import torch

from grader.asking import wire
from grader.exercise import Matching
from grader.naming import matching as naming
from grader.naming.case import Case
from grader.questions.draw import Draw

ROLES = {
    "left": {"a": "a query", "b": "a key", "c": "a value", "d": "a score"},
    "right": {
        "1": "what a token hands over once it has been found",
        "2": "what a token asks for",
        "3": "how well a question fits what can be found",
        "4": "what a token can be found by",
        "5": "what a token is in the next layer",
    },
    "pairs": {"a": "2", "b": "4", "c": "1", "d": "3"},
    "why": {("c", "4"): "A value need not look like what it is found by: that is what keys are for."},
}
COMMON = {"points": 4, "difficulty": 1, "minutes": 2, "hints": ["Follow one token through the formula."]}


def matching(**other):
    exercise = Matching(question="Who does what?", **{**ROLES, **COMMON, **other})
    exercise.place("roles", "00_small", "Who does what\n\nThink of looking something up.")
    return exercise


def told(exercise, answer):
    """The points of an answer that crosses as a student's does, what is found, and what it is named."""
    cases, found = [], []
    for question in exercise.questions(Draw(0)):
        expected, given = exercise.outcome(exercise.reference, question), exercise.outcome(answer, question)
        given = wire.decode_outcome(wire.encode_outcome(given))
        difference = exercise.difference(question, expected.value, given.value)
        found.append(difference and difference.sentence)
        cases.append(Case(question, expected, given, difference is not None))
    points = exercise.score({case.part: not case.wrong for case in cases})
    return points, found, naming.name(exercise, cases)


def points(exercise, answer):
    return told(exercise, answer)[0]


@pytest.mark.parametrize(
    "answer",
    [
        {"a": "2", "b": "4", "c": "1", "d": "3"},
        {"A": 2, "B": 4, "C": 1, "D": 3},
        {2: "a", 4: "b", 1: "c", 3: "d"},
        [("a", 2), ("b", 4), ("c", 1), ("d", 3)],
        (["d", "3"], ["c", "1"], ["b", "4"], ["a", "2"]),
        {("a", 2), ("b", 4), ("c", 1), ("d", 3)},
        ["a2", "b4", "c1", "d3"],
        "a2 b4 c1 d3",
        "A-2, B-4, C-1, D-3",
        "a: 2; b: 4; c: 1; d: 3",
        "a2b4c1d3",
        "(a) → (2), (b) → (4), (c) → (1), (d) → (3)",
    ],
)
def test_right_in_every_spelling(answer):
    assert points(matching(), answer) == 4


def test_listed_spellings_are_right_and_listed_wrong_answers_are_wrong():
    exercise = matching()
    assert all(points(exercise, answer) == 4 for answer in exercise.alternatives)
    wrong = list(exercise.wrong_answers())
    assert len(wrong) == 4 * 4 + 6
    assert all(points(exercise, answer) in (2, 3) for _, answer in wrong)


@pytest.mark.parametrize(
    ("answer", "worth", "sentence", "how"),
    [
        ({"a": "2", "b": "1", "c": "4", "d": "3"}, 2, ROLES["why"]["c", "4"], "authored"),
        ({"a": "4", "b": "2", "c": "1", "d": "3"}, 2, "(a) and (b) have changed places.", "symptom"),
        ({"a": "4", "b": "2", "c": "3", "d": "5"}, 0, "(a) and (b) have changed places.", "symptom"),
        ({"a": "2", "b": "5", "c": "1", "d": "3"}, 3, "3 of 4 pairs are right.", "finding"),
        ({"a": "2", "b": ""}, 1, "1 of 4 pairs are right.", "finding"),
        ({"a": "4", "b": "1", "c": "2", "d": "3"}, 1, "1 of 4 pairs are right.", "finding"),
    ],
)
def test_named(answer, worth, sentence, how):
    points, _, named = told(matching(), answer)
    assert points == worth and named.sentence == sentence and named.how == how


def test_each_pair_is_told():
    _, found, _ = told(matching(), {"a": "2", "b": None, "c": "4", "d": "5"})
    why = ROLES["why"]["c", "4"]
    assert found == [None, "It has no number yet.", why, "(5) is not what belongs to it."]


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ({"a": "7"}, "`7` is not one of a, b, c, d, 1, 2, 3, 4, 5."),
        ("ab", "`ab` is not one of a, b, c, d, 1, 2, 3, 4, 5."),
        ({"a": "b"}, "A pair is a letter and a number."),
        ("a2 b", "A name stands alone: a pair is a letter and a number."),
        ({"a": ["2", "3"]}, "A name stands alone: a pair is a letter and a number."),
        ("a2 a3", "(a) stands in two pairs."),
        ({"a": 2, "A": 3}, "(a) stands in two pairs."),
        (print, 'It is a builtin_function_or_method; write pairs, like {"a": "2"}.'),
    ],
)
def test_what_is_no_set_of_pairs(answer, sentence):
    points, found, named = told(matching(), answer)
    assert points == 0 and set(found) == {sentence} and named is None


@pytest.mark.parametrize("answer", [{}, "", [], set(), None, ...])
def test_nothing_yet(answer):
    exercise = matching()
    assert set(told(exercise, answer)[1]) == {"It has no number yet."}
    assert exercise.outcome(answer, exercise.questions(Draw(0))[0]).value in (None, "", [])  # as a stub is


@pytest.mark.parametrize("answer", [torch.ones(3), {"a": torch.ones(3)}, 1.5, True, [["a"]], "2" * 5000])
def test_odd_answers_are_wrong_and_no_crash(answer):
    assert points(matching(), answer) == 0


def test_statement_and_cell():
    exercise = matching()
    statement = exercise.statement
    assert statement.startswith("Think of looking something up.\n\nWho does what?\n\n- **(a)** a query\n")
    assert "- **(5)** what a token is in the next layer\n\nGive each letter its number." in statement
    assert ROLES["why"]["c", "4"] not in statement
    assert exercise.solution.split("\n") == [
        'roles = {}  # pairs, like {"a": "2", "b": "1"}',
        "### BEGIN SOLUTION",
        'roles = {"a": "2", "b": "4", "c": "1", "d": "3"}',
        "### END SOLUTION",
    ]
    swapped = matching(pairs={"a": "2", "b": "1", "c": "3", "d": "4"}, why={})
    assert '# pairs, like {"a": "1", "b": "2"}' in swapped.solution  # an example does not give it away


@pytest.mark.parametrize(
    ("other", "message"),
    [
        ({"left": {"1": "", "b": ""}, "pairs": {"1": "2", "b": "1"}}, "small letters"),
        ({"right": {"a": "", "2": ""}}, "are numbers"),
        ({"pairs": {"a": "2"}}, "each letter"),
        ({"pairs": {"a": "2", "b": "4", "c": "1", "d": "9"}}, "each letter"),
        ({"left": dict.fromkeys("abcd", "the same")}, "stand for the same"),
        ({"why": {("a", "2"): ""}}, "is for wrong pairs"),
        ({"why": {("a", "9"): ""}}, "is for wrong pairs"),
    ],
)
def test_authors_slips(other, message):
    with pytest.raises(ValueError, match=message):
        matching(**other)
