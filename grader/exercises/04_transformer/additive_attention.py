"""Attention before the Transformer

Bahdanau's score is a small network: for query q and key k, w · tanh(q W + k U), a units wide. Softmax over
the keys, then the weighted mean of the values, as ever.
"""

import torch

from grader.exercise import Function


def additive_attention(q, k, v, W, U, w):
    """q: (B, Lq, n), k: (B, Lk, m), v: (B, Lk, dv), W: (n, a), U: (m, a), w: (a,)
    -> (B, Lq, dv)
    """
    asked = (q @ W)[:, :, None]  # (B, Lq, 1, a)
    found = (k @ U)[:, None]  # (B, 1, Lk, a)
    scores = torch.tanh(asked + found) @ w  # (B, Lq, Lk)
    weights = scores.softmax(dim=-1)
    return weights @ v  # (B, Lq, dv)


exercise = Function(
    additive_attention,
    inputs="q: (B, Lq, n)  k: (B, Lk, m)  v: (B, Lk, dv)  W: (n, a)  U: (m, a)  w: (a)",
    without=["large"],
    slips={
        "torch.tanh(asked + found) @ w -> (asked + found) @ w": "There is no tanh: without it a query "
        "gives "
        "every key the same extra, and the softmax takes that out again.",
        "torch.tanh(asked + found) @ w -> torch.tanh(asked) @ w + torch.tanh(found) @ w": "Each goes "
        "through "
        "tanh by itself; their sum should.",
        "torch.tanh(asked + found) @ w -> torch.tanh(asked + found) @ w / w.shape[0] ** 0.5": "The scores "
        "are "
        "divided by a root, as those of dot products are; here tanh keeps them small.",
        "torch.tanh(asked + found) @ w -> torch.tanh(asked * found) @ w": "Query and key are multiplied; "
        "in "
        "*additive* attention they are added.",
        "torch.tanh(asked + found) @ w -> torch.tanh(asked + found).sum(-1)": "The weights w are left out: "
        "all units count the same.",
    },
    also_right=["torch.tanh(asked + found) @ w -> ((asked + found).tanh() * w).sum(-1)"],
    points=4,
    difficulty=3,
    minutes=8,
    hints=[
        "Every query meets every key: q W as (B, Lq, 1, a) plus k U as (B, 1, Lk, a) broadcasts.",
        "tanh of that sum is (B, Lq, Lk, a). A product with w takes the last axis away.",
    ],
    may_not_call=["course.attention"],
)
