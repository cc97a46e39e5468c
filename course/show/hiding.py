"""Patches hidden with the mouse, and what a masked auto-encoder paints there: it computes in the page.

The trained weights cross into the page (0.24 M numbers that came from 16 bits), and a forward pass of the
small ViT and its decoder is done in JavaScript as the pointer moves; no kernel is asked. Beside what it
paints stand two that learnt nothing: the mean colour of the nearest visible patch, and "zero", a prediction
of 0 for normalised patches, shown with the mean and deviation of the true ones.

What people usually get wrong: a reconstruction is judged with the visible patches pasted in, or with the
hidden patch's own mean; the decibels here are of hidden patches, and the second is unmasked.
"""

from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from course import expect
from course.checkpoints import shelf
from course.checkpoints.masked import decibels, nearest_visible, predicted_zero
from course.data.shapes import shapes
from course.show.block import Block
from course.show.interactive import interactive
from course.show.reconstructions import side_by_side
from course.show.weights import beside, css_and_body
from course.ssl.mae import MAE, patchify, unpatchify

if TYPE_CHECKING:
    from matplotlib.figure import Figure

CHECKPOINT, PICTURES = "mae-shapes", 6
SHARE = 0.75  # hidden at first
SEED = 1  # of pictures that the checkpoint never saw
START = 3  # of the first patches to be hidden

ALT = (
    "A picture of a shape as 8 × 8 patches, some of them hidden, beside what a small masked auto-encoder "
    "paints "
    "in their place. Patches are hidden and shown by the pointer, or at random by a slider. Below, decibels "
    "on "
    "hidden patches: of the auto-encoder, of the nearest visible patch, and of zero with the true means "
    "pasted "
    "in, which is close although it has learnt nothing."
)


def state(method: MAE) -> dict[str, Any]:
    """All numbers of an MAE in one array, and where each part of it lies: {name: [first, count]}"""
    parts = {name: tensor.float().flatten().numpy() for name, tensor in method.state_dict().items()}
    starts = np.cumsum([0, *(len(part) for part in parts.values())]).tolist()
    places = {name: [start, len(part)] for (name, part), start in zip(parts.items(), starts)}
    return {"values": np.concatenate(list(parts.values())), "places": places}


def hiding(first: int = 0) -> Block:
    """The figure, as the last line of a cell. first: the picture that it begins with, 0 … 5.

    Raises FileNotFoundError without the checkpoint, ValueError for a picture that it has not.
    """
    if not 0 <= first < PICTURES:
        raise ValueError(f"first must be one of the {PICTURES} pictures, 0 … {PICTURES - 1}; got {first}")
    method = shelf.load(CHECKPOINT).module
    images = shapes(PICTURES, seed=SEED).images  # (n, 3, 32, 32), uint8
    H, W = method.encoder.embedding.grid(images[:1].float())
    expect.whole(rows=H, columns=W)
    css, body = css_and_body("hiding.html")
    return interactive(
        beside("hiding.js"),
        {
            "weights": state(method),
            "images": images.permute(0, 2, 3, 1).numpy(),  # (n, 32, 32, 3)
            "grid": [H, W],
            "patch": method.patch,
            "width": method.encoder.cls.shape[-1],
            "heads": [part.layers[0].attention.heads for part in (method.encoder, method.decoder)],
            "depth": [len(part.layers) for part in (method.encoder, method.decoder)],
            "decoder_width": method.decoder.mask.shape[-1],
            "share": SHARE,
            "start": START,
            "first": first,
        },
        body=body,
        css=css,
        height=470,
        alt=ALT,
        fallback=_still(method, first),
    )


def _still(method: MAE, first: int) -> "Figure":
    """One picture at the first share, for viewers that remove scripts."""
    images = shapes(PICTURES, seed=SEED).floats()[first : first + 1]
    grid = method.encoder.embedding.grid(images)
    noise = torch.rand(1, grid[0] * grid[1], generator=torch.Generator().manual_seed(START))
    method.ratio = SHARE
    true = patchify(images, method.patch)
    with torch.no_grad():
        painted, hidden = method.predict({"images": images, "noise": noise})
    painters = {
        "MAE": painted,
        "nearest": nearest_visible(true, hidden, grid),
        "zero": predicted_zero(true, hidden, grid),
    }
    columns = {"hidden": images}
    for name, patches in painters.items():
        shown = torch.where(hidden[..., None], patches, true).clamp(0, 1)
        columns[f"{name}, {decibels(patches, true, hidden):.1f} dB"] = unpatchify(shown, grid, method.patch)
    return side_by_side(columns, hidden=hidden.unflatten(1, grid))
