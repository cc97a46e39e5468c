"""Images made here: one shape on a background, with everything about it known.

Drawn at random and independently are which shape, its colour, its texture, its position, its size, the kind
of background, and all that has no name (shades, tilt, a shift of a few pixels, noise). A classifier can be
asked for any of the named ones (`about`), a captioner for the sentence, a segmenter for the mask.

What people usually get wrong: a shape that is always in the middle, or has a colour of its own, lets a model
read the label off a few pixels; here no factor tells anything about another.
"""

from dataclasses import dataclass, replace
from typing import ClassVar

import torch
from torch import Tensor

from course import expect
from course.data.drawing import BACKGROUNDS, EDGES, PAINTS, TEXTURES, chances, draw
from course.data.image_set import ImageSet, measured

SHAPES = tuple(EDGES)
COLOURS = tuple(PAINTS)
POSITIONS = (
    "top left",
    "top",
    "top right",
    "left",
    "centre",
    "right",
    "bottom left",
    "bottom",
    "bottom right",
)
SIZES = ("small", "large")
FACTORS = {
    "shape": SHAPES,
    "colour": COLOURS,
    "texture": TEXTURES,
    "position": POSITIONS,
    "size": SIZES,
    "background": BACKGROUNDS,
}
CHUNK = 256  # images drawn at a time
SMALLEST = 8  # pixels


@dataclass(frozen=True, eq=False, repr=False)
class Shapes(ImageSet):
    """An ImageSet that knows what is in its images.

    masks: (N, H, W), bool, True where the shape covers at least half of the pixel
    factors: (N, 6), int64, numbers of the words in FACTORS, in its order
    captions: one sentence an image
    """

    masks: Tensor
    factors: Tensor
    captions: tuple[str, ...]

    EACH: ClassVar[tuple[str, ...]] = ("images", "labels", "masks", "factors", "captions")

    def about(self, factor: str) -> "Shapes":
        """The same images, labelled by another factor: "shape", "colour", "texture", …"""
        expect.one_of("factor", factor, FACTORS)
        labels = self.factors[:, list(FACTORS).index(factor)]  # (N,)
        return replace(self, labels=labels, classes=FACTORS[factor])

    def segmentation(self) -> Tensor:
        """The class of each pixel: (N, H, W), int64, 0 for the background and 1 + label on the shape"""
        return self.masks * (1 + self.labels[:, None, None])


def shapes(count: int = 2000, size: int = 32, seed: int = 0) -> Shapes:
    """`count` images of `size` × `size` pixels, labelled by their shape: (count, 3, size, size)

    The same seed gives the same images, and a longer set begins with the images of a shorter one.
    """
    expect.whole(count=count, size=size)
    if size < SMALLEST:
        raise ValueError(f"size must be at least {SMALLEST} pixels, for a shape to be seen; got {size}")
    generator = torch.Generator().manual_seed(seed)
    words = torch.tensor([len(words) for words in FACTORS.values()])
    needed = len(FACTORS) + chances(size)
    factors = torch.empty(count, len(FACTORS), dtype=torch.int64)
    images = torch.empty(count, 3, size, size, dtype=torch.uint8)
    masks = torch.empty(count, size, size, dtype=torch.bool)
    for start in range(0, count, CHUNK):
        part = slice(start, min(start + CHUNK, count))
        drawn = torch.rand(part.stop - start, needed, generator=generator)
        factors[part] = (drawn[:, : len(FACTORS)] * words).long()
        images[part], masks[part] = draw(factors[part], drawn[:, len(FACTORS) :], size)
    mean, std = measured(images)
    captions = tuple(_caption(row) for row in factors.tolist())
    return Shapes(images, factors[:, 0], SHAPES, mean, std, masks, factors, captions)


def _caption(numbers: list[int]) -> str:
    shape, colour, texture, position, size, background = (
        words[number] for words, number in zip(FACTORS.values(), numbers)
    )
    where = "in the centre" if position == "centre" else f"at the {position}"
    if position in ("left", "right"):
        where = f"on the {position}"
    pattern = "" if texture == "plain" else f"{texture} "
    return f"a {size} {pattern}{colour} {shape} {where}, on a {background} background"
