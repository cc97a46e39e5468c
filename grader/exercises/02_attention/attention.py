"""Scaled dot-product attention

Write attention for queries, keys and values with any number of axes in front (batch, heads), with an optional
mask that broadcasts against the scores. Begin with one sequence and no mask, run the check, and go on from
what it says: each line of it is one property.
"""

import math

from grader.exercise import Function


def attention(q, k, v, mask=None):
    """Scaled dot-product attention.

    q: (..., Lq, d), k: (..., Lk, d), v: (..., Lk, dv),
    mask: boolean, broadcastable to (..., Lq, Lk), True = may attend -> (..., Lq, dv)
    """
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])  # (..., Lq, Lk)
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    weights = scores.softmax(dim=-1)  # (..., Lq, Lk)
    return weights @ v  # (..., Lq, dv)


def _low(draw):
    """All scores lie near −140: what is forbidden has to lie below them, too."""
    Lq, Lk, d, dv = draw.sizes(4)
    down = 140 / d**0.5  # (−down/2, …) · (2, …) / √d, d times, is −140
    q, k = draw.normal(Lq, d) / 9 - down / 2, draw.normal(Lk, d) / 9 + 2
    return dict(q=q, k=k, v=draw.normal(Lk, dv), mask=draw.mask(Lq, Lk))


exercise = Function(
    attention,
    points=10,
    difficulty=4,
    minutes=15,
    inputs="q: (*, Lq, d)  k: (*, Lk, d)  v: (*, Lk, dv)  mask: bool (*, Lq, Lk)?",
    cases={"a mask where all scores are low": _low},
    same_as="course.attention.attention",
    slips={
        "scores.masked_fill(~mask, -math.inf) -> scores.masked_fill(~mask, -math.inf) * mask": "The mask is "
        "multiplied in as well: −inf · 0 is NaN.",
        "weights @ v -> F.one_hot(weights.argmax(-1), weights.shape[-1]).float() @ v": "Only the best key's "
        "value is handed over: that is hard attention.",
        "q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1]) -> F.normalize(q, dim=-1) @ F.normalize(k, dim=-1)"
        ".mT": "These are cosines: the rows' lengths are left out, and there is no √d.",
        "q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1]) -> -torch.cdist(q, k)": "These are negative "
        "distances: a score is a dot product over √d.",
        "scores.softmax(dim=-1) -> scores.masked_fill(torch.ones(scores.shape[-2:]).triu(1) > 0, -math.inf)"
        ".softmax(dim=-1)": "No query ever looks ahead: which keys are hidden is for the mask to say.",
        "scores.softmax(dim=-1) -> scores.exp() / scores.exp().sum(-1, keepdim=True)": "No maximum is "
        "subtracted in the softmax: exp of a large score is inf, and inf / inf is NaN.",
    },
    also_right=["-math.inf -> -1e9"],
    hints=[
        "Write it for one sequence and no mask first: four lines: scores, mask, weights, output. Run the "
        "check; then "
        "the batch.",
        "k.T turns *all* axes round. k.transpose(-2, -1) turns the last two and leaves batch and heads "
        "alone.",
        "The mask is True where looking is allowed; what has to be filled is the opposite, ~mask, and "
        "before the softmax.",
        "Four lines: scores (…, Lq, Lk), what the mask forbids in them, weights, output. Which axis of "
        "(…, Lq, Lk) has to sum to one?",
    ],
    may_not_call=[".scaled_dot_product_attention", ".multi_head_attention_forward", "course.attention"],
)
