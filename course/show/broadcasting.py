"""Two shapes, typed by the reader and aligned from the right: the result, or where they clash.

A small result is drawn cell by cell: point at one, and the two numbers that meet in it light up.
"""

import contextlib
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
    """Both shapes and what comes of them, a column an axis, the last axes under each other."""
    rows = {"first": one, "second": other}
    with contextlib.suppress(RuntimeError):
        rows["result"] = tuple(torch.broadcast_shapes(one, other))
    axes = max(map(len, rows.values()))
    fig, ax = new(width=5, height=1.6)
    ax.set(xlim=(-1, axes + 4), ylim=(-2.6, 0.6))
    for row, (name, shape) in enumerate(rows.items()):
        ax.text(-1, -row, name, color=palette.ink)
        for column, size in enumerate(shape, start=axes - len(shape) + 1):
            ax.text(column, -row, size, ha="right", color=palette.ink)
    if "result" not in rows:
        ax.text(-1, -2, _result(one, other), color=palette.ink)
    ax.axis("off")
    return fig
