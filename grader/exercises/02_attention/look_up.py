"""Soft look-up for one query

Write them for one query. Use your `softmax_rows`, or PyTorch's `softmax`.
"""

import math

from grader.exercise import Function


def look_up(q, k, v):
    """The mean of the values, weighted by the attention that q pays to each key.

    q: (d,), k: (L, d), v: (L, dv) -> (dv,)
    """
    similarity = k @ q  # (L,)
    affinity = similarity / math.sqrt(q.shape[-1])  # (L,)
    weights = affinity.softmax(dim=-1)  # (L,)
    return weights @ v  # (dv,)


exercise = Function(
    look_up,
    points=3,
    difficulty=2,
    minutes=6,
    inputs="q: (d)  k: (L, d)  v: (L, dv)",
    words={"similarity": "the similarities", "affinity": "the affinities", "weights": "the weights"},
    slips={
        "weights @ v -> weights": "These are the weights; they have not yet gathered the values.",
        "weights @ v -> affinity @ v": "There is no softmax: the affinities themselves weight the values.",
        "weights @ v -> weights @ k": "It mixes the keys; the values are to be mixed.",
        "weights @ v -> v[weights.argmax()]": "Only the best key's value is handed over: that is hard "
        "attention.",
        "weights @ v -> weights[:, None] * v": "The values are weighted, but never added up.",
        "similarity / math.sqrt(q.shape[-1]) -> F.cosine_similarity(k, q[None], dim=-1)": "These are "
        "cosines: the rows' lengths are left out, and there is no √d.",
        "weights @ v -> weights.max() * v[weights.argmax()]": "Only the best key's value is handed over, "
        "times its weight; all values are to be mixed.",
        "affinity.softmax(dim=-1) -> affinity.exp() / affinity.exp().sum()": "No maximum is subtracted "
        "in the softmax: exp of a large affinity is inf, and inf / inf is NaN.",
    },
    also_right=["k @ q -> (k * q).sum(dim=-1)"],
    hints=[
        "Write the four words as four lines: similarity, affinity, softmax, weighted sum. Note the shape of "
        "each.",
        "Similarities (L,), affinities (L,), weights (L,), and then (L,) @ (L, dv) gives (dv,).",
        "weights = softmax_rows(k @ q / the number from the last exercise), then weights @ v.",
    ],
    may_not_call=[".scaled_dot_product_attention", ".multi_head_attention_forward", "course.attention"],
)
