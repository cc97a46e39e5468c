"""Whose mean is it? One tensor cut along the axes of each norm: a cell, and those that share its mean.

    batch (B, N)    layer (D)    instance (N)    group (N, D/G)        of x: (B, N, D), as in `course.norm`

What people usually get wrong: that batch norm in evaluation looks at no other cell at all, so that the same
image gets another answer than in training; and that all the others do the same in both.
"""

from typing import TYPE_CHECKING, Any

import numpy as np

from course.show import checks
from course.show.block import Block
from course.show.interactive import interactive
from course.show.style import new, palette
from course.show.weights import beside, css_and_body

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ALT = (
    "{B} tables of {N} tokens by {D} channels. Choose a norm and a cell: the cells that share its mean are "
    "filled. Batch norm takes a channel of all images, layer norm one token, instance norm a channel of one "
    "image, group norm {group} channels of one image; in evaluation batch norm takes none."
)


def norm_cut(batches: Any, groups: int = 2) -> Block:
    """The figure, as the last line of a cell.

    batches: (K, B, N, D), K ≥ 2: the last is shown, the others are the training that batch norm remembers
    groups: of group norm; they divide D

    Raises ValueError for arrays and groups that do not fit.
    """
    found = checks.array("batches", batches)
    if found.ndim != 4 or len(found) < 2 or 0 in found.shape:
        raise ValueError(f"batches must have shape (2 or more, B, N, D); got {found.shape}")
    *past, x = found
    B, N, D = x.shape
    if groups < 1 or D % groups:
        raise ValueError(f"{D} channels cannot be divided into {groups} groups of equal size")
    seen = np.stack(past)  # (K − 1, B, N, D)
    css, body = css_and_body("norm_cut.html")
    return interactive(
        beside("norm_cut.js"),
        {"x": x, "groups": groups, "mean": seen.mean(axis=(0, 1, 2)), "variance": seen.var(axis=(0, 1, 2))},
        body=body,
        css=css,
        height=390,
        alt=ALT.format(B=B, N=N, D=D, group=D // groups),
        fallback=_still(B, N, D, groups),
    )


def shared(B: int, N: int, D: int, groups: int) -> dict[str, np.ndarray]:
    """Which cells share the mean of image 0, token 0, channel 0: by norm, (B, N, D) each, boolean"""
    b, n, d = np.ogrid[:B, :N, :D]
    every = np.ones((B, N, D), bool)
    return {
        "batch": every & (d == 0),
        "layer": every & (b == 0) & (n == 0),
        "instance": every & (b == 0) & (d == 0),
        "group": every & (b == 0) & (d < D // groups),
    }


def _still(B: int, N: int, D: int, groups: int) -> "Figure":
    """For each norm, the cells that share the mean of the first one, images below each other."""
    fig, axes = new(cols=4, width=8.2, height=2.8)
    for ax, (name, cells) in zip(axes, shared(B, N, D, groups).items(), strict=True):
        ax.imshow(cells.reshape(B * N, D), vmin=0, vmax=1)
        for image in range(1, B):
            ax.axhline(image * N - 0.5, color=palette.paper)
        ax.set(title=name, xlabel="channel", xticks=[], yticks=[])
    axes[0].set_ylabel("token, image by image")
    return fig
