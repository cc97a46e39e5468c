"""NT-Xent on a sphere: sixteen images move down its gradient, at a temperature that can be chosen.

    x_i ← normalise(x_i − rate · ∂L/∂x_i)      the views of image i are normalise(x_i + n), with two fixed n

The images are free points, so nothing but the loss decides where they go. They start in four groups of four,
the groups near one another. The lines go from the views of one image to all negatives, each as wide as the
share it has in the softmax: how hard it is pushed.

    alignment    the mean of ‖z₁ − z₂‖² over twins                       Wang and Isola 2020
    uniformity   log of the mean of exp(−2‖x − y‖²) over pairs of images
    nearest      the mean angle between an image and the one next to it

What people usually get wrong: "lower is better" of the loss at different temperatures, whose scales differ.
"""

from typing import TYPE_CHECKING

import numpy as np

from course.show.block import Block
from course.show.interactive import interactive
from course.show.style import new
from course.show.weights import beside, css_and_body

if TYPE_CHECKING:
    from matplotlib.figure import Figure

GROUPS, EACH = 4, 4
CORNERS = np.array([[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]]) / np.sqrt(3)  # of a tetrahedron
NOISE = 0.12


def start(seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Where the images start, (16, 3), of length 1, and what makes two views of each, (2, 16, 3)"""
    drawn = np.random.default_rng(seed)
    groups = np.array([0.0, 0.0, 1.0]) + 0.35 * CORNERS  # (4, 3), all near the top
    places = np.repeat(groups, EACH, axis=0) + 0.1 * drawn.standard_normal((GROUPS * EACH, 3))
    places /= np.linalg.norm(places, axis=1, keepdims=True)
    return places, NOISE * drawn.standard_normal((2, GROUPS * EACH, 3))


def sphere(tau: float = 1.0, seed: int = 0) -> Block:
    """The figure, as the last line of a cell. Raises ValueError for a temperature outside 0.05 … 2."""
    if not 0.05 <= tau <= 2:
        raise ValueError(f"tau, a temperature, must be from 0.05 to 2; got {tau!r}")
    places, noise = start(seed)
    css, body = css_and_body("sphere.html")
    return interactive(
        beside("sphere.js"),
        {"places": places, "noise": noise, "each": EACH, "tau": tau},
        body=body,
        css=css,
        height=520,
        alt="Sixteen images as points on a sphere, in four groups. A button moves them down the gradient of "
        "NT-Xent at a temperature that a slider sets; alignment, uniformity and the angle to the nearest "
        "neighbour are told as numbers.",
        fallback=_still(places),
    )


def _still(places: np.ndarray) -> "Figure":
    """Where they start, seen from above."""
    fig, ax = new(width=3.4, height=3.4)
    for group, mark in enumerate("os^D"):
        chosen = places[group * EACH : (group + 1) * EACH]
        ax.plot(chosen[:, 0], chosen[:, 1], mark, linestyle="none", markersize=8)
    ax.set(xlim=(-1, 1), ylim=(-1, 1), aspect="equal", title="the start, from above")
    return fig
