"""One large shape of one colour over clutter: images in which what is worth looking at is known.

The clutter is small squares of muted colours, each drawn for itself, so that it is alike in all images and
tells nothing about any of them; the shape and its colour do. A network that is to know an image again, from
crops of it or by its label, has to find the shape.

What people usually get wrong: `shapes` in its place, where a shape covers a sixteenth of the image and each
background is of its own kind. Whoever has to know such an image again learns the background, and looks away
from the shape.
"""

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from course import expect
from course.data.drawing import EDGES, PAINTS
from course.data.image_set import ImageSet, measured

RADII = (0.45, 0.6)  # of half the image
SQUARE = 2  # pixels wide and high, in the clutter
SMALLEST = 8  # pixels


@dataclass(frozen=True, eq=False, repr=False)
class Clutter(ImageSet):
    """An ImageSet that knows where the shape is; masks: (N, H, W), bool, True on it."""

    masks: Tensor

    EACH: ClassVar[tuple[str, ...]] = ("images", "labels", "masks")


def clutter(count: int = 2000, size: int = 32, seed: int = 0) -> Clutter:
    """`count` images of `size` × `size` pixels, labelled by the colour of their shape: (count, 3, size, size)

    The same seed gives the same images. Raises ValueError below 8 pixels.
    """
    expect.whole(count=count, size=size)
    if size < SMALLEST:
        raise ValueError(f"size must be at least {SMALLEST} pixels, for a shape to be seen; got {size}")
    generator = torch.Generator().manual_seed(seed)
    kind = torch.randint(len(EDGES), (count,), generator=generator)
    colour = torch.randint(len(PAINTS), (count,), generator=generator)
    low, high = RADII
    place, radius, tilt = torch.rand(4, count, 1, 1, generator=generator).split([2, 1, 1])  # (·, N, 1, 1)
    radius = low + (high - low) * radius[0]  # (N, 1, 1)
    axis = (torch.arange(size) + 0.5) * 2 / size - 1  # middles of the pixels, −1 … 1
    x, y = (line - (2 * at - 1) * (1 - radius) for line, at in zip((axis[None, :], axis[:, None]), place))
    angle = tilt[0] * 2 * torch.pi  # (N, 1, 1)
    x, y = (x * angle.cos() + y * angle.sin()) / radius, (y * angle.cos() - x * angle.sin()) / radius
    distance = torch.empty(count, size, size)
    for number, edge in enumerate(EDGES.values()):
        distance[kind == number] = edge(x[kind == number], y[kind == number])
    coverage = (0.5 - distance * radius * size / 2).clamp(0, 1)[:, None]  # (N, 1, H, W)

    cells = -(-size // SQUARE)
    muted = 0.25 + 0.5 * torch.rand(count, 3, cells, cells, generator=generator)
    behind = muted.repeat_interleave(SQUARE, 2).repeat_interleave(SQUARE, 3)[:, :, :size, :size]
    paint = torch.tensor(list(PAINTS.values()))[colour, :3, None, None]  # (N, 3, 1, 1)
    images = ((behind + (paint - behind) * coverage) * 255).round().to(torch.uint8)
    return Clutter(images, colour, tuple(PAINTS), *measured(images), coverage[:, 0] >= 0.5)
