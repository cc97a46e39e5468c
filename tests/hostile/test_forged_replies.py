"""Whatever a student's process sends in place of its answers, there is a verdict, and no error of ours."""

import json

import pytest
import torch

from grader import catalogue
from grader.asking import wire
from grader.asking.outcome import Failure, Outcome
from grader.asking.respond import read_reply
from grader.judging.judge import judge
from grader.questions.draw import Draw

WITH_GRADIENTS = ("attention", "SelfAttention")
OTHERS = (
    "causal_mask",
    "cost_table",
    "layer_gflops",
    "mask_when",
    "memory_order",
    "test_attention_weights",
)
VALUES = {
    "true": True,
    "nothing": None,
    "a huge number": 10**30,
    "text": "x" * 500,
    "lists": [[1, 2], [3]],
    "a dict": {"value": 1},
    "a tensor": torch.ones(2),
    "an empty tensor": torch.zeros(0),
    "whole numbers": torch.zeros(2, 3, dtype=torch.int32),
    "complex numbers": torch.ones(2, dtype=torch.complex64),
    "NaN": torch.full((1,), float("nan")),
}
FAILURES = (
    *(Failure("E", "", source="raise"), Failure("NotImplementedError", ""), Failure("Refused", "")),
    Failure.told("no number", type="int"),
)


@pytest.fixture(scope="module", params=WITH_GRADIENTS + OTHERS)
def asked(request):
    """An exercise, its questions, and the right values."""
    exercise = catalogue.find(request.param)
    questions = exercise.questions(Draw(0, "a key"))
    return exercise, questions, [o.value for o in exercise.outcomes(exercise.reference, questions)]


def verdict(exercise, questions, outcomes):
    """What is said of outcomes that have crossed."""
    sent = json.loads(json.dumps({"outcomes": [wire.encode_outcome(o) for o in outcomes], "said": []}))
    return judge(exercise, questions, read_reply(sent, len(questions)))


@pytest.mark.parametrize("forged", VALUES.values(), ids=VALUES)
def test_something_else_than_values(asked, forged):
    exercise, questions, _ = asked
    assert not verdict(exercise, questions, [Outcome(value=forged)] * len(questions)).is_right


@pytest.mark.parametrize("forged", VALUES.values(), ids=VALUES)
def test_something_else_in_every_other_place(asked, forged):
    exercise, questions, right = asked
    sent = [Outcome(value=forged if place % 2 else value) for place, value in enumerate(right)]
    assert verdict(exercise, questions, sent).is_right == (len(questions) == 1)


@pytest.mark.parametrize("forged", VALUES.values(), ids=VALUES)
@pytest.mark.parametrize("id", WITH_GRADIENTS)
def test_something_else_than_gradients(id, forged):
    exercise = catalogue.find(id)
    questions = exercise.questions(Draw(0, "a key"))
    right = [outcome.value for outcome in exercise.outcomes(exercise.reference, questions)]
    for forge in (lambda gradient: forged, lambda gradient: dict.fromkeys(gradient, forged)):
        for shift in (0, 1):
            sent = [
                {"value": value["value"] + shift, "gradient": forge(value["gradient"])}
                if "cotangent" in question.payload
                else value
                for question, value in zip(questions, right, strict=True)
            ]
            assert not verdict(exercise, questions, [Outcome(value=value) for value in sent]).is_right


@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: failure.kind or "without a name")
def test_failures_of_no_kind(asked, failure):
    exercise, questions, _ = asked
    assert verdict(exercise, questions, [Outcome(failure=failure)] * len(questions)).score == 0
