"""How attention goes, one step at a time: a query meets keys, scores become weights, weights mix the values.

    query · key  →  / √d  →  softmax  →  weight × value  →  sum

A drawing for a few keys of two or three numbers each; `why_this_weight` holds the numbers of longer ones. The
reader steps through it and picks another query. All of it is computed by mechanism.js, beside this file.
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

WIDEST = 3  # numbers of a vector that fit into its box
MOST_KEYS = 6
ROOM, ROW = 160, 58  # CSS pixels: for what stands around the drawing, and for a key


def mechanism(
    q: Any, k: Any, v: Any, queries: Sequence[str] | None = None, keys: Sequence[str] | None = None
) -> Block:
    """The drawing, as the last line of a cell.

    q: (Lq, d), k: (Lk, d), v: (Lk, dv), with d and dv at most 3 and Lk at most 6
    queries, keys: names for them; numbers without

    Raises ValueError for arrays that do not fit, or are too large to be drawn.
    """
    arrays = {name: checks.array(name, values) for name, values in (("q", q), ("k", k), ("v", v))}
    for name, values in arrays.items():
        if values.ndim != 2:
            raise ValueError(f"{name} must have shape (length, width); got {values.shape}")
        if values.shape[1] > WIDEST:
            raise ValueError(f"{name} has width {values.shape[1]}, but only {WIDEST} numbers can be drawn")
    if len(arrays["k"]) > MOST_KEYS:
        raise ValueError(f"there are {len(arrays['k'])} keys, but only {MOST_KEYS} can be drawn; pick a few")
    weights = attention_weights(torch.from_numpy(arrays["q"]), torch.from_numpy(arrays["k"])).numpy()
    Lq, Lk = weights.shape
    if len(arrays["v"]) != Lk:
        raise ValueError(f"each key needs a value, but there are {Lk} keys and {len(arrays['v'])} values")
    names = checks.names("keys", keys, Lk)
    asking = checks.names("queries", queries, Lq)
    css, body = css_and_body("mechanism.html")
    return interactive(
        beside("mechanism.js"),
        {**arrays, "names": names, "queries": asking},
        body=body,
        css=css,
        height=ROOM + ROW * Lk,
        alt=f"Attention of one query over {Lk} keys in five steps: scores, scaled scores, weights, weighted "
        f"values, their sum. Query {asking[0]} gives most weight, {weights[0].max():.2f}, to key "
        f"{names[int(weights[0].argmax())]}.",
        fallback=_still(weights, asking, names),
    )


def _still(weights: np.ndarray, queries: Sequence[str], keys: Sequence[str]) -> "Figure":
    """The weights as a table, where scripts do not run."""
    fig, ax = new(width=2.5 + 0.6 * len(keys), height=1.2 + 0.5 * len(queries))
    numbered(ax, paint(ax, weights, 0, 1), weights, digits=2)
    ax.set_xticks(range(len(keys)), keys)
    ax.set_yticks(range(len(queries)), queries)
    ax.set(xlabel="key", ylabel="query")
    return fig
