"""A test that any attention must pass

Write that test. It is handed a function `weights(q, k, mask)`, for q (Lq, d), k (Lk, d) and mask (Lq,
Lk), which returns weights (Lq, Lk). Make inputs of your own, with more than one query. Assert that the
answer is a set of **weights** (none negative, each row sums to one) and that it **never looks where the
mask forbids**. It will be run on seven correct implementations and on seventeen wrong ones.
"""

import math

import torch

from grader.exercise import PropertyTest


def weights(q, k, mask):
    scores = q @ k.T / math.sqrt(q.shape[-1])  # (Lq, Lk)
    scores = scores.masked_fill(~mask, -math.inf)
    return scores.softmax(-1)


def test_attention_weights(weights):
    """Raise AssertionError unless weights(q, k, mask) respect the mask."""
    q, k = torch.randn(4, 6), torch.randn(5, 6)
    mask = torch.rand(4, 5) < 0.5
    mask[:, 0], mask[:, 1] = True, False  # in each row something is allowed, something forbidden
    alpha = weights(q, k, mask)  # (4, 5)
    assert (alpha >= 0).all()
    assert torch.allclose(alpha.sum(dim=-1), torch.ones(4), atol=1e-5)
    assert (alpha[~mask].abs() < 1e-6).all()


def one_negative(q, k, mask):
    """The first of several allowed keys gets −1/2, the others share 3/2."""
    allowed, first = mask.sum(-1, keepdim=True), mask & (mask.cumsum(-1) == 1)
    others = 1.5 / (allowed - 1).clamp(min=1)
    return (torch.where(allowed > 1, torch.where(first, -0.5, others), 1.0) * mask).to(q.dtype)


ONE_RULE = (
    "The test accepts one particular softmax only; weights by another rule have the properties as well."
)
ONE_KEY = "The test rejects weights that give one allowed key everything and the others 0; that is legal."
SOFTMAX = "scores.softmax(-1)"
THEN = f"{SOFTMAX} -> {SOFTMAX}"  # the weights are right, and then something is done to them

exercise = PropertyTest(
    test_attention_weights,
    points=6,
    difficulty=3,
    minutes=10,
    base=weights,
    right={
        "does not divide by √d": ("math.sqrt(q.shape[-1]) -> 1.0", ONE_RULE),
        "gives all allowed keys the same weight": ("q @ k.T -> 0 * (q @ k.T)", ONE_RULE),
        "goes by distance": ("q @ k.T -> -torch.cdist(q, k)", ONE_RULE),
        "gives one allowed key all the weight": (
            f"{SOFTMAX} -> F.one_hot(scores.argmax(-1), mask.shape[-1]).to(q.dtype)",
            ONE_KEY,
        ),
        "forbids with the least number there is": "-math.inf -> torch.finfo(q.dtype).min",
        "divides exponentials by their sum": f"{SOFTMAX} -> "
        "(e := (scores - scores.amax(-1, keepdim=True)).exp()) / e.sum(-1, keepdim=True)",
    },
    wrong={
        "The test never looks at the forbidden places, or its mask forbids nothing.": {
            "never reads the mask": "~mask -> torch.zeros_like(mask)",
            "gives a forbidden key the score 0": "-math.inf -> 0.0",
            "reads the mask for the first query only": (
                "~mask -> ~mask & (torch.arange(len(mask)) == 0)[:, None]",
                "Of the forbidden places, the test looks at those of the first query only.",
            ),
            "reads the mask for the last key only": "~mask -> "
            "~mask & (torch.arange(mask.shape[-1]) == mask.shape[-1] - 1)",
            "lets every query look where any of them may": (
                "~mask -> ~mask.any(0)",
                "Code that reads one row of the mask for all goes unnoticed: are the rows all the same?",
            ),
            "ignores a mask that is not symmetric": (
                "~mask -> ~mask & torch.equal(mask, mask.T)",
                "Code that obeys a symmetric mask and no other goes unnoticed: is the test's mask symmetric?",
            ),
        },
        "The test accepts a mask that is read upside down.": {"reads the mask upside down": "~mask -> mask"},
        "The test never looks at the sums of the rows.": {
            "masks after the softmax and does not renormalise": "scores.masked_fill(~mask, -math.inf) -> "
            f"scores ;; {THEN} * mask",
            "lets the columns sum to one": f"{SOFTMAX} -> "
            "scores.exp() / scores.exp().sum(-2, keepdim=True).clamp(min=1e-9)",
            "lets the whole table sum to one": f"{SOFTMAX} -> scores.exp() / scores.exp().sum()",
            "never divides by the sum": f"{SOFTMAX} -> scores.exp()",
            "lets each row sum to a half": f"{THEN} / 2",
            "lets each row sum to 1.05": (
                f"{THEN} * 1.05",
                "The tolerance is too wide, or sums above one are allowed: a row that sums to 1.05 passes.",
            ),
            "lets some rows sum to less than one and others to more": (
                f"{THEN} * torch.linspace(0.5, 1.5, q.shape[-2])[:, None]",
                "The test looks at all sums together: too much in one row and too little in another cancel.",
            ),
            "returns zeros everywhere": f"{THEN} * 0",
        },
        "Code with negative weights goes unnoticed: nobody asks, or the mask leaves one key a row.": {
            "has rows that sum to one with negative weights among them": one_negative
        },
        "The test lets NaN through: every comparison with NaN is False, so `not (… > …)` holds for it.": {
            "returns NaN": f"{THEN} * math.nan"
        },
    },
    hints=[
        "Call weights(q, k, mask) on inputs you make yourself. Which statements hold for every row of the "
        "answer?",
        "Three of them: no entry is negative, each row sums to one, and weights[~mask] is zero.",
        "Floats: ask for nearly one (torch.allclose with a tolerance), never for == 1. And let your mask "
        "have, in every row, at least one True and one False, or it forbids nothing.",
    ],
)
