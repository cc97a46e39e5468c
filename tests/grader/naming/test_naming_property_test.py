"""What a wrong test is told: causes where all the evidence is there, else what it accepts and rejects."""

import math

import pytest
import torch

from grader import catalogue
from grader.naming.case import Case
from grader.naming.property_test import CHANCE, EXACT, NAN, RETURNS, TELLS_NOTHING, name
from grader.questions.draw import Draw

EXERCISE = catalogue.find("test_attention_weights")
GROUPS = [sentence for sentence, _ in EXERCISE.groups]
FORBIDDEN, UPSIDE_DOWN, SUMS, NEGATIVE, LETS_NAN = GROUPS


def inputs(L=4, mask=None):
    q, k = torch.randn(L, 6), torch.randn(5, 6)
    if mask is None:
        mask = torch.rand(L, 5) < 0.5
        mask[:, 0], mask[:, 1] = True, False
        mask[0, 2:], mask[1, 2:] = torch.tensor([True, False, True]), torch.tensor([False, True, False])
    return q, k, mask


def weighed(holds, **made):
    """A test that asserts something of weights and mask."""

    def test(weights):
        q, k, mask = inputs(**made)
        assert holds(weights(q, k, mask), mask)

    return test


def one(w):
    return torch.allclose(w.sum(-1), torch.ones(len(w)), atol=1e-5)


def named(answer, seed=0):
    questions = EXERCISE.questions(Draw(seed))
    cases = [
        Case(q, None, o, bool(o.failure or EXERCISE.difference(q, None, o.value)))
        for q, o in zip(questions, EXERCISE.outcomes(answer, questions))
    ]
    assert any(case.wrong for case in cases)
    return name(EXERCISE, cases)


def softmax(q, k, mask):
    return (q @ k.T / math.sqrt(q.shape[-1])).masked_fill(~mask, -math.inf).softmax(-1)


def compares(weights):
    q, k, mask = inputs()
    assert torch.allclose(weights(q, k, mask), softmax(q, k, mask), atol=1e-5)


def is_alike_for_all(weights):
    q, k, mask = inputs(mask=torch.tensor([True, True, False, True, False]).expand(4, 5))
    w = weights(q, k, mask)
    assert (w >= 0).all() and one(w) and (w[~mask] == 0).all()


def symmetric(weights):
    q, k = torch.randn(5, 6), torch.randn(5, 6)
    mask = torch.eye(5) + torch.eye(5).flip(0) > 0
    mask[0, 1] = mask[1, 0] = True
    w = weights(q, k, mask)
    assert (w >= 0).all() and one(w) and (w[~mask] == 0).all()


def does_not_assert(weights):
    q, k, mask = inputs()
    return one(weights(q, k, mask))


def shape(weights):
    q, k, mask = inputs()
    assert weights(q, k, mask).shape == mask.shape


AUTHORED = {
    "sums": (weighed(lambda w, m: (w >= 0).all() and one(w)), f"{FORBIDDEN} {UPSIDE_DOWN}"),
    "open mask": (
        weighed(lambda w, m: (w >= 0).all() and one(w), mask=torch.ones(4, 5, dtype=torch.bool)),
        f"{FORBIDDEN} It accepts code that masks after the softmax and does not renormalise.",
    ),
    "no sums": (weighed(lambda w, m: (w >= 0).all() and (w[~m] == 0).all()), SUMS),
    "no signs": (weighed(lambda w, m: one(w) and (w[~m] == 0).all()), NEGATIVE),
    "not …": (
        weighed(
            lambda w, m: (
                not (w < 0).any()
                and not ((w.sum(-1) - 1).abs() > 1e-5).any()
                and not (w[~m].abs() > 1e-6).any()
            )
        ),
        LETS_NAN,
    ),
    "wide": (
        weighed(lambda w, m: (w >= 0).all() and ((w.sum(-1) - 1).abs() < 0.1).all() and (w[~m] == 0).all()),
        "The tolerance is too wide, or sums above one are allowed: a row that sums to 1.05 passes.",
    ),
    "first row": (
        weighed(lambda w, m: (w[0] >= 0).all() and one(w[:1]) and (w[0][~m[0]] == 0).all()),
        "Of the forbidden places, the test looks at those of the first query only.",
    ),
    "same row for all": (
        is_alike_for_all,
        "Code that reads one row of the mask for all goes unnoticed: are the rows all the same?",
    ),
    "symmetric": (
        symmetric,
        "Code that obeys a symmetric mask and no other goes unnoticed: is the test's mask symmetric?",
    ),
    "compares": (
        compares,
        "The test accepts one particular softmax only; weights by another rule have the properties as well.",
    ),
    "positive": (
        weighed(lambda w, m: (w[m] > 0).all() and one(w) and (w[~m] == 0).all()),
        "The test rejects weights that give one allowed key everything and the others 0; that is legal.",
    ),
    "no weight is one": (
        weighed(
            lambda w, m: (w >= 0).all() and (w < 1).all() and one(w) and (w[~m] == 0).all(),
            mask=torch.tensor([[1, 0, 1, 1, 0], [0, 1, 0, 0, 1], [1, 1, 0, 0, 1], [0, 0, 1, 1, 0]]).bool(),
        ),
        "The test rejects weights that give one allowed key everything and the others 0; that is legal.",
    ),
    "returns": (does_not_assert, RETURNS),
}


@pytest.mark.parametrize("case", AUTHORED)
@pytest.mark.parametrize("seed", range(3))
def test_a_cause_that_all_the_evidence_shows(case, seed):
    answer, sentence = AUTHORED[case]
    found = named(answer, seed)
    assert (found.sentence, found.how) == (sentence, "authored")


FACTS = {
    "shape": (shape, TELLS_NOTHING),
    "a row without a key": (
        weighed(lambda w, m: (w >= 0).all(), mask=torch.zeros(4, 5, dtype=torch.bool)),
        NAN,
    ),
    "too exact": (
        weighed(lambda w, m: (w.sum(-1) == 1).all(), mask=torch.ones(2, 5, dtype=torch.bool), L=2),
        CHANCE,
    ),
    "at most one": (
        weighed(lambda w, m: (w >= 0).all() and (w.sum(-1) <= 1 + 1e-5).all() and (w[~m] == 0).all()),
        "The test accepts code that masks after the softmax and does not renormalise, and code that lets the "
        "whole table sum to one, and code that lets each row sum to a half, and 1 more.",
    ),
    "one-hot": (
        weighed(lambda w, m: ((w == 0) | (w == 1)).all() and (w.sum(-1) == 1).all() and (w[~m] == 0).all()),
        "The test rejects right code; it accepts only code that gives one allowed key all the weight.",
    ),
}


@pytest.mark.parametrize("case", FACTS)
def test_facts_where_the_cause_is_not_known(case):
    answer, sentence = FACTS[case]
    found = named(answer)
    assert (found.sentence, found.how) == (sentence, "symptom")


def test_any_for_all_is_told_what_it_accepts_and_no_cause():
    """It once was told that it looks at the first query only."""
    q = weighed(
        lambda w, m: (w >= 0).any() and torch.isclose(w.sum(-1), torch.ones(4)).any() and (w[~m] == 0).any()
    )
    found = named(q)
    assert found.sentence.startswith(f"{NEGATIVE} It accepts code that")
    assert "The test looks" not in found.sentence and "Of the forbidden places" not in found.sentence


STOPS = """
import torch

def columns(weights):
    q, k = torch.randn(4, 6), torch.randn(5, 6)
    mask = torch.ones(4, 5, dtype=torch.bool)
    w = weights(q, k, mask)
    assert torch.allclose(w.sum(0), torch.ones(5))

def exact(weights):
    q, k = torch.randn(40, 6), torch.randn(50, 6)
    w = weights(q, k, torch.ones(40, 50, dtype=torch.bool))
    assert torch.equal(w.sum(-1) / 41 * 41, torch.ones(40))

def table(weights):
    w = weights(torch.randn(3, 6), torch.randn(5, 6), torch.ones(3, 5, dtype=torch.bool))
    assert torch.allclose(w.sum(), torch.tensor(1.0))

def misspelt(weights):
    w = weights(torch.randn(4, 6), torch.randn(5, 6), torch.ones(4, 5, dtype=torch.bool))
    assert (v >= 0).all()

def without_mask(weights):
    w = weights(torch.randn(4, 6), torch.randn(5, 6))
"""


@pytest.mark.parametrize(
    ("case", "sentence", "how"),
    [
        (
            "columns",
            "The test rejects right code. It accepts only code that lets the columns sum to one. "
            "In columns, line 8: "
            "`assert torch.allclose(w.sum(0), torch.ones(5))` raised AssertionError.",
            "symptom",
        ),
        (
            "exact",
            "The test rejects all code, right code too. In exact, line 13: "
            f"`assert torch.equal(w.sum(-1) / 41 * 41, torch.ones(40))` raised AssertionError. {EXACT}",
            "symptom",
        ),
        (
            "table",
            "The test rejects right code. It accepts only code that lets the whole table sum to one. "
            "In table, line 17: `assert torch.allclose(w.sum(), torch.tensor(1.0))` raised AssertionError.",
            "symptom",
        ),
        (
            "misspelt",
            "The test itself stops with an error. The name `v` is not known here: is it spelled so, "
            "imported, or defined above?",
            "stops",
        ),
        (
            "without_mask",
            "Right code stops with an error on what the test hands it.",
            "stops",
        ),
    ],
)
def test_what_stops_on_right_code_is_told(written, case, sentence, how):
    found = named(written(STOPS)[case])
    assert (found.sentence, found.how) == (sentence, how)


def test_a_class_is_counted_by_sentences_without_lines_and_lists(written):
    assert named(written(STOPS)["columns"]).slips == ("The test rejects right code.",)
    assert named(written(STOPS)["exact"]).slips == ("The test rejects all code, right code too.",)
    assert named(AUTHORED["open mask"][0]).slips == (FORBIDDEN,)


def test_what_is_no_test():
    assert named(3).sentence == "It is an int, not a test function." and named(3).how == "error"
    assert named(lambda weights: None) is None  # it never calls what it is handed: not written yet
