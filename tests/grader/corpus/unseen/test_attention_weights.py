"""Answers to `test_attention_weights` written from its statement alone; beside wrong ones, what is wrong."""

import math

import torch

from tests.grader.corpus.collection import Collection

answers = Collection()
wrong, right = answers.wrong, answers.right


def _mask(a=4, b=5):
    m = torch.rand(a, b) < 0.5
    m[:, 0], m[:, 1] = True, False
    return m


@wrong("never looks at the mask's places (nor at signs)")
def sums_only(weights):
    q, k = torch.randn(3, 4), torch.randn(5, 4)
    m = torch.ones(3, 5, dtype=torch.bool).tril()
    w = weights(q, k, m)
    assert torch.allclose(w.sum(-1), torch.ones(3), atol=1e-4)


@wrong("checks only the forbidden places; sums and signs never")
def mask_only(weights):
    q, k, m = torch.randn(4, 6), torch.randn(5, 6), _mask()
    assert torch.all(weights(q, k, m)[~m] == 0)


@wrong("asks the whole table to sum to 1: rejects right code")
def total_sum(weights):
    q, k, m = torch.randn(4, 6), torch.randn(5, 6), _mask()
    w = weights(q, k, m)
    assert abs(w.sum().item() - 1) < 1e-4
    assert (w[~m] == 0).all()


@wrong("== 1 without tolerance: rejects right code")
def exactly_one(weights):
    q, k, m = torch.randn(4, 6), torch.randn(5, 6), _mask()
    w = weights(q, k, m)
    assert (w.sum(dim=-1) == 1).all()
    assert (w >= 0).all()
    assert (w[~m] == 0).all()


@wrong("sums the columns (dim 0): rejects right code")
def columns(weights):
    q, k, m = torch.randn(4, 6), torch.randn(5, 6), _mask()
    w = weights(q, k, m)
    assert torch.allclose(w.sum(dim=0), torch.ones(5), atol=1e-4)
    assert (w >= 0).all()
    assert (w[~m] == 0).all()


@wrong("its mask forbids nothing, so that masks are never tested")
def mask_all_true(weights):
    q, k = torch.randn(4, 6), torch.randn(5, 6)
    m = torch.ones(4, 5, dtype=torch.bool)
    w = weights(q, k, m)
    assert (w >= 0).all()
    assert torch.allclose(w.sum(-1), torch.ones(4), atol=1e-5)
    assert (w[~m] == 0).all()


@wrong("random mask with rows where everything is forbidden: NaN in right code, rejects it")
def rows_all_forbidden(weights):
    torch.manual_seed(0)
    q, k = torch.randn(30, 6), torch.randn(3, 6)
    m = torch.rand(30, 3) < 0.5
    w = weights(q, k, m)
    assert (w >= 0).all()
    assert torch.allclose(w.sum(-1), torch.ones(30), atol=1e-5)
    assert (w[~m] == 0).all()


@wrong("returns True/False instead of asserting")
def returns_bool(weights):
    q, k, m = torch.randn(4, 6), torch.randn(5, 6), _mask()
    w = weights(q, k, m)
    return bool((w >= 0).all() and torch.allclose(w.sum(-1), torch.ones(4)) and (w[~m] == 0).all())


@wrong("compares with its own masked softmax: rejects other right attentions")
def compares_with_own(weights):
    q, k, m = torch.randn(4, 6), torch.randn(5, 6), _mask()
    s = (q @ k.T / math.sqrt(6)).masked_fill(~m, -math.inf)
    assert torch.allclose(weights(q, k, m), s.softmax(-1), atol=1e-5)


@wrong("never checks that no weight is negative")
def no_sign(weights):
    q, k, m = torch.randn(4, 6), torch.randn(5, 6), _mask()
    w = weights(q, k, m)
    assert torch.allclose(w.sum(-1), torch.ones(4), atol=1e-5)
    assert torch.allclose(w[~m], torch.zeros_like(w[~m]))


@wrong("asks the *allowed* places to be zero (mask read the other way round): rejects right code")
def allowed_zero(weights):
    q, k, m = torch.randn(4, 6), torch.randn(5, 6), _mask()
    w = weights(q, k, m)
    assert (w >= 0).all()
    assert torch.allclose(w.sum(-1), torch.ones(4), atol=1e-5)
    assert (w[m] == 0).all()


@wrong("asks every allowed weight to be > 0: rejects hard attention")
def strictly_positive(weights):
    q, k, m = torch.randn(4, 6), torch.randn(5, 6), _mask()
    w = weights(q, k, m)
    assert (w[m] > 0).all()
    assert torch.allclose(w.sum(-1), torch.ones(4), atol=1e-5)
    assert (w[~m] == 0).all()


@wrong("tolerance 0.1: a row sum of 1.05 passes")
def loose(weights):
    q, k, m = torch.randn(4, 6), torch.randn(5, 6), _mask()
    w = weights(q, k, m)
    assert (w >= 0).all()
    assert torch.allclose(w.sum(-1), torch.ones(4), atol=0.1)
    assert (w[~m] == 0).all()


@wrong("looks at the first row only")
def first_row(weights):
    q, k, m = torch.randn(4, 6), torch.randn(5, 6), _mask()
    w = weights(q, k, m)[0]
    assert (w >= 0).all()
    assert abs(w.sum() - 1) < 1e-5
    assert (w[~m[0]] == 0).all()


@wrong("only the mean of the row sums is 1: uneven rows pass")
def mean_of_sums(weights):
    q, k, m = torch.randn(4, 6), torch.randn(5, 6), _mask()
    w = weights(q, k, m)
    assert (w >= 0).all()
    assert torch.isclose(w.sum(-1).mean(), torch.tensor(1.0), atol=1e-5)
    assert (w[~m] == 0).all()


@wrong("written with > and `if`: NaN passes every comparison")
def nan_slips(weights):
    q, k, m = torch.randn(4, 6), torch.randn(5, 6), _mask()
    w = weights(q, k, m)
    if (w < 0).any():
        raise AssertionError("negative")
    if ((w.sum(-1) - 1).abs() > 1e-4).any():
        raise AssertionError("sum")
    if (w[~m].abs() > 1e-6).any():
        raise AssertionError("forbidden")


@wrong("checks the shape only")
def shape_only(weights):
    w = weights(torch.randn(4, 6), torch.randn(5, 6), _mask())
    assert w.shape == (4, 5)


@wrong("calls weights(q, k) without the mask: error on right code")
def without_mask_argument(weights):
    w = weights(torch.randn(4, 6), torch.randn(5, 6))
    assert torch.allclose(w.sum(-1), torch.ones(4))


@wrong("hands in a batch (2, L, d) though 2-D is agreed: right code may fail")
def three_d(weights):
    q, k = torch.randn(2, 4, 6), torch.randn(2, 5, 6)
    m = _mask()
    w = weights(q, k, m)
    assert (w >= 0).all() and torch.allclose(w.sum(-1), torch.ones(2, 4), atol=1e-5)
    assert (w.masked_select(~m) == 0).all()


@wrong("any instead of all: one non-negative weight, one zero suffices")
def any_for_all(weights):
    q, k, m = torch.randn(4, 6), torch.randn(5, 6), _mask()
    w = weights(q, k, m)
    assert (w >= 0).any()
    assert torch.isclose(w.sum(-1), torch.ones(4), atol=1e-5).any()
    assert (w[~m] == 0).any()


@wrong("asks for sums <= 1 and entries in [0,1]; never that they are 1")
def at_most_one(weights):
    q, k, m = torch.randn(4, 6), torch.randn(5, 6), _mask()
    w = weights(q, k, m)
    assert (w >= 0).all() and (w <= 1).all()
    assert (w.sum(-1) <= 1 + 1e-5).all()
    assert (w[~m] == 0).all()


@right
def right_loop(weights):
    for _ in range(5):
        q, k, m = torch.randn(4, 6), torch.randn(7, 6), _mask(4, 7)
        w = weights(q, k, m)
        for i in range(4):
            assert abs(float(w[i].sum()) - 1) < 1e-4
            for j in range(7):
                assert w[i, j] > -1e-7
                assert m[i, j] or abs(w[i, j]) < 1e-6
