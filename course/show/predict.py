"""Predict, then reveal: the reader commits to a patch, a cell or a number before the answer is shown.

The answer comes with the distance to the guess, in words and in the picture. A guess can be taken back, and
made again, as often as the reader likes.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from course.show import checks
from course.show.block import Block
from course.show.interactive import interactive
from course.show.style import new, palette
from course.show.weights import beside, colours, css_and_body

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def predict_patch(question: str, image: Any, answer: Any) -> Block:
    """Which patch of the image gets most? The reader marks one, and then sees the map.

    image: (H, W), (H, W, 3) or (3, H, W), bytes or from 0 to 1
    answer: (rows, columns), a number a patch, such as the weights of one query

    Raises ValueError for arrays that do not fit.
    """
    values = _grid(answer)
    return _on_a_grid(question, values, {"image": checks.image(image)}, "patch")


def predict_cell(question: str, answer: Any, rows: Sequence[str], columns: Sequence[str]) -> Block:
    """Which cell of the table holds most? The reader marks one, and then sees the numbers.

    answer: (rows, columns), with a name for each row and each column

    Raises ValueError for arrays and names that do not fit.
    """
    values = _grid(answer)
    for name, names, length in (("rows", rows, values.shape[0]), ("columns", columns, values.shape[1])):
        if len(names) != length:
            raise ValueError(f"the table has {length} {name} but {len(names)} names for them")
    return _on_a_grid(question, values, {"rows": list(rows), "columns": list(columns)}, "cell")


def predict_number(question: str, answer: float, low: float, high: float, unit: str = "") -> Block:
    """How much? The reader sets a slider from `low` to `high`, and then sees the answer on it.

    Raises ValueError for an answer that is not on the slider.
    """
    if not low < high or not low <= answer <= high:
        raise ValueError(f"the answer must lie on the slider, from {low:g} to {high:g}; got {answer:g}")
    fig, ax = new(height=1.4)
    ax.axvline(answer, color=palette.second)
    ax.set(xlim=(low, high), yticks=[], title=f"{answer:g} {unit}".rstrip())
    numbers = {"answer": float(answer), "low": float(low), "high": float(high)}
    return _block(question, {"kind": "number", **numbers, "unit": unit}, height=200, fallback=fig)


def _grid(answer: Any) -> np.ndarray:
    values = checks.array("answer", answer)
    if values.ndim != 2 or values.size == 0:
        raise ValueError(f"answer must have shape (rows, columns); got {values.shape}")
    return values


def _on_a_grid(question: str, values: np.ndarray, ground: dict[str, Any], word: str) -> Block:
    height, width = values.shape
    fig, ax = new(width=4.5, height=1 + 3.5 * height / width)
    fig.colorbar(ax.imshow(values), ax=ax)
    data = {"kind": "grid", "word": word, "values": values, "colours": colours(palette.sequential), **ground}
    return _block(question, data, height=190 + round(380 * min(1, height / width)), fallback=fig)


def _block(question: str, data: dict[str, Any], height: int, fallback: "Figure") -> Block:
    css, body = css_and_body("predict.html")
    return interactive(
        beside("weights.js") + beside("predict.js"),
        {"question": question, **data},
        body=body,
        css=css,
        height=height,
        alt=f"{question} Guess first, then reveal the answer.",
        fallback=fallback,
    )
