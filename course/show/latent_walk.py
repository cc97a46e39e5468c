"""A walk through the two latents of an auto-encoder: drag a point, and the decoder draws what lies there.

The decoder's weights travel with the figure, and the page computes the image anew at every point: nothing was
drawn beforehand, and no kernel is asked.

What people usually get wrong: a map of the latents alone, which shows that classes lie apart; what an image
*between* two of them looks like, and what stands where no image was ever put, is seen only by drawing it.
"""

from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from course.show import checks
from course.show.block import Block
from course.show.interactive import interactive
from course.show.style import new, palette
from course.show.weights import beside, css_and_body
from course.ssl.autoencoder import Decoder

if TYPE_CHECKING:
    from matplotlib.figure import Figure

REACH = 3.0  # of the map, to each side of 0: standard deviations of the prior


def latent_walk(decoder: Decoder, means: Any, labels: Any, classes: Any) -> Block:
    """The figure, as the last line of a cell, at z = (0, 0).

    decoder: of two latents and images (1, H, W)
    means: (N, 2), where images lie; labels: (N,), numbers of `classes`, their names

    Raises ValueError for another number of latents or channels, and for arrays that do not fit.
    """
    if decoder.expand.in_features != 2 or decoder.shape[0] != 1:
        given = f"{decoder.expand.in_features} latents and images {decoder.shape}"
        raise ValueError(f"the walk needs a decoder of 2 latents and grey images; got {given}")
    points = checks.array("means", means)
    kinds = [int(label) for label in labels]
    if points.shape != (len(kinds), 2) or not kinds:
        raise ValueError(f"means must be ({len(kinds)}, 2), a point for each label; got {points.shape}")
    names = [str(name) for name in classes]
    if not 0 <= min(kinds) <= max(kinds) < len(names):
        raise ValueError(f"labels must be from 0 to {len(names) - 1}; got {min(kinds)} to {max(kinds)}")
    css, body = css_and_body("latent_walk.html")
    weights = {
        f"{layer}_{part}": checks.array(layer, getattr(getattr(decoder, layer), part))
        for layer in ("expand", "draw")
        for part in ("weight", "bias")
    }
    return interactive(
        beside("latent_walk.js"),
        {
            **weights,
            "side": list(decoder.shape[1:]),
            "points": points,
            "labels": kinds,
            "classes": names,
            "reach": REACH,
        },
        body=body,
        css=css,
        height=430,
        alt=f"A map of two latents with {len(kinds)} images on it, each as the name of its class; a cross "
        "that can be dragged, and the image that the decoder draws at the cross.",
        fallback=_still(decoder, points, kinds, names),
    )


def _still(decoder: Decoder, points: np.ndarray, kinds: list[int], names: list[str]) -> "Figure":
    """The map, and the images of a grid of 9 × 9 points of it, for viewers that remove scripts."""
    steps = torch.linspace(-REACH, REACH, 9)
    grid = torch.cartesian_prod(steps.flip(0), steps).flip(1)  # (81, 2): upwards is the second latent
    with torch.no_grad():
        drawn = decoder(grid.to(decoder.expand.weight))[:, 0].cpu()  # (81, H, W)
    H, W = drawn.shape[1:]
    sheet = drawn.unflatten(0, (9, 9)).permute(0, 2, 1, 3).reshape(9 * H, 9 * W)
    fig, (left, right) = new(cols=2, width=8, height=4)
    for (x, y), kind in zip(points, kinds):
        left.text(x, y, names[kind], color=palette.ink, fontsize=7, ha="center", va="center")
    left.set(
        xlim=(-REACH, REACH), ylim=(-REACH, REACH), xlabel="first latent", ylabel="second", aspect="equal"
    )
    right.imshow(sheet.numpy(), cmap="gray", vmin=0, vmax=1)
    right.set_axis_off()
    return fig
