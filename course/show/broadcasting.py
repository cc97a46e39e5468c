"""Two shapes, typed by the reader and aligned from the right: the result, or where they clash.

A small result is drawn cell by cell: point at one, and the two numbers that meet in it light up.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch

from course.show.block import Block
from course.show.interactive import interactive
from course.show.style import new, palette
from course.show.weights import beside, css_and_body

if TYPE_CHECKING:
    from matplotlib.figure import Figure

EXAMPLES = (
    ("a table and its row means", "3, 5", "3"),
    ("… with keepdim=True", "3, 5", "3, 1"),
    ("… on a square", "5, 5", "5"),
    ("predictions and targets", "64", "64, 1"),
    ("three axes and two", "2, 1, 3", "4, 1"),
)


def broadcasting(first: Sequence[int] = (3, 5), second: Sequence[int] = (3, 1)) -> Block:
    """What becomes of two shapes that meet entry by entry, to be handled; they are those to begin with."""
    one, other = tuple(first), tuple(second)
    css, body = css_and_body("broadcasting.html")
    return interactive(
        beside("broadcasting.js"),
        {"first": _typed(one), "second": _typed(other), "examples": [list(example) for example in EXAMPLES]},
        body=body,
        css=css,
        height=460,
        alt=f"Two shapes, {one} and {other}, aligned from the right: {_result(one, other)}.",
        fallback=_still(one, other),
    )


def _typed(shape: tuple[int, ...]) -> str:
    return ", ".join(map(str, shape))


def _result(one: tuple[int, ...], other: tuple[int, ...]) -> str:
    try:
        return f"the result is {tuple(torch.broadcast_shapes(one, other))}"
    except RuntimeError:
        return "they do not fit"


def _still(one: tuple[int, ...], other: tuple[int, ...]) -> "Figure":
    fig, ax = new(width=5, height=1.6)
    lines = (f"first    {one!s:>20}", f"second {other!s:>20}", _result(one, other))
    for row, line in enumerate(lines):
        ax.text(0, 0.8 - 0.33 * row, line, family="monospace", color=palette.ink)
    ax.axis("off")
    return fig
