"""Naming, whatever the kind: every kind has its own, it is always the same, and nobody hears of warnings."""

import itertools
import random
import warnings

import pytest
import torch
from made_exercises import COMMON, cases_of, named, only, weigh, weighing

from grader import exercise as kinds
from grader.asking.ask import ASK
from grader.asking.outcome import Outcome
from grader.exercise import Formula, Quiz
from grader.naming.candidates import candidates_of
from grader.naming.case import Case
from grader.naming.name import NAME, name
from grader.questions.draw import Draw


def one_case(exercise, answer):
    (question,) = exercise.questions(Draw(0))
    return [Case(question, Outcome(exercise.reference), Outcome(answer), True)]


def test_every_kind_of_exercise_is_asked_and_named():
    found = {getattr(getattr(kinds, one), "kind", None) for one in kinds.__all__} - {None}
    assert NAME.keys() == ASK.keys() == found
    assert len(found) == 9


@pytest.mark.parametrize(
    ("exercise", "answer", "how", "sentence"),
    [
        (
            Formula(reference="2*L*d", symbols={"L": "tokens", "d": "width"}, **COMMON),
            "2*L",
            "term",
            "A factor d is missing.",
        ),
        (
            Quiz(question="?", options={"a": "A", "b": "B"}, right="a", why={"b": "Not b."}, **COMMON),
            "b",
            "authored",
            "Not b.",
        ),
    ],
)
def test_each_kind_in_its_own_way(exercise, answer, how, sentence):
    found = name(exercise, one_case(exercise, answer))
    assert (found.how, found.sentence) == (how, sentence)


def rootless(q, k):
    return (q @ k.mT).softmax(-1)


ANSWERS = {
    "one slip": rootless,
    "two": lambda q, k: (k @ q.mT).softmax(0),
    "a wrapper": lambda q, k: (rootless(q, k), None),
    "a symptom": lambda q, k: weigh(q, k) ** 2 + 0.01,
    "an error": lambda q, k: q @ k,
}


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=ANSWERS)
def test_the_same_answer_is_always_told_the_same(answer):
    exercise = weighing()
    cases = cases_of(exercise, answer)
    first = name(exercise, cases)
    assert name(exercise, cases) == first
    assert named(weighing(), answer) == first  # an exercise of which nothing is worked out yet
    torch.manual_seed(1)
    random.seed(1)
    assert name(exercise, cases_of(exercise, answer)) == first


@pytest.mark.parametrize("answer", [rootless, ANSWERS["two"]])
def test_what_was_named_before_leaves_nothing_behind(answer):
    exercise = weighing()
    first = named(exercise, answer)
    for other, seed in itertools.product(ANSWERS.values(), (1, 2)):
        named(exercise, other, seed)
    assert named(exercise, answer) == first


def test_naming_draws_from_no_chance_of_others():
    before = torch.random.get_rng_state()
    named(weighing(), ANSWERS["two"])
    assert torch.equal(torch.random.get_rng_state(), before)


def test_what_wrong_answers_of_ours_are_warned_of_is_nobodys_business(monkeypatch):
    only(monkeypatch, {"scores.softmax(dim=-1) -> __import__('warnings').warn('slow')": "It warns."})
    exercise = weighing()
    cases = cases_of(exercise, rootless)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(UserWarning, match="slow"):
            candidates_of(exercise).value(list(candidates_of(exercise)), cases[0].question)
        found = name(exercise, cases)
    assert found.how == "symptom"
