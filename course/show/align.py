"""Which source token each target token looked at: the matrix of a decoder's attention, played word by word.

Rows are target tokens in the order they were written, columns source tokens. The reader hovers over a pair,
moves through it with the arrow keys, picks layer and head, and plays the decoding one step at a time.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from course.show import checks
from course.show.block import Block
from course.show.interactive import interactive
from course.show.style import new, palette
from course.show.weights import as_bytes, beside, colours, css_and_body

if TYPE_CHECKING:
    from matplotlib.figure import Figure

CELL = 26  # CSS pixels: the largest a cell gets
ROOM = 230  # and around the matrix: controls, names, sentences


def alignment(weights: Any, source: Sequence[str], target: Sequence[str]) -> Block:
    """The viewer, as the last line of a cell.

    weights: (layers, heads, Lt, Ls), each row summing to one: a Transformer's cross-attention, or with one
    layer and one head that of a recurrent network
    source, target: the tokens as the reader should see them, Ls and Lt of them; `target` holds what was
    written at each step, so that row i is where step i looked

    Raises ValueError for arrays that do not fit.
    """
    found = checks.weights(weights)
    layers, heads, Lt, Ls = found.shape
    for name, tokens, length in (("source", source, Ls), ("target", target, Lt)):
        if len(tokens) != length:
            raise ValueError(f"{name} has {len(tokens)} tokens, but the weights are about {length}")
    css, body = css_and_body("align.html")
    return interactive(
        beside("weights.js") + beside("align.js"),
        {
            "weights": as_bytes(found),
            "mean": as_bytes(found.mean(axis=1)),
            "layers": layers,
            "heads": heads,
            "source": [_visible(token) for token in source],
            "target": [_visible(token) for token in target],
            "sequential": colours(palette.sequential),
            "cell": CELL,
        },
        body=body,
        css=css,
        height=ROOM + CELL * Lt,
        alt=f"Alignment of {Lt} target tokens, “{''.join(target)}”, with {Ls} source tokens, "
        f"“{''.join(source)}”: which one each step looked at, in {_several(layers, 'layer')} of "
        f"{_several(heads, 'head')}.",
        fallback=_still(found[-1].mean(axis=0), source, target),
    )


def _several(number: int, thing: str) -> str:
    return f"{number} {thing}" + "s" * (number != 1)


def _visible(token: str) -> str:
    """A space as something that can be seen."""
    return token.replace(" ", "␣").replace("\n", "⏎")


def _still(rows: np.ndarray, source: Sequence[str], target: Sequence[str]) -> "Figure":
    """The last layer's matrix, its heads averaged, for viewers that remove scripts."""
    Lt, Ls = rows.shape
    fig, ax = new(width=min(9.0, 1.5 + 0.25 * Ls), height=1.5 + 0.22 * Lt)
    image = ax.imshow(rows, vmin=0, vmax=rows.max())
    ax.set_xticks(
        range(Ls), [_visible(token) for token in source], rotation=90 if max(map(len, source)) > 1 else 0
    )
    ax.set_yticks(range(Lt), [_visible(token) for token in target])
    ax.set(xlabel="source", ylabel="target")
    fig.colorbar(image, ax=ax, label="weight", shrink=0.8)
    return fig
