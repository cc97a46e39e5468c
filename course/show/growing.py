"""How a grid grows: the similarity of learned positions, moment by moment of a training, to be handled.

    similarity(i, j) = ⟨p_i, p_j⟩ / (‖p_i‖ ‖p_j‖)        Dosovitskiy et al. 2021, figure 7, centre

A slider goes through the training. Each patch has a small map of its similarities, where it lies; one of them
is shown large, and in words: its neighbours beside all others.

What people usually get wrong: taking the last picture for something that was built in. Positions start as
noise; that neighbours become alike is learnt, because it helps.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from course.show import checks
from course.show.block import Block
from course.show.interactive import interactive
from course.show.positions import similarity
from course.show.style import new, palette
from course.show.weights import beside, colours, css_and_body

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def growing_grid(tables: Any, shares: Sequence[float], patch: tuple[int, int] = (2, 3)) -> Block:
    """The figure, as the last line of a cell, at the beginning of the training.

    tables: (moments, 1 + N, d), positions with CLS first, N a square; shares: of the training, one a moment
    patch: whose map is large at first, its row and column from 0

    Raises ValueError for arrays that do not fit.
    """
    found = checks.array("tables", tables)
    side = round((found.shape[1] - 1) ** 0.5) if found.ndim == 3 else 0
    if side < 2 or found.shape[1] != 1 + side**2:
        raise ValueError(f"tables must have shape (moments, 1 + a square, width); got {found.shape}")
    if len(shares) != len(found):
        raise ValueError(f"each moment needs its share, but there are {len(found)} and {len(shares)} shares")
    row, column = patch
    if not (0 <= row < side and 0 <= column < side):
        raise ValueError(f"patch must lie on the grid of {side} × {side}; got {patch}")
    alike = np.stack([similarity(table[1:]) for table in found])  # (moments, N, N)
    css, body = css_and_body("growing.html")
    return interactive(
        beside("weights.js") + beside("growing.js"),
        {
            "alike": alike,
            "shares": list(map(float, shares)),
            "side": side,
            "row": row,
            "column": column,
            "colours": colours(palette.diverging),
        },
        body=body,
        css=css,
        height=520,
        alt=f"A slider through {len(found)} moments of a training, above {side} × {side} small maps: how "
        "alike the position of each patch is to others. At first there is noise; at the end the alike ones "
        "lie around the patch itself. One patch, which can be chosen, is shown large.",
        fallback=_still(alike, shares, side, row * side + column),
    )


def _still(alike: np.ndarray, shares: Sequence[float], side: int, patch: int) -> "Figure":
    """One patch's map at the first, a middle and the last moment, where scripts do not run."""
    moments = [0, len(alike) // 2, len(alike) - 1]
    fig, axes = new(cols=3, width=8, height=2.9)
    for ax, moment in zip(axes, moments):
        image = alike[moment, patch].reshape(side, side)
        ax.imshow(image, cmap=palette.diverging, vmin=-1, vmax=1)
        ax.set_title(f"{100 * shares[moment]:.0f} % of the training")
        ax.set(xticks=[], yticks=[])
        ax.grid(False)
    return fig
