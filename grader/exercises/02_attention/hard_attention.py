"""Hard attention: the best key wins

Return the value whose key has the largest dot product with the query.
"""

from grader.exercise import Function


def hard_attention(q, k, v):
    """The value stored under the key that is most similar to the query.

    q: (d,), k: (L, d), v: (L, dv) -> (dv,)
    """
    similarities = k @ q  # (L,)
    best = similarities.argmax()
    return v[best]


def _away(draw):
    L, d, dv = draw.sizes(3)
    q, k = draw.normal(d), draw.normal(L, d)
    below = k @ q + 1 + draw.normal(L).abs()  # what takes every similarity below zero
    return dict(q=q, k=k - (below / (q @ q))[:, None] * q, v=draw.normal(L, dv))


def _close(draw):
    """Before the best key stands one that is less alike by a five-thousandth.

    It points elsewhere, too: two that point one way have equal cosines, and rounding would choose among them.
    """
    L, d, dv = draw.sizes(3)
    q, k = draw.normal(d), draw.normal(L, d)
    along = q / (q @ q)  # whose similarity is 1
    across = k[0] - (k[0] @ q) * along
    k[-1] = 100 * along
    k[-2] = (100 - 2e-2) * along + across
    return dict(q=q, k=k, v=draw.normal(L, dv))


exercise = Function(
    hard_attention,
    points=1,
    difficulty=1,
    minutes=4,
    inputs="q: (d)  k: (L, d)  v: (L, dv)",
    without=["large", "gradient"],  # two keys may tie in float32; none reaches the query
    cases={"every key points away from the query": _away, "two keys come close": _close},
    same_as="course.attention.hard_attention",
    slips={
        "v[best] -> k[best]": "It returns the winning key; a look-up returns the value stored under it.",
        "v[best] -> best": "It returns the place of the best key, a number; the value stored there is asked "
        "for.",
        "v[best] -> similarities.softmax(-1) @ v": "This is soft attention: all values are mixed. Hard "
        "attention takes one.",
        "v[best] -> similarities.max()": "It returns the largest dot product; the value stored under that "
        "key is asked for.",
        "k @ q -> -(k - q).norm(dim=-1)": "It takes the nearest key, by distance; the largest dot product "
        "is asked for.",
        "k @ q -> F.cosine_similarity(k, q[None], dim=-1)": "It takes the key with the largest cosine: the "
        "keys' lengths are left out.",
        "v[best] -> similarities[best] * v[best]": "The best value is multiplied by its similarity; it is "
        "asked for as it is.",
        "v[best] -> similarities @ v": "Nothing is chosen: the dot products themselves weight the values.",
        "v[best] -> v[similarities.topk(2).indices].mean(0)": "The two best values are averaged; the best "
        "alone is asked for.",
        "k @ q -> k.sum(-1)": "The key with the largest sum wins: the query has no say.",
        "k @ q -> (k @ q).abs()": "It takes the key whose dot product is largest in size: one that points "
        "away from the query wins, too.",
    },
    also_right=["v[best] -> F.one_hot(best, len(v)).float() @ v"],
    hints=[
        "Which key has the largest dot product with q? Its *value* is the answer.",
        "k @ q holds the L dot products at once; argmax gives the place of the largest.",
        "Index v with that place.",
    ],
    may_not_call=["course.attention"],
)
