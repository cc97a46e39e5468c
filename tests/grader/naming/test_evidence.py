"""What counts as evidence of a slip: the same value on every question, or the same error to the letter."""

from dataclasses import replace

import pytest
import torch
from made_exercises import cases_of, only, weigh, weighing

from grader.asking.outcome import Failure, Outcome
from grader.exercise.base import Question
from grader.naming.candidates import candidates_of
from grader.naming.case import Case
from grader.naming.evidence import alike, behaves, first_look, may_be

HALVED, STOPS = "The weights are halved.", "It stops."
SLIPS = {
    "scores.softmax(dim=-1) -> scores.softmax(dim=-1) / 2": HALVED,
    "scores.softmax(dim=-1) -> scores.reshape(1000)": STOPS,
}


def halved(q, k):
    return weigh(q, k) / 2


@pytest.fixture
def candidates(monkeypatch):
    only(monkeypatch, {})
    return candidates_of(weighing(slips=SLIPS))


def one(candidates, sentence):
    return next(c for c in candidates if c.sentence == sentence)


def failing(kind, message, **place):
    return Outcome(failure=Failure(kind, message, **place))


# -- one question --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "same"),
    [
        (lambda q, k: weigh(q, k) / 2, True),
        (lambda q, k: weigh(q, k) * 0.5000001, True),
        (lambda q, k: weigh(q, k) * 0.51, False),
        (lambda q, k: (weigh(q, k) / 2,), False),
        (lambda q, k: (weigh(q, k) / 2).tolist(), False),
        (lambda q, k: q.reshape(1000), False),
    ],
)
def test_values_are_compared_with_each_other_and_not_with_the_right_one(candidates, given, same):
    exercise = candidates.exercise
    (case, *_) = cases_of(exercise, given)
    assert alike(exercise, case, exercise.outcome(halved, case.question)) is same


def test_a_value_without_its_gradient_is_not_the_same(candidates):
    exercise = candidates.exercise
    case = next(case for case in cases_of(exercise, halved) if case.has_gradient)
    cut = exercise.outcome(lambda q, k: weigh(q.detach(), k) / 2, case.question)
    assert alike(exercise, case, exercise.outcome(halved, case.question))
    assert not alike(exercise, case, cut)


@pytest.mark.parametrize(
    ("ours", "same"),
    [
        (failing("RuntimeError", "a: 3 and 4"), True),
        (failing("RuntimeError", "a: 3 and 4", line=7, source="another line"), True),  # the code differs
        (failing("RuntimeError", "a: 3 and 5"), False),
        (failing("RuntimeError", ""), False),
        (failing("ValueError", "a: 3 and 4"), False),
        (Outcome(value=torch.ones(2)), False),
    ],
)
def test_an_error_is_evidence_only_to_the_letter(candidates, ours, same):
    case = Case(Question("a part", {}), Outcome(1.0), failing("RuntimeError", "a: 3 and 4", line=2), True)
    assert alike(candidates.exercise, case, ours) is same


# -- all questions -------------------------------------------------------------------------------------


def stops(q, k):
    return (q @ k.mT).reshape(1000)


def halved_once(q, k):
    """Half in one question only, where an axis is one long."""
    return weigh(q, k) / 2 if 1 in (*q.shape, *k.shape) else weigh(q, k)


@pytest.mark.parametrize(
    ("answer", "sentence", "expected"),
    [
        (halved, HALVED, True),
        (stops, STOPS, True),
        (halved, STOPS, False),
        (stops, HALVED, False),
        (halved_once, HALVED, False),
        (lambda q, k: (weigh(q, k) / 2).detach(), HALVED, False),
    ],
)
def test_a_slip_must_give_the_same_on_every_question(candidates, answer, sentence, expected):
    cases = cases_of(candidates.exercise, answer)
    assert behaves(candidates, [one(candidates, sentence)], cases) is expected


# -- a first look --------------------------------------------------------------------------------------


def case(given, wrong=True, failure=None, **payload):
    return Case(Question("a part", payload), Outcome(value=torch.ones(2)), Outcome(given, failure), wrong)


SEVERAL, SINGLE, EMPTY = case(torch.ones(2)), case(torch.ones(1)), case(torch.ones(0))
NUMBER, TEXT = case(3), case("text")
RIGHT, STOPPED = case(torch.ones(3), wrong=False), case(None, failure=Failure("ValueError", ""))
GRADIENT = case({"value": torch.ones(3), "gradient": {}}, cotangent=1)


@pytest.mark.parametrize(
    ("cases", "first"),
    [
        ([RIGHT, STOPPED, GRADIENT, SINGLE, SEVERAL], SEVERAL),
        ([SEVERAL, case(torch.ones(5))], SEVERAL),
        ([TEXT, NUMBER], NUMBER),
        ([NUMBER, SEVERAL], SEVERAL),
        ([RIGHT, STOPPED, GRADIENT], None),  # nothing to look at: every slip is tried
        ([SINGLE, EMPTY, TEXT], None),  # one number tells too little
    ],
)
def test_which_wrong_value_is_looked_at_first(cases, first):
    assert first_look(cases) is first


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (lambda q, k: weigh(q, k) / 2, True),
        (lambda q, k: torch.cat([(weigh(q, k) / 2)[:1], torch.zeros(len(q) - 1, len(k))]), True),
        (lambda q, k: weigh(q, k) / 2 + 0.01, False),
        (lambda q, k: (weigh(q, k) / 2).mT, False),  # another shape
        (lambda q, k: (weigh(q, k) / 2).tolist(), False),
        (lambda q, k: (weigh(q, k) / 2)[0, 0].item(), False),
        (lambda q, k: weigh(q, k) * torch.nan, False),
    ],
)
def test_a_first_look_at_one_number_rules_most_slips_out(candidates, given, expected):
    (first, *_) = cases_of(candidates.exercise, given)
    assert may_be(candidates, [one(candidates, HALVED)], first) is expected


def test_a_slip_that_stops_is_ruled_out(candidates):
    (first, *_) = cases_of(candidates.exercise, halved)
    assert not may_be(candidates, [one(candidates, STOPS)], first)


def test_what_slips_give_is_looked_at_once_a_question(candidates, monkeypatch):
    asked, value = [], candidates.value
    monkeypatch.setattr(candidates, "value", lambda *what: asked.append(what) or value(*what))
    cases = cases_of(candidates.exercise, halved)[:3]
    others = [replace(case, given=Outcome(value=torch.zeros(2, 2))) for case in cases]
    for case in (*cases, *others):
        for sentence in (HALVED, STOPS):
            may_be(candidates, [one(candidates, sentence)], case)
    assert len(asked) == 2 * 3


def test_nan_is_like_nan(monkeypatch):
    only(monkeypatch, {})
    candidates = candidates_of(weighing(slips={"scores.softmax(dim=-1) -> scores.log() * math.nan": "NaN."}))
    (first, *_) = cases_of(candidates.exercise, lambda q, k: weigh(q, k) * torch.nan)
    assert may_be(candidates, [candidates.all[0]], first)
