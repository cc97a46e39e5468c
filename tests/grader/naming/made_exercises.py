"""Small exercises, and what an answer to one of them is told."""

import math

import torch

from grader import catalogue
from grader.exercise import Function, Module
from grader.naming.case import Case
from grader.naming.name import name
from grader.questions.draw import Draw
from grader.slips.patch import patch
from grader.slips.slip import Slip

COMMON = {"points": 1, "difficulty": 1, "minutes": 1, "hints": ["think"]}
attention = catalogue.reference("attention")


def weigh(q, k):
    scores = q @ k.mT / math.sqrt(q.shape[-1])
    weights = scores.softmax(dim=-1)
    return weights


def in_one_line(q, k):
    return torch.softmax(torch.einsum("id,jd->ij", q, k) * k.shape[-1] ** -0.5, dim=-1)


def attend(x, mask=None):
    """Built on another exercise."""
    return attention(x, x, x, mask)


class Attend(torch.nn.Module):
    def __init__(self, d):
        super().__init__()
        self.query = torch.nn.Linear(d, d, bias=False)
        self.value = torch.nn.Linear(d, d, bias=False)

    def forward(self, x):
        return attention(self.query(x), x, self.value(x))


def placed(exercise):
    exercise.place(exercise.reference.__name__, "00_small", "Small")
    return exercise


def weighing(**other):
    return placed(Function(weigh, **{"inputs": "q: (Lq, d)  k: (Lk, d)", **COMMON, **other}))


def attending(**other):
    return placed(Function(attend, inputs="x: (*, L, d)  mask: bool (*, L, L)?", **{**COMMON, **other}))


def layered(**other):
    return placed(Module(Attend, inputs="x: (*, L, d)", **{**COMMON, **other}))


def cases_of(exercise, answer, seed=0):
    """Every graded question, with what should and what did come of it."""
    return [
        Case(question, right, given, _differs(exercise, question, right, given))
        for question in exercise.questions(Draw(seed))
        if question.part in exercise.parts
        for right, given in [
            (exercise.outcome(exercise.reference, question), exercise.outcome(answer, question))
        ]
    ]


def _differs(exercise, question, right, given):
    return given.failure is not None or exercise.difference(question, right.value, given.value) is not None


def named(exercise, answer, seed=0):
    """What a wrong answer is told."""
    cases = cases_of(exercise, answer, seed)
    assert any(case.wrong for case in cases)
    return name(exercise, cases)


def only(monkeypatch, slips):
    """Let the shared operators find these slips alone, in this order: patches with their sentences."""

    def every_slip(context):
        return [
            Slip(said, patch(context.tree, text), rank) for rank, (text, said) in enumerate(slips.items())
        ]

    monkeypatch.setattr("grader.naming.candidates.every_slip", every_slip)
