"""Two patches of an image to be picked: their relation, distance and angle, and what a net says of the pair.

The net has been asked about every pair beforehand, so the figure needs no kernel. The nine shares are laid
out as the relations lie: LU in the upper left corner, CC in the middle.

What people usually get wrong: [i, j] is where i lies as seen from j; picking the two in the other order turns
the label round, and if the two patches look alike it cannot turn the answer.
"""

import math
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from course.show.block import Block
from course.show.interactive import interactive
from course.show.style import new
from course.show.weights import beside, css_and_body
from course.ssl.relvit import RELATIONS, angle_labels, distance_labels, relation_labels

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ALT = (
    "An image cut into {side} × {side} patches. Two of them, i and j, can be picked by mouse or keys. Beside "
    "it stand nine cells, laid out as the nine relations lie, with the share a net gives to each; below it "
    "where i lies as seen from j, their distance and angle, what the net says and whether it is right, and "
    "how many of the {pairs} pairs of the image it has right."
)


def two_patches(images: Tensor, shares: Tensor) -> Block:
    """The interactive figure. images: (n, H, W), any numbers, the smallest is paper; H = W

    shares: (n, 9, N, N), what a net gives to each relation of patch i as seen from patch j; N a square

    Raises ValueError for shapes that do not fit.
    """
    if images.dim() != 3 or shares.dim() != 4 or len(images) != len(shares) or len(images) == 0:
        raise ValueError(_wrong(images, shares))
    side = math.isqrt(shares.shape[-1])
    if shares.shape[1:] != (len(RELATIONS), side**2, side**2) or images.shape[-1] % side:
        raise ValueError(_wrong(images, shares))
    ink = images - images.amin()
    css, body = css_and_body("two_patches.html")
    return interactive(
        beside("two_patches.js"),
        {
            "images": (255 * ink / ink.amax().clamp(min=1e-9)).round().to(torch.uint8).numpy(),
            "shares": (255 * shares).round().to(torch.uint8).numpy(),
            "words": list(RELATIONS),
            "labels": relation_labels(side, side).to(torch.uint8).numpy(),
            "distances": distance_labels(side, side).numpy(),
            "angles": angle_labels(side, side).numpy(),
            "side": side,
        },
        body=body,
        css=css,
        height=460,
        alt=ALT.format(side=side, pairs=f"{side**4:,}"),
        fallback=_still(images[0], side),
    )


def _wrong(images: Tensor, shares: Tensor) -> str:
    return (
        "images must have shape (n, H, W) and shares (n, 9, N, N), with N the patches of a square grid; got "
        f"{tuple(images.shape)} and {tuple(shares.shape)}"
    )


def _still(image: Tensor, side: int) -> "Figure":
    """The first image with its grid, for viewers that remove scripts."""
    fig, ax = new(width=3, height=3)
    ax.imshow(image.numpy(), cmap="gray_r")
    patch = image.shape[-1] // side
    lines = [patch * line - 0.5 for line in range(side + 1)]
    ax.set_xticks(lines, [])
    ax.set_yticks(lines, [])
    ax.grid(True)
    return fig
