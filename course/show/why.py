"""Why this weight? One query and one key, from their entries to the weight and what it brings, in numbers.

    products q_i k_i → their sum → divided by √D → the mask → softmax over the keys → weight · value

The reader moves to another query or key and watches every number follow. All of it is computed in the browser
from q, k and v, by why.js beside this file.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from course.attention import attention_weights
from course.show import checks
from course.show.block import Block
from course.show.interactive import interactive
from course.show.matrices import numbered, paint
from course.show.style import new
from course.show.weights import beside, css_and_body

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDEST = 16  # entries of a query that still fit on the page
LONGEST = 24  # keys


def why_this_weight(
    q: Any,
    k: Any,
    v: Any,
    mask: Any = None,
    queries: Sequence[str] | None = None,
    keys: Sequence[str] | None = None,
    query: int = 0,
    key: int = 0,
) -> Block:
    """The figure, as the last line of a cell, starting at one query and one key.

    q: (Lq, D), k: (Lk, D), v: (Lk, Dv), D and Dv at most 16 and Lk at most 24
    mask: (Lq, Lk), boolean, True where attending is allowed
    queries, keys: names for them; numbers without

    Raises ValueError for arrays that do not fit, or are too large to be read.
    """
    arrays = {name: checks.array(name, values) for name, values in (("q", q), ("k", k), ("v", v))}
    for name, values in arrays.items():
        if values.ndim != 2:
            raise ValueError(
                f"{name} must have shape (length, width); got {values.shape}: pick one of the batch"
            )
        if values.shape[1] > WIDEST:
            raise ValueError(
                f"{name} has width {values.shape[1]}, but only {WIDEST} can be read; pick a few channels"
            )
    if len(arrays["k"]) > LONGEST:
        raise ValueError(f"there are {len(arrays['k'])} keys, but only {LONGEST} can be read; pick a few")
    shown = None if mask is None else torch.as_tensor(np.asarray(mask))
    weights = attention_weights(torch.from_numpy(arrays["q"]), torch.from_numpy(arrays["k"]), shown).numpy()
    Lq, Lk = weights.shape
    if len(arrays["v"]) != Lk:
        raise ValueError(f"each key needs a value, but there are {Lk} keys and {len(arrays['v'])} values")
    names = {"queries": checks.names("queries", queries, Lq), "keys": checks.names("keys", keys, Lk)}
    for name, place, length in (("query", query, Lq), ("key", key, Lk)):
        if not 0 <= place < length:
            raise ValueError(f"{name} must be from 0 to {length - 1}; got {place}")
    css, body = css_and_body("why.html")
    allowed = np.ones((Lq, Lk), bool) if shown is None else np.broadcast_to(shown.numpy(), (Lq, Lk))
    return interactive(
        beside("weights.js") + beside("why.js"),
        {**arrays, **names, "allowed": allowed, "masked": shown is not None, "query": query, "key": key},
        body=body,
        css=css,
        height=460 + 28 * Lk,
        alt=f"Why query {names['queries'][query]} gives weight {weights[query, key]:.3g} to key "
        f"{names['keys'][key]}: the products of their entries, the score, the softmax, and the value.",
        fallback=_still(weights, names["queries"], names["keys"]),
    )


def _still(weights: np.ndarray, queries: Sequence[str], keys: Sequence[str]) -> "Figure":
    """All weights as a table, where scripts do not run."""
    fig, ax = new(width=2 + 0.55 * len(keys), height=1.2 + 0.45 * len(queries))
    numbered(ax, paint(ax, weights, 0, 1), weights, digits=2)
    ax.set_xticks(range(len(keys)), keys)
    ax.set_yticks(range(len(queries)), queries)
    ax.set(xlabel="key", ylabel="query")
    return fig
