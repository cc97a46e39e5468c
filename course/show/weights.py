"""What figures to be handled share: how weights, colours and the files beside them reach the page."""

from importlib.resources import files

import numpy as np


def as_bytes(rows: np.ndarray) -> dict[str, np.ndarray]:
    """Rows without negative entries, as bytes scaled by each row's largest: (..., Lq, Lk) -> levels, largest

    An entry comes back as level · largest / 255, off by at most 0.2 % of its row's largest: see weights.js.
    """
    largest = rows.max(axis=-1, keepdims=True)  # (..., Lq, 1)
    levels = np.rint(255 * rows / np.maximum(largest, np.finfo(np.float32).tiny))
    return {"levels": levels.astype(np.uint8), "largest": largest[..., 0]}


def colours(name: str) -> np.ndarray:
    """A colour map of matplotlib's as 256 colours: (256, 3), uint8"""
    from matplotlib import colormaps

    return (255 * colormaps[name](np.linspace(0, 1, 256))[:, :3]).round().astype(np.uint8)


def beside(name: str) -> str:
    """A file of this folder: a script, or the style sheet and body of a figure."""
    return (files("course.show") / name).read_text(encoding="utf-8")


def css_and_body(name: str) -> tuple[str, str]:
    """A figure's HTML file, as its style sheet and its body."""
    css, body = beside(name).split("</style>")
    return css.removeprefix("<style>\n"), body
