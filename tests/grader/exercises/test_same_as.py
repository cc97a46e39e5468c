"""Exercises have references of their own; on every question these give what the library's code gives."""

import importlib

import pytest
import torch
from torch.nn import functional as F

import course.attention
from grader import catalogue
from grader.exercise import Function
from grader.questions.draw import Draw

SEEDS = range(5)
ADAPTED = {  # library code that takes its inputs in another form
    "hard_attention": lambda q, k, v: course.attention.hard_attention(q[None], k, v)[0],
    "softmax_rows": lambda scores: F.softmax(scores, dim=-1),
}
EXERCISES = {
    exercise.id: exercise
    for exercise in catalogue.every_exercise()
    if isinstance(exercise, Function) and exercise.same_as
}


def library(exercise):
    """The code that an exercise's ``same_as`` names, as its answer."""
    module, _, name = exercise.same_as.rpartition(".")
    found = getattr(importlib.import_module(module), name)
    return ADAPTED.get(exercise.id, found)


def differences(exercise, answer, seed):
    """What of an answer differs from the reference: values, gradients, memory order, all that is asked."""
    questions = exercise.questions(Draw(seed))
    found = []
    for question, right, given in zip(
        questions, exercise.outcomes(exercise.reference, questions), exercise.outcomes(answer, questions)
    ):
        assert right.failure is None, right.failure
        if given.failure or exercise.difference(question, right.value, given.value):
            found.append((question.part, str(given.failure or "differs")))
    return found


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("id", EXERCISES)
def test_a_reference_is_the_librarys(id, seed):
    assert differences(EXERCISES[id], library(EXERCISES[id]), seed) == []


def test_these_are_compared():
    written = {"attention", "SelfAttention", "hard_attention", "causal_mask", "softmax_rows"}
    assert EXERCISES.keys() >= written


@pytest.mark.parametrize(
    ("id", "answer", "part"),
    [
        ("attention", lambda q, k, v, mask=None: F.scaled_dot_product_attention(q, k, v), "a mask (Lq, Lk)"),
        ("causal_mask", lambda L: torch.ones(L, L).tril(), "one example"),
        ("softmax_rows", lambda scores: F.softmax(scores.detach(), dim=-1), "the gradient reaches"),
    ],
)
def test_a_difference_would_show(id, answer, part):
    assert any(found.startswith(part) for found, _ in differences(EXERCISES[id], answer, 0))
