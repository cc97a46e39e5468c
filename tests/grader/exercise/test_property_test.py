"""Tests written by the student: held to right and wrong code, and to nothing else."""

import random

import numpy as np
import pytest
import torch

from grader import catalogue
from grader.asking import wire
from grader.asking.property_test import Report, ask_property_test
from grader.exercise import PropertyTest
from grader.questions.draw import Draw

RUNS = 3

COMMON = {"points": 4, "difficulty": 2, "minutes": 3, "hints": ["a nudge"]}


def shares(x):
    e = (x - x.amax(-1, keepdim=True)).exp()
    return e / e.sum(-1, keepdim=True)


def sums(f):
    """Rows sum to one, and nothing is negative."""
    w = f(torch.randn(3, 4))
    assert torch.allclose(w.sum(-1), torch.ones(3))
    assert (w >= 0).all()


def only_positive(f):
    assert (f(torch.randn(3, 4)) >= 0).all(), "negative"


def leaves(f):
    raise SystemExit


def not_written(f): ...


RIGHT = {
    "is uniform": "x.amax(-1, keepdim=True) -> x",
    "takes the largest": lambda x: torch.eye(4)[x.argmax(-1)],
}
WRONG = {
    "The test never looks at sums.": {
        "sums over columns": ("e.sum(-1, keepdim=True) -> e.sum(0)", "Columns will do."),
        "never divides": "e / e.sum(-1, keepdim=True) -> e",
    },
    "The test accepts scores.": {"returns the scores": lambda x: x},
}


def sums_exercise(**other):
    exercise = PropertyTest(sums, base=shares, **{"right": RIGHT, "wrong": WRONG, **COMMON, **other})
    exercise.place("sums", "00_small", "Sums")
    return exercise


def held(exercise, answer, seed=0):
    """Which parts hold of an answer whose outcomes cross as a student's do."""
    questions = exercise.questions(Draw(seed))
    given = [wire.decode_outcome(wire.encode_outcome(o)) for o in exercise.outcomes(answer, questions)]
    wrong = {
        question.part
        for question, outcome in zip(questions, given)
        if outcome.failure or exercise.difference(question, None, outcome.value)
    }
    return {part: part not in wrong for part in exercise.parts}


def score(exercise, answer):
    return exercise.score(held(exercise, answer))


def report(test, implementation=shares, seed=0):
    return Report.read(
        ask_property_test(test, {"implementation": implementation, "seed": seed, "runs": RUNS})
    )


def test_each_implementation_is_made_from_the_base():
    exercise = sums_exercise()
    x = torch.tensor([[0.0, 1.0, 2.0, 3.0]])
    base, uniform, largest, columns, never, scores = exercise.implementations
    assert torch.allclose(base(x), x.softmax(-1))
    assert uniform(x).tolist() == [[0.25] * 4] and largest(x).tolist() == [[0, 0, 0, 1]]
    assert torch.allclose(columns(x), torch.ones(1, 4))
    assert torch.allclose(never(x), (x - 3).exp()) and scores(x) is x
    assert [one.does for one in exercise.wrong] == [
        "sums over columns",
        "never divides",
        "returns the scores",
    ]
    assert base is shares


def test_a_patch_that_fits_nowhere_is_an_error_when_the_file_loads():
    with pytest.raises(ValueError, match="stands nowhere"):
        sums_exercise(right={"is odd": "x.amin(-1) -> x"})
    with pytest.raises(ValueError, match="do the same"):
        sums_exercise(wrong={"One.": {"is odd": print}, "Two.": {"is odd": print}})
    with pytest.raises(ValueError, match="must be other"):
        sums_exercise().place("other", text="Title")


@pytest.mark.parametrize(
    ("answer", "worth"),
    [
        (sums, 4),
        (only_positive, 4 / 3),
        (leaves, 0),
        (not_written, 0),
        (3, 0),
        (lambda f: f(torch.ones(1, 4)), 0),
    ],
)
def test_rejecting_counts_only_for_a_test_that_accepts_what_is_right(answer, worth):
    assert score(sums_exercise(), answer) == pytest.approx(worth)


def test_whatever_a_test_raises_makes_it_fail():
    assert not any(held(sums_exercise(), leaves)[part] for part in sums_exercise().parts[:1])


def test_the_place_in_the_order_tells_nothing():
    orders = {
        tuple(question.payload["index"] for question in sums_exercise().questions(Draw(seed)))
        for seed in range(10)
    }
    assert len(orders) > 3 and all(sorted(order) == [*range(6)] for order in orders)
    for question in sums_exercise().questions(Draw(0)):
        assert question.payload.keys() == {"exercise", "index", "seed", "runs"}


def test_every_implementation_looks_alike():
    seen = set()

    def look(f):
        seen.add((f.__name__, f.__qualname__, f.__code__))
        f(torch.zeros(2, 4))

    exercise = sums_exercise()
    for question in exercise.questions(Draw(0)):
        exercise.outcome(look, question)
    assert len(seen) == 1


def test_it_is_known_what_must_be_accepted_without_running_anything():
    exercise = sums_exercise()
    questions = exercise.questions(Draw(0))
    expected = [outcome.value for outcome in exercise.expected(questions)]
    reached = [outcome.value["accepts"] for outcome in exercise.outcomes(sums, questions)]
    assert expected == reached and sum(expected) == 3


# -- what is reported of one implementation ------------------------------------------------------------


def test_a_test_is_run_several_times_with_other_numbers_and_the_same_ones_on_a_regrade():
    drawn = []

    def draws(f):
        drawn.append((torch.rand(1).item(), np.random.rand(), random.random()))
        f(torch.zeros(1, 2))

    report(draws)
    report(draws)
    assert len(drawn) == 2 * RUNS and len(set(drawn)) == RUNS and drawn[:RUNS] == drawn[RUNS:]


def test_one_run_that_rejects_is_enough_for_wrong_code_and_too_much_for_right_code():
    def by_chance(f):
        f(torch.zeros(1, 4))
        by_chance.runs += 1
        assert by_chance.runs % RUNS

    by_chance.runs = 0
    exercise = sums_exercise()
    for question in exercise.questions(Draw(0)):
        outcome = exercise.outcome(by_chance, question)
        assert outcome.value["sometimes"] and not outcome.value["accepts"]
        found = exercise.difference(question, None, outcome.value)
        assert (found is not None) == exercise.is_right(question)
        assert found is None or found.summary.startswith("Your test rejects it in some runs. In by_chance")


@pytest.mark.parametrize(
    ("rejects", "runs", "sometimes"),
    [
        ((True, True, True), 2, False),
        ((True, False, True), 3, True),
        ((False, True, True), 3, True),
        ((False, False, False), 3, False),
    ],
)
def test_what_has_been_rejected_twice_is_not_run_again(rejects, runs, sometimes):
    done = []

    def in_turn(f):
        f(torch.zeros(1, 4))
        done.append(None)
        assert not rejects[len(done) - 1]

    said = report(in_turn)
    assert (len(done), said.sometimes, said.accepts) == (runs, sometimes, not any(rejects))


STOPS = """
import torch

def misspelt(f):
    w = f(torch.randn(2, 4))
    assert (v >= 0).all()

def rejects(f):
    f(torch.randn(2, 4))
    assert False, 'the weight 0.123'

def on_purpose(f):
    f(torch.randn(2, 4))
    raise ValueError('not weights')

def hands_over_too_much(f):
    f(torch.randn(2, 4), None)
"""


@pytest.mark.parametrize(
    ("name", "found", "text"),
    [
        (
            "rejects",
            "Your test rejects it. In rejects, line 10: `assert False, 'the weight 0.123'` raised "
            "AssertionError",
            ": “the weight 0.123”.",
        ),
        (
            "on_purpose",
            "Your test rejects it. In on_purpose, line 14: `raise ValueError('not weights')` raised "
            "ValueError",
            ": “not weights”.",
        ),
        (
            "misspelt",
            "In misspelt, line 6: `assert (v >= 0).all()` raised NameError",
            ": “name 'v' is not defined”.",
        ),
        (
            "hands_over_too_much",
            "In hands_over_too_much, line 17: `f(torch.randn(2, 4), None)` raised TypeError",
            ": “shares() takes 1 positional argument but 2 were given”.",
        ),
    ],
)
def test_what_stops_a_test_on_right_code_is_told_with_its_line(written, name, found, text):
    exercise = sums_exercise()
    question = next(q for q in exercise.questions(Draw(0)) if q.payload["index"] == 0)
    difference = exercise.difference(question, None, exercise.outcome(written(STOPS)[name], question).value)
    assert difference.sentence == found + text
    assert difference.summary == f"{found}."  # feedback tells no numbers


def test_a_report_says_whether_right_code_gave_nan_and_whether_something_was_returned():
    assert report(lambda f: f(torch.full((1, 2), torch.nan))).nan
    told = report(lambda f: None if f(torch.ones(1, 2)).sum() else 1)
    assert told == Report(True, False, None, "", nan=False, returns=False)
    assert report(lambda f: bool(f(torch.ones(1, 2)).sum())).returns


@pytest.mark.parametrize(
    "value",
    [
        None,
        3,
        "a",
        {},
        {"accepts": True},
        {**vars(report(sums)), "more": 1},
        {**vars(report(sums)), "accepts": 1},
        {**vars(report(sums)), "accepts": torch.ones(2)},
    ],
)
def test_a_forged_report_is_wrong_and_no_crash(value):
    exercise = sums_exercise()
    for question in exercise.questions(Draw(0)):
        assert exercise.difference(question, None, value).sentence == "It is not a test function."


# -- the course's own ----------------------------------------------------------------------------------

ATTENTION = catalogue.find("test_attention_weights")


@pytest.mark.parametrize("scale", [1.0, 100.0, 1e6])
@pytest.mark.parametrize("number", range(len(ATTENTION.right)), ids=lambda n: ATTENTION.right[n].does)
def test_right_implementations_are_right_for_large_inputs_too(number, scale):
    for seed in range(20):
        g = torch.Generator().manual_seed(seed)
        Lq, Lk, d = torch.randint(2, 9, (3,), generator=g).tolist()
        q, k = torch.randn(Lq, d, generator=g) * scale, torch.randn(Lk, d, generator=g) * scale
        mask = torch.rand(Lq, Lk, generator=g) < 0.5
        mask[torch.arange(Lq), torch.randint(Lk, (Lq,), generator=g)] = True
        for wide in (False, True):
            w = ATTENTION.right[number].call(*((q.double(), k.double()) if wide else (q, k)), mask)
            assert w.dtype is (torch.float64 if wide else torch.float32) and w.shape == mask.shape
            assert (w >= 0).all() and (w[~mask] == 0).all()
            assert torch.allclose(w.sum(-1), torch.ones(Lq, dtype=w.dtype), atol=1e-5)


@pytest.mark.parametrize("seed", range(20))
def test_the_reference_tells_them_apart(seed):
    assert all(held(ATTENTION, ATTENTION.reference, seed).values())


def test_the_statement_says_how_many_there_are():
    numbers = {7: "seven", 17: "seventeen"}
    right, wrong = numbers[len(ATTENTION.right)], numbers[len(ATTENTION.wrong)]
    assert f"on {right} correct implementations and on {wrong} wrong ones" in " ".join(ATTENTION.text.split())
