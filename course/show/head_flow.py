"""Queries, keys and values on their way through several heads, to be stepped through: every shape, to scale.

What people usually get wrong: cutting the *tokens* into heads instead of the width, which gives the same
shape; and taking h heads for h times the work.
"""

from typing import TYPE_CHECKING

from course.show.block import Block
from course.show.interactive import interactive
from course.show.style import new, palette
from course.show.weights import beside, css_and_body

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDTH, BATCH = 16, 2
LENGTHS, HEADS = [3, 4, 5, 6, 8, 10, 12], [1, 2, 4, 8]

ALT = (
    f"Eight steps through multi-head attention, for tokens {WIDTH} numbers wide: X, then Q, K and V, cut "
    "into heads, a table of scores for each head, the weights, the weighted sums, the heads side by side "
    "again, and the output, of X's shape. Sliders change the tokens and the heads; each step says its shape."
)


def head_flow(L: int = 6, h: int = 4) -> Block:
    """The figure, as the last line of a cell, starting with L tokens and h heads.

    Raises ValueError for numbers that are not on the sliders.
    """
    choices = {"L": LENGTHS, "h": HEADS}
    for name, number in {"L": L, "h": h}.items():
        if number not in choices[name]:
            raise ValueError(f"{name} = {number} is not on the slider; choose one of {choices[name]}")
    css, body = css_and_body("head_flow.html")
    return interactive(
        beside("head_flow.js"),
        {"B": BATCH, "d": WIDTH, "start": {"L": L, "h": h}, "choices": choices},
        body=body,
        css=css,
        height=430,
        alt=ALT,
        fallback=_still(L, h),
    )


def _still(L: int, h: int) -> "Figure":
    """The shapes as rectangles of their sizes, in the order of the steps, for viewers that remove scripts."""
    steps = {
        "X": (L, WIDTH),
        "Q, K, V": (L, WIDTH),
        "a head": (L, WIDTH // h),
        "scores": (L, L),
        "Y": (L, WIDTH),
    }
    fig, axes = new(cols=len(steps), width=8.2, height=1.8)
    for ax, (name, (rows, columns)) in zip(axes, steps.items(), strict=True):
        ax.fill_between([0, columns], rows, color=palette.accent)
        ax.set(
            title=name, xlabel=f"{rows} × {columns}", xlim=(0, WIDTH), ylim=(0, max(L, WIDTH)), aspect="equal"
        )
        ax.set(xticks=[], yticks=[])
    return fig
