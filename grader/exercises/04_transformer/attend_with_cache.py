"""One token more, with a cache

A decoder writes token by token. Keys and values of earlier tokens never change (nobody sees the future), so
they are **cached**. From the newest token alone make its query, key and value; let the key and value join the
cached ones; attend; return the output and the grown cache.
"""

import torch

from grader.catalogue import reference
from grader.exercise import Function

attention = reference("attention")


def attend_with_cache(x, keys, values, Wq, Wk, Wv):
    """x: (B, 1, d); keys, values: (B, t, d), of the tokens before; weights: (d, d)
    -> output (B, 1, d), keys (B, t + 1, d), values (B, t + 1, d)
    """
    q, k, v = x @ Wq, x @ Wk, x @ Wv  # (B, 1, d) each
    keys = torch.cat([keys, k], dim=1)  # (B, t + 1, d)
    values = torch.cat([values, v], dim=1)
    return attention(q, keys, values), keys, values


def _case(t=None, square=False):
    def case(draw):
        B, long, d = [draw.integer(3, 6)] * 3 if square else draw.sizes(3)
        long = long if t is None else t
        inputs = dict(x=draw.normal(B, 1, d), keys=draw.normal(B, long, d), values=draw.normal(B, long, d))
        return inputs | {name: draw.normal(d, d) / d**0.5 for name in ("Wq", "Wk", "Wv")}

    return case


exercise = Function(
    attend_with_cache,
    cases={
        "several tokens before": _case(),
        "all sizes equal": _case(square=True),
        "the first token: nothing is cached yet": _case(t=0),
    },
    words={"keys": "the cached keys", "values": "the cached values"},
    slips={
        "keys = torch.cat([keys, k], dim=1) -> keys = torch.cat([k, keys], dim=1)": "The new key joins in "
        "front, the new value behind: keys and values no longer belong together.",
        "attention(q, keys, values), keys, values -> attention(q, keys[:, :-1], values[:, :-1]), keys, "
        "values": "The new token does not look at itself: its own key and value belong to what it sees.",
        "attention(q, keys, values), keys, values -> attention(q * q.shape[-1] ** 0.5, keys, values), keys, "
        "values": "The scores are not divided by √d.",
        "torch.cat([keys, k], dim=1) -> torch.cat([keys, x], dim=1) ;; torch.cat([values, v], dim=1) -> "
        "torch.cat([values, x], dim=1)": "The token itself joins the cache; its key and its value should.",
        "torch.cat([keys, k], dim=1) -> torch.cat([k, keys], dim=1) ;; torch.cat([values, v], dim=1) -> "
        "torch.cat([v, values], dim=1)": "The newest stands in front: the cache keeps the order of the "
        "tokens.",
        "attention(q, keys, values), keys, values -> attention(q, k, v), keys, values": "The cache is "
        "grown "
        "and never read: the token looks at itself only.",
    },
    also_right=["attention(q, keys, values), keys, values -> attention(q, keys, values, None), keys, values"],
    without=["gradient"],  # it writes; what it learns from has no cache
    points=4,
    difficulty=2,
    minutes=6,
    hints=[
        "Only one token is new: every product with a weight matrix has (B, 1, d).",
        "`torch.cat` along the axis of tokens, for keys and for values, in the same order; then one call "
        "of "
        "`attention`. Does the new token see itself?",
    ],
    may_not_call=[".scaled_dot_product_attention", "course.attention", "course.multihead"],
)
