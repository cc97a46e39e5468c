"""The cost of two fully-connected layers and of attention, to be moved: sliders for L, d and n, live curves.

The formulas are those of `course.cost`, handed to the browser as JavaScript: they are written in one place.
"""

from typing import TYPE_CHECKING

import numpy as np
import sympy
from sympy import Expr

from course.cost import ATTENTION_LAYER, FLOAT32, TWO_LAYERS, L, d, n
from course.show.block import Block
from course.show.interactive import interactive
from course.show.style import new
from course.show.weights import beside, css_and_body

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LENGTHS = [16, 25, 36, 50, 64, 100, 144, 196, 256, 400, 512, 784, 1024, 1600, 2048, 3136, 4096, 8192, 16384]
LENGTHS += [32768, 50176, 65536, 131072, 262144, 524288, 1048576, 2097152, 4194304]
WIDTHS = [16, 32, 64, 128, 192, 256, 384, 512, 768, 1024, 1280, 1536, 2048, 3072, 4096, 8192]
UNITS = [16, 32, 64, 128, 256, 512, 768, 1024, 1536, 2048, 3072, 4096, 5120, 8192, 16384, 32768]

ALT = (
    "Sliders for L, d and n above a plot on log–log axes, FLOPs against the number of tokens: the MLP and "
    "the projections of attention are parallel lines; the part of attention that grows with L² is twice as "
    "steep, crosses the projections at L = 2d and dominates to the right of it. Below, a table with "
    "parameters, FLOPs, output shape and memory of both layers at the sliders' position."
)


def cost_curves(L: int = 784, d: int = 1024, n: int = 2048) -> Block:
    """The interactive figure, starting at L tokens of width d and n units.

    The reader moves L, d and n (mouse, arrow keys, or the plot itself), and chooses how wide attention is
    inside: n as in Y = (X Wq) (X Wk)ᵀ (X Wv) Wo with d×n weights, or d as in a Transformer.

    Raises ValueError for a size that is not on its slider.
    """
    start = {"L": L, "d": d, "n": n}
    choices = {"L": LENGTHS, "d": WIDTHS, "n": UNITS}
    for name, size in start.items():
        if size not in choices[name]:
            raise ValueError(f"{name} = {size} is not on the slider; choose one of {choices[name]}")
    css, body = css_and_body("cost_curves.html")
    return interactive(
        _formulas() + beside("cost_curves.js"),
        {"start": start, "choices": choices},
        body=body,
        css=css,
        height=660,
        alt=ALT,
        fallback=_still(d, n),
    )


def _formulas() -> str:
    """`course.cost` as JavaScript: each formula a function of L, d and n."""
    hidden_rows, hidden_columns = TWO_LAYERS.steps[0].shape
    formulas = {
        "mlpParameters": TWO_LAYERS.parameters,
        "mlpFlops": TWO_LAYERS.flops,
        "mlpMiddle": FLOAT32 * hidden_rows * hidden_columns,
        "attentionParameters": ATTENTION_LAYER.parameters,
        "attentionProjections": _part(1),
        "attentionPairs": _part(2),
        "attentionMiddle": ATTENTION_LAYER.attention_matrix,
    }
    lines = [f"  {name}: (L, d, n) => {sympy.jscode(formula)}," for name, formula in formulas.items()]
    return "\n".join(["const cost = {", *lines, "};", ""])


def _part(power: int) -> Expr:
    """The part of attention's FLOPs that grows with this power of L."""
    return sympy.expand(ATTENTION_LAYER.flops).coeff(L, power) * L**power


def _still(width: int, units: int) -> "Figure":
    """The curves at one width and number of units, for viewers that remove scripts."""
    fig, ax = new(height=3.6)
    lengths = np.array(LENGTHS, dtype=float)
    for label, formula in {
        "MLP": TWO_LAYERS.flops,
        "attention": ATTENTION_LAYER.flops,
        "its projections": _part(1),
        "its part with L²": _part(2),
    }.items():
        ax.plot(lengths, sympy.lambdify(L, formula.subs({d: width, n: units}))(lengths), label=label)
    ax.set(xscale="log", yscale="log", xlabel="L, tokens", ylabel="FLOPs")
    ax.set_title(f"d = {width:,}, n = {units:,}")
    ax.legend()
    return fig
