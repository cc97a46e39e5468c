"""Cues that give a pretext away: what a scanner or a camera leaves in a picture, put in on purpose.

    numbered      the lower right pixel of each tile says, by its grey, which tile of its image it is
    misnumbered   the same pixels and greys, in an order of its own for each image: they tell nothing

The second is the control of the first: whatever it costs is the price of having such pixels, and what the
first costs beyond it is the price of believing them.

What people usually get wrong: looking for such a cue in single images, where it hides in what they show. In
the *difference* of two means, of all tiles with one label and of all with another, that is nearly gone.
"""

from dataclasses import replace

import torch
from torch import Tensor

from course import expect
from course.data.image_set import ImageSet, measured

GREYS = 256


def numbered(data: ImageSet, side: int = 4) -> ImageSet:
    """Tile n of the side² of each image has grey n · 256 / side² in its last pixel; mean and std anew."""
    count = _count(data, side)
    return _written(data, side, torch.arange(count).expand(len(data), count))


def misnumbered(data: ImageSet, side: int = 4, seed: int = 0) -> ImageSet:
    """The same greys, shuffled in each image for itself by the seed."""
    count = _count(data, side)
    generator = torch.Generator().manual_seed(seed)
    return _written(data, side, torch.rand(len(data), count, generator=generator).argsort(dim=1))


def _count(data: ImageSet, side: int) -> int:
    """How many tiles there are, once it is known that they can be numbered."""
    expect.whole(side=side)
    H, W = data.images.shape[2:]
    expect.divisible("height", H, "side", side)
    expect.divisible("width", W, "side", side)
    if side**2 > GREYS:
        raise ValueError(f"{side**2} tiles cannot be told apart by {GREYS} greys")
    return side**2


def _written(data: ImageSet, side: int, numbers: Tensor) -> ImageSet:
    """numbers: (N, side²) -> the set with a grey for each in the last pixel of its tile"""
    greys = (numbers * (GREYS // side**2)).to(torch.uint8).unflatten(1, (1, side, side))  # (N, 1, side, side)
    images = data.images.clone()
    h, w = images.shape[2] // side, images.shape[3] // side
    images[:, :, h - 1 :: h, w - 1 :: w] = greys.to(images.device)
    return _measured(data, images)


def _measured(data: ImageSet, images: Tensor) -> ImageSet:
    mean, std = measured(images)
    return replace(data, images=images, mean=mean, std=std)
