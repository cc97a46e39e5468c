"""Be SimCLR: find the view's twin among eight, and pay what NT-Xent would have you pay.

    loss = −log( exp(s · sim(asked, twin)) / Σ over the seven others exp(s · sim(asked, other)) )     s = 1/τ

Whoever plays has similarity 1 with the view that is clicked and 0 with the rest, and chooses s, "how sure".
Two players without a brain are asked the same: one sees nothing but the mean colour of a view, the other
nothing but its grey pixels.

What people usually get wrong: looking at how often somebody is right. The loss also asks how sure; who is
very sure and wrong pays most.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from course.show import checks
from course.show.block import Block
from course.show.interactive import interactive
from course.show.style import new
from course.show.weights import beside, css_and_body

if TYPE_CHECKING:
    from matplotlib.figure import Figure

VIEWS = 8  # of four images
GREY = np.array([0.299, 0.587, 0.114])


def find_the_twin(rounds: Mapping[str, Any], seed: int = 0) -> Block:
    """The game, as the last line of a cell.

    rounds: by the name of how views were made, (R, 8, 3, H, W) from 0 to 1; the first four views of a round
    are of four images, the last four of the same ones. They are shown in an order that `seed` draws.

    Raises ValueError for arrays that do not fit.
    """
    drawn = np.random.default_rng(seed)
    kinds = {}
    for name, views in rounds.items():
        found = checks.array(name, views)
        if found.ndim != 5 or found.shape[1:3] != (VIEWS, 3):
            raise ValueError(f"{name} must have shape (rounds, {VIEWS}, 3, H, W); got {found.shape}")
        order = np.stack([drawn.permutation(VIEWS) for _ in found])  # (R, 8)
        shown = np.take_along_axis(found, order[:, :, None, None, None], axis=1)
        twin = np.array([[list(row).index((view + 4) % VIEWS) for view in row] for row in order])
        kinds[name] = {
            "views": (255 * shown.transpose(0, 1, 3, 4, 2)).round().astype(np.uint8),
            "twin": twin,  # (R, 8), the place of each view's twin
            "colour": similarities(shown.mean(axis=(3, 4))),
            "grey": similarities(_grey(shown)),
        }
    css, body = css_and_body("twins.html")
    return interactive(
        beside("weights.js") + beside("twins.js"),
        {"names": list(kinds), "kinds": list(kinds.values())},
        body=body,
        css=css,
        height=480,
        alt="Eight views of four images, one of them framed: choose its twin. The loss of your choices is "
        f"told beside that of two simple players. Views are made in {len(kinds)} ways: {', '.join(kinds)}.",
        fallback=_still(kinds),
    )


def similarities(features: np.ndarray) -> np.ndarray:
    """Cosines among the views of each round, their mean taken away first: (R, 8, D) -> (R, 8, 8)"""
    apart = features - features.mean(axis=1, keepdims=True)
    unit = apart / np.maximum(np.linalg.norm(apart, axis=-1, keepdims=True), 1e-9)
    return unit @ unit.transpose(0, 2, 1)


def _grey(views: np.ndarray) -> np.ndarray:
    """The grey pixels of each view, of mean 0 and length 1, whichever of paper and ink is the lighter."""
    grey = np.einsum("rvchw,c->rvhw", views, GREY)
    edge = np.concatenate([grey[..., 0], grey[..., -1]], axis=-1)  # (R, 8, 2H): mostly paper
    ink = np.abs(grey - np.median(edge, axis=-1)[..., None, None])  # how unlike the paper
    flat = ink.reshape(*ink.shape[:2], -1)
    return flat / np.maximum(np.linalg.norm(flat, axis=-1, keepdims=True), 1e-9)


def _still(kinds: Mapping[str, Any]) -> "Figure":
    """The first round of each kind, where scripts do not run."""
    fig, axes = new(len(kinds), VIEWS, width=8, height=1.3 * len(kinds))
    for row, (name, kind) in zip(np.reshape(axes, (-1, VIEWS)), kinds.items()):
        for place, (ax, view) in enumerate(zip(row, kind["views"][0])):
            ax.imshow(view)
            ax.set_axis_off()
            ax.set_title(name if place == 0 else "", fontsize=11)
    return fig
