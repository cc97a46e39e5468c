"""Quizzes: every usual way of writing a choice is understood, and nothing else."""

import numpy as np
import pytest

from grader.exercise import Quiz
from grader.judging.verdict import Status


@pytest.mark.parametrize(
    "answer", ["b", "B", " b ", "(b)", "b)", "b.", ["b"], {"b"}, ("B",), ["(b)"], "b, b"]
)
def test_single_right(make, judged, answer):
    assert judged(make.quiz("b"), {"pick": answer}).status is Status.RIGHT


@pytest.mark.parametrize(
    "answer", [{"a", "c"}, ["c", "a"], ("a", "c"), "ac", "c, a", "a c", "A;C", "(a) (c)", "a-c", "a, c,"]
)
def test_multiple_right(make, judged, answer):
    assert judged(make.quiz({"a", "c"}), {"pick": answer}).status is Status.RIGHT


@pytest.mark.parametrize(
    "answer", [["c", "a", "b"], ("C", "A", "B"), "cab", "c, a, b", "c > a > b", "c → a → b", "c->a->b"]
)
def test_ordering_right(make, judged, answer):
    assert judged(make.quiz(["c", "a", "b"]), {"pick": answer}).status is Status.RIGHT


@pytest.mark.parametrize("right", ["b", {"a", "c"}, ["c", "a", "b"]])
@pytest.mark.parametrize("answer", ["", " ", [], set(), (), None, ..., [""], ","])
def test_no_choice_yet(make, judged, right, answer):
    verdict = judged(make.quiz(right), {"pick": answer})
    if verdict.status is not Status.UNFINISHED:
        assert verdict.parts[0].finding == "There is no choice yet."
    assert verdict.score == 0


@pytest.mark.parametrize(
    ("right", "answer", "sentence"),
    [
        ("b", "a", "Not a."),
        ("b", "ab", "Choose one letter."),
        ("b", "d", "`d` is not one of the options a, b, c."),
        ("b", 2, "`2` is not one of the options a, b, c."),
        ("b", print, 'It is a builtin_function_or_method; write letters in quotes, like "a".'),
        (
            "b",
            np.array(["a", "b"]),
            'It is a ndarray of str32 with shape (2,); write letters in quotes, like "a".',
        ),
        ({"a", "c"}, {"a"}, "(c) Not c."),
        ({"a", "c"}, {"a", "b", "c"}, "(b) Not b."),
        ({"a", "c"}, "b", "(a) Not a."),
        (["c", "a", "b"], "cba", "The order is right up to place 1; look again at what comes next."),
        (["c", "a", "b"], "abc", "Look again at what comes first."),
        (["c", "a", "b"], "ca", "An order names each of a, b, c once."),
        (["c", "a", "b"], "caab", "An order names each of a, b, c once."),
        (
            ["c", "a", "b"],
            {"a", "b", "c"},
            "Look again at what comes first.",
        ),
    ],
)
def test_wrong(make, judged, right, answer, sentence):
    verdict = judged(make.quiz(right), {"pick": answer})
    assert verdict.status is Status.WRONG and verdict.score == 0
    assert (verdict.mistake or verdict.parts[0].finding) == sentence


@pytest.mark.parametrize(
    "answer", [np.array([1, 2, 3]), np.zeros((2, 2)), {"a": 1}, [["a"]], 1.5, True, "a" * 5000]
)
def test_odd_answers_are_wrong_and_no_crash(make, judged, answer):
    assert judged(make.quiz("b"), {"pick": answer}).status is Status.WRONG


def test_a_known_wrong_order_is_named(make, judged):
    quiz = make.quiz(["c", "a", "b"])
    quiz.mistake("You read it backwards.", ["b", "a", "c"])
    assert judged(quiz, {"pick": "bac"}).mistake == "You read it backwards."


@pytest.mark.parametrize(("right", "count"), [("b", 2), ({"a", "c"}, 6), (["c", "a", "b"], 5)])
def test_every_other_choice_is_wrong(make, judged, right, count):
    quiz = make.quiz(right)
    choices = list(quiz.wrong_answers())
    assert len(choices) == count
    assert not any(judged(quiz, {"pick": choice}).is_right for _, choice in choices)
    assert all(judged(quiz, {"pick": choice}).is_right for choice in quiz.alternatives)


@pytest.mark.parametrize(
    ("right", "ask"), [("b", "one letter"), ({"a"}, "every letter"), (["c", "a", "b"], "in order")]
)
def test_statement(make, right, ask):
    statement = make.quiz(right).statement()
    assert statement.startswith("Which?\n\n- **(a)** first\n- **(b)** second") and ask in statement
    assert "Not" not in statement


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
    ],
)
def test_authors_slips(right, why, message):
    with pytest.raises(ValueError, match=message):
        Quiz(
            "pick",
            "",
            question="",
            options={"a": "", "b": "", "c": ""},
            right=right,
            why=why,
            points=1,
            difficulty=1,
            minutes=1,
            hints=["think"],
        )
