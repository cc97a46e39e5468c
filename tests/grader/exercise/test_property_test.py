"""Tests written by the student: held to right and wrong code, and to nothing else."""

import pytest
import torch

from grader.asking.ask import ask_property_test
from grader.asking.outcome import Outcome, Refused
from grader.asking.respond import Response
from grader.judging.judge import graded_questions, judge
from grader.judging.verdict import Status


def only_positive(softmax):
    assert (softmax(torch.randn(3, 4)) >= 0).all(), "negative"


def rejects_everything(softmax):
    raise AssertionError("always 0.123")


def not_written(softmax): ...


def leaves(softmax):
    raise SystemExit


def accepts(test):
    """Which implementations a test accepts, in the order of their declaration: two right, two wrong."""
    payloads = ({"exercise": "test_sums", "index": index, "seed": 0} for index in range(4))
    return [ask_property_test(test, payload)["accepts"] for payload in payloads]


def test_asked_with_each_implementation(catalogued, answers):
    assert accepts(answers.sums_reference) == [True, True, False, False]
    assert accepts(answers.accepts_everything) == [True] * 4
    assert accepts(leaves) == [False] * 4  # whatever a test raises makes it fail


def test_every_implementation_looks_alike(catalogued):
    names = set()

    def look(softmax):
        names.add(softmax.__name__)
        softmax(torch.zeros(2, 2))

    accepts(look)
    assert len(names) == 1


def test_the_order_tells_nothing(catalogued):
    exercise = catalogued["test_sums"]
    orders = {
        tuple(question.payload["index"] for question in graded_questions(exercise, f"key {i}"))
        for i in range(10)
    }
    assert len(orders) > 3
    assert all(sorted(order) == [0, 1, 2, 3] for order in orders)


@pytest.mark.parametrize("answer", [3, "test", None])
def test_not_a_test(answer):
    with pytest.raises(Refused, match="not a test function"):
        ask_property_test(answer, {})


@pytest.mark.parametrize(
    ("answer", "status", "score", "mistake"),
    [
        ("sums_reference", Status.RIGHT, 4, None),
        ("accepts_everything", Status.WRONG, 0, "Your test asserts nothing."),
        (only_positive, Status.WRONG, 2, None),
        (rejects_everything, Status.WRONG, 0, None),
        (leaves, Status.WRONG, 0, None),
        (3, Status.WRONG, 0, None),
        (not_written, Status.UNFINISHED, 0, None),  # it never calls what it is handed
    ],
)
def test_verdict(catalogued, answers, judged, answer, status, score, mistake):
    answer = getattr(answers, answer) if isinstance(answer, str) else answer
    verdict = judged(catalogued["test_sums"], {"test_sums": answer})
    assert (verdict.status, verdict.score, verdict.mistake) == (status, score, mistake)


def test_a_student_is_told_which_line_rejects_and_feedback_tells_no_numbers(catalogued, written, judged):
    names = written("def test_sums(softmax):\n    assert False, 'the weight 0.123'")
    part = judged(catalogued["test_sums"], names).parts[0]
    where = (
        "Your test rejects it. In test_sums, line 2: `assert False, 'the weight 0.123'` raised AssertionError"
    )
    assert part.finding == f"{where}: the weight 0.123."
    assert part.summary == f"{where}."


@pytest.mark.parametrize(
    "value",
    [
        None,
        3,
        "a",
        {},
        {"accepts": 1},
        {"accepts": True},
        {"accepts": torch.ones(2), "because": "", "summary": ""},
    ],
)
def test_a_forged_reply_is_wrong_and_no_crash(catalogued, value):
    exercise = catalogued["test_sums"]
    questions = graded_questions(exercise, "a key")
    verdict = judge(exercise, questions, Response([Outcome(value=value)] * len(questions)))
    assert verdict.score == 0 and not verdict.is_right
