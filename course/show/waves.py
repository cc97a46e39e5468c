"""How alike sinusoidal positions are, to be handled: drag through the width d and the position p.

    cos(PE(p), PE(q)) = (2 / d) Σᵢ cos(wᵢ (p − q))        wᵢ = 10000^(−2i/d)

What people usually get wrong: taking the waves' base for their number. With few channels, two places far
apart look alike; it is the slow waves that tell them apart, and there are slow ones only where d is large.
"""

from typing import TYPE_CHECKING

import numpy as np

from course.position import sinusoidal
from course.show.block import Block
from course.show.interactive import interactive
from course.show.positions import similarity
from course.show.style import new, palette
from course.show.weights import beside, colours, css_and_body

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDTHS = [2, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 256, 512, 1024]
LENGTH = 64
BASE = 10_000.0

ALT = (
    f"Sliders for the width d and a position p above a map of how alike every two of {LENGTH} positions are, "
    "a band along its diagonal, and beside it the curve of one row, which has its peak at p and the same "
    "form at every p. With d = 2 it comes back every 6.28 positions; with more channels one peak is left."
)


def waves(d: int = 2, p: int = 20) -> Block:
    """The figure, as the last line of a cell: of positions 0 … 63, at width d and position p to start with.

    Raises ValueError for a d that is not on its slider, and a p that is not a position.
    """
    if d not in WIDTHS:
        raise ValueError(f"d = {d} is not on the slider; choose one of {WIDTHS}")
    if not 0 <= p < LENGTH:
        raise ValueError(f"p must be from 0 to {LENGTH - 1}; got {p}")
    css, body = css_and_body("waves.html")
    return interactive(
        beside("weights.js") + beside("waves.js"),
        {
            "length": LENGTH,
            "base": BASE,
            "widths": WIDTHS,
            "d": d,
            "p": p,
            "colours": colours(palette.diverging),
        },
        body=body,
        css=css,
        height=450,
        alt=ALT,
        fallback=_still(p),
    )


def _still(p: int) -> "Figure":
    """The row of one position at three widths, for viewers that remove scripts."""
    fig, ax = new(height=3)
    for d in (2, 16, 128):
        ax.plot(np.arange(LENGTH), similarity(sinusoidal(LENGTH, d, BASE))[p], label=f"d = {d}")
    ax.set(xlabel="q", ylabel=f"cosine of PE({p}) and PE(q)")
    ax.legend()
    return fig
