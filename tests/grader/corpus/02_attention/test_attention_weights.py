"""Answers to `test_attention_weights`; with each wrong one, what was once said of it by hand."""

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from tests.grader.corpus.collection import Collection

answers = Collection()
wrong, right = answers.wrong, answers.right


def _affinities(q: Tensor, k: Tensor) -> Tensor:
    return q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])  # (..., Lq, Lk)


def _forbid(scores: Tensor, mask: Tensor | None, score: float = -math.inf) -> Tensor:
    return scores if mask is None else scores.masked_fill(~mask, score)


Weights = Callable[[Tensor, Tensor, Tensor], Tensor]


def masked_softmax(q, k, mask):
    return _forbid(_affinities(q, k), mask).softmax(-1)


def _test_inputs() -> tuple[Tensor, Tensor, Tensor]:
    generator = torch.Generator().manual_seed(1)
    mask = torch.tensor([[1, 0, 1, 1, 0], [0, 1, 0, 0, 0], [1, 1, 0, 0, 1], [0, 0, 1, 1, 0]]).bool()
    return torch.randn(4, 6, generator=generator), torch.randn(5, 6, generator=generator), mask


@wrong("The test never looks at the forbidden places, so it accepts weights that ignore the mask.")
def tests_sums_only(weights):
    q, k, mask = _test_inputs()
    w = weights(q, k, mask)
    assert torch.allclose(w.sum(-1), torch.ones(4), atol=1e-5)


@wrong("The test never looks at the sums, so it accepts rows that sum to a half.")
def tests_mask_only(weights):
    q, k, mask = _test_inputs()
    assert (weights(q, k, mask)[~mask].abs() < 1e-6).all()


@wrong("The test accepts negative weights: a row can sum to one with some of them below zero.")
def tests_no_sign(weights):
    q, k, mask = _test_inputs()
    w = weights(q, k, mask)
    assert torch.allclose(w.sum(-1), torch.ones(4), atol=1e-5)
    assert (w[~mask].abs() < 1e-6).all()


@wrong("The test sums down the columns: it rejects right weights and accepts wrong ones.")
def tests_columns(weights):
    q, k, mask = _test_inputs()
    w = weights(q, k, mask)
    assert (w >= 0).all() and torch.allclose(w.sum(-2), torch.ones(5), atol=1e-5) and (w[~mask] == 0).all()


@wrong("The test's mask forbids nothing, so no implementation can be caught looking where it must not.")
def tests_with_open_mask(weights):
    q, k, mask = _test_inputs()
    w = weights(q, k, torch.ones_like(mask))
    assert (w >= 0).all() and torch.allclose(w.sum(-1), torch.ones(4), atol=1e-5)


@wrong("The test reads its own mask upside down: it wants zeros where looking is allowed.")
def tests_upside_down(weights):
    q, k, mask = _test_inputs()
    w = weights(q, k, mask)
    assert (w >= 0).all() and torch.allclose(w.sum(-1), torch.ones(4), atol=1e-5) and (w[mask] < 1e-6).all()


@wrong(
    "The test compares with one particular softmax, so it rejects weights that have the property and come "
    "from another rule."
)
def tests_by_comparison(weights):
    q, k, mask = _test_inputs()
    assert torch.allclose(weights(q, k, mask), masked_softmax(q, k, mask), atol=1e-5)


@wrong(
    "The test accepts everything: nothing it asserts is about the weights' values (a returned truth value "
    "asserts nothing)."
)
def tests_nothing(weights):
    q, k, mask = _test_inputs()
    w = weights(q, k, mask)
    return bool((w.sum(-1) == 1).all() and (w[~mask] == 0).all())


@wrong("The test wants the whole table to sum to one; it is each row that does, so it rejects right weights.")
def tests_table(weights):
    q, k, mask = _test_inputs()
    w = weights(q, k, mask)
    assert (w >= 0).all() and abs(float(w.sum()) - 1) < 1e-5 and (w[~mask] == 0).all()


@wrong("The test lets NaN through: every comparison with NaN is False, so `not (… > …)` holds for it.")
def tests_without_nan(weights):
    q, k, mask = _test_inputs()
    w = weights(q, k, mask)
    assert (
        not (w < 0).any() and not ((w.sum(-1) - 1).abs() > 1e-5).any() and not (w[~mask].abs() > 1e-6).any()
    )


@wrong("The tolerance is too wide, or sums above one are allowed: a row that sums to 1.05 passes.")
def tests_too_widely(weights):
    q, k, mask = _test_inputs()
    w = weights(q, k, mask)
    assert (w >= 0).all() and ((w.sum(-1) - 1).abs() < 0.1).all() and (w[~mask] < 1e-6).all()


@wrong("The test adds up the whole table: too much in one row and too little in another cancel.")
def tests_total_of_rows(weights):
    q, k, mask = _test_inputs()
    w = weights(q, k, mask)
    assert (w >= 0).all() and abs(float(w.sum()) - len(q)) < 1e-4 and (w[~mask] < 1e-6).all()


@wrong(
    "The test looks at the first query only, at least for the forbidden places: the other rows may look "
    "anywhere."
)
def tests_first_row(weights):
    q, k, mask = _test_inputs()
    first, allowed = weights(q, k, mask)[0], mask[0]
    assert (first >= 0).all() and abs(float(first.sum()) - 1) < 1e-5 and (first[~allowed] < 1e-6).all()


@wrong("The test asks that every allowed weight be positive; a weight of 0 on an allowed key is legal.")
def tests_positive(weights):
    q, k, mask = _test_inputs()
    w = weights(q, k, mask)
    assert (
        (w[mask] > 0).all()
        and torch.allclose(w.sum(-1), torch.ones(4), atol=1e-5)
        and (w[~mask] < 1e-6).all()
    )


@wrong(
    "The test rejects every implementation, right ones too: something it asks for, or a query that may look "
    "nowhere, is beyond right weights."
)
def tests_too_much(weights):
    raise AssertionError  # weights above 0 where looking is forbidden, a query that may look nowhere, == 1 …


@wrong(
    "The test never looks at the forbidden places: weights that are positive and sum to one pass, wherever "
    "they look."
)
def tests_sums_and_signs(weights):
    q, k, mask = _test_inputs()
    w = weights(q, k, mask)
    assert (w >= 0).all() and torch.allclose(w.sum(-1), torch.ones(4), atol=1e-5)


@wrong("The test never looks at the sums: signs and forbidden places are all it asks for.")
def tests_signs_and_mask(weights):
    q, k, mask = _test_inputs()
    w = weights(q, k, mask)
    assert (w >= 0).all() and (w[~mask].abs() < 1e-6).all()


@wrong("The test looks at signs only: rows may sum to anything and look anywhere.")
def tests_signs_only(weights):
    assert (weights(*_test_inputs()) >= 0).all()


@wrong("The test's mask forbids nothing, and sums are all that it looks at.")
def tests_sums_with_open_mask(weights):
    q, k, mask = _test_inputs()
    assert torch.allclose(weights(q, k, torch.ones_like(mask)).sum(-1), torch.ones(4), atol=1e-5)


@wrong("The test has one query only: what goes wrong in other rows cannot show.")
def tests_one_query(weights):
    q, k, mask = _test_inputs()
    w = weights(q[:1], k, mask[:1])
    assert (
        (w >= 0).all() and torch.allclose(w.sum(-1), torch.ones(1), atol=1e-5) and (w[~mask[:1]] < 1e-6).all()
    )


def _sums_nearly(w: Tensor, axis: int = -1, tolerance: float = 1e-5) -> bool:
    return bool(((w.sum(axis) - 1).abs() < tolerance).all())


def _property(holds: Callable[[Tensor, Tensor], Any]) -> Callable[[Weights], None]:
    """A test that asserts ``holds`` of the weights and the mask."""

    def test(weights):
        q, k, mask = _test_inputs()
        assert holds(weights(q, k, mask), mask)

    return test


for _sentence, _holds in {
    "The test never looks at the signs, and its tolerance is too wide: a row that sums to 1.05 passes.": (
        lambda w, mask: _sums_nearly(w, tolerance=0.1) and (w[~mask].abs() < 1e-6).all()
    ),
    "The test never looks at the forbidden places, and its tolerance lets a row sum to 1.05.": (
        lambda w, mask: (w >= 0).all() and _sums_nearly(w, tolerance=0.1)
    ),
    "The test looks at sums only, and its tolerance lets a row sum to 1.05.": (
        lambda w, mask: _sums_nearly(w, tolerance=0.1)
    ),
    "The test adds up the whole table, and never looks at the signs.": (
        lambda w, mask: abs(w.sum() - len(w)) < 1e-4 and (w[~mask].abs() < 1e-6).all()
    ),
    "The test adds up the whole table, and never looks at the forbidden places.": (
        lambda w, mask: (w >= 0).all() and abs(w.sum() - len(w)) < 1e-4
    ),
    "The test asks for sums of at most one: a row that sums to a half, or to nothing, passes.": (
        lambda w, mask: (w >= 0).all() and (w.sum(-1) <= 1 + 1e-5).all() and (w[~mask] < 1e-6).all()
    ),
    "The test never looks at the sums, and NaN gets through: every comparison with NaN is False.": (
        lambda w, mask: not (w < 0).any() and not (w[~mask].abs() > 1e-6).any()
    ),
    "The test bounds each weight (between 0 and 1) and never looks at sums or forbidden places.": (
        lambda w, mask: (w >= 0).all() and (w <= 1 + 1e-6).all()
    ),
    "The test bounds each weight (between 0 and 1) and looks at the forbidden places, but never at sums.": (
        lambda w, mask: (w >= 0).all() and (w <= 1 + 1e-6).all() and (w[~mask] < 1e-6).all()
    ),
}.items():
    wrong(_sentence, _property(_holds))


@right
def test_row_by_row(weights):
    q, k, mask = _test_inputs()
    for row, allowed in zip(weights(q, k, mask), mask, strict=True):
        assert row.min() >= 0
        assert abs(row.sum().item() - 1) < 1e-4
        assert row[~allowed].sum() < 1e-5


@right
def test_causal(weights):
    x = torch.randn(6, 3)
    w = weights(x, torch.randn(6, 3), torch.ones(6, 6).tril().bool())
    assert (w >= 0).all() and ((w.sum(1) - 1).abs() < 1e-5).all() and (w.triu(1) == 0).all()


@right
def test_many_draws(weights):
    for seed in range(5):
        torch.manual_seed(seed)
        q, k = torch.randn(3, 4), torch.randn(7, 4)
        mask = torch.rand(3, 7) > 0.5
        mask[:, 0], mask[:, 1] = True, False
        w = weights(q, k, mask)
        if not ((w > -1e-6).all() and torch.allclose(w.sum(-1), torch.ones(3), atol=1e-4)):
            raise AssertionError("not a set of weights")
        assert torch.equal(w * ~mask, torch.zeros(3, 7))


@right
def test_allowed_take_it_all(weights):
    q, k, mask = _test_inputs()
    w = weights(q, k, mask)
    assert w.min() >= 0
    torch.testing.assert_close((w * mask).sum(-1), torch.ones(4))
    torch.testing.assert_close(w.sum(-1), torch.ones(4))


@right
def test_with_absolute_values(weights):
    q, k, mask = _test_inputs()
    w = weights(q, k, mask)
    assert torch.allclose(w.abs().sum(-1), torch.ones(4), atol=1e-5)
    assert torch.allclose(w.sum(-1), torch.ones(4), atol=1e-5)
    assert float(w.masked_select(~mask).abs().max()) < 1e-6


@right
def test_in_double(weights):
    q, k, mask = _test_inputs()
    w = weights(q.double(), k.double(), mask).double()
    assert (w >= 0).all() and (abs(1 - w.sum(-1)) < 1e-6).all() and (w[~mask] < 1e-9).all()
