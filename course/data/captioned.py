"""Pictures with captions, some combinations of colour and shape kept apart: what nobody has shown together.

    "a red square at the top left"        5 colours × 5 shapes × 4 places: 100 captions

Each colour and each shape is seen in training, but five pairs of them are not: `UNSEEN`, in which every
colour and every shape occurs once. A model that has learnt two words can join them; one that has learnt
pairs by heart cannot.

What people usually get wrong: a split at random, in which every caption stands on both sides, so that what is
tested is memory; and a choice among the unseen pairs only, where the colour alone tells which one it is.
"""

from dataclasses import dataclass, replace
from typing import ClassVar, Self

import torch
from torch import Tensor

from course import expect
from course.data import drawing
from course.data.image_set import ImageSet, measured

SHAPES = ("circle", "square", "triangle", "cross", "ring")
COLOURS = ("red", "yellow", "green", "blue", "white")
PLACES = ("top left", "top right", "bottom left", "bottom right")
PAIRS = tuple(f"{colour} {shape}" for colour in COLOURS for shape in SHAPES)
UNSEEN = tuple(6 * i for i in range(5))  # numbers of PAIRS: red circle, yellow square, green triangle, …
SEEN = tuple(number for number in range(len(PAIRS)) if number not in UNSEEN)
CHOICES = {"seen": SEEN, "unseen": UNSEEN, "all": tuple(range(len(PAIRS)))}
SMALLEST = 8  # pixels


@dataclass(frozen=True, eq=False, repr=False)
class Captioned(ImageSet):
    """An ImageSet with a sentence an image, labelled by colour and shape together, the classes PAIRS.

    factors: (N, 3), int64, numbers of the words in COLOURS, SHAPES and PLACES
    masks: (N, H, W), bool, True where the shape covers at least half of the pixel
    """

    captions: tuple[str, ...]
    factors: Tensor
    masks: Tensor

    EACH: ClassVar[tuple[str, ...]] = ("images", "labels", "captions", "factors", "masks")

    def at_random(self, generator: torch.Generator) -> Self:
        """Each caption handed to a picture at random, a control that can learn nothing of pairs."""
        order = torch.randperm(len(self), generator=generator).tolist()
        return replace(self, captions=tuple(self.captions[i] for i in order))


def captioned(count: int = 2000, pairs: str = "seen", size: int = 32, seed: int = 0) -> Captioned:
    """`count` pictures of `size` × `size` pixels with captions: (count, 3, size, size)

    pairs: "seen" to train on, "unseen" to test on, or "all". The same seed gives the same pictures, and a
    longer set begins with those of a shorter one. Raises ValueError below 8 pixels.
    """
    expect.whole(count=count, size=size)
    expect.one_of("pairs", pairs, CHOICES)
    if size < SMALLEST:
        raise ValueError(f"size must be at least {SMALLEST} pixels, for a shape to be seen; got {size}")
    generator = torch.Generator().manual_seed(seed)
    drawn = torch.rand(count, 2 + drawing.chances(size), generator=generator)
    allowed = torch.tensor(CHOICES[pairs])
    pair = allowed[(drawn[:, 0] * len(allowed)).long()]  # (N,)
    place = (drawn[:, 1] * len(PLACES)).long()
    colour, shape = pair // len(SHAPES), pair % len(SHAPES)

    paint = torch.tensor([list(drawing.PAINTS).index(name) for name in COLOURS])[colour]
    edge = torch.tensor([list(drawing.EDGES).index(name) for name in SHAPES])[shape]
    corner = torch.tensor([0, 2, 6, 8])[place]  # of the nine places that can be drawn
    plain, large = torch.zeros_like(pair), torch.ones_like(pair)
    images, masks = drawing.draw(
        torch.stack([edge, paint, plain, corner, large, plain], dim=1), drawn[:, 2:], size
    )
    factors = torch.stack([colour, shape, place], dim=1)
    captions = tuple(caption(*row) for row in factors.tolist())
    return Captioned(images, pair, PAIRS, *measured(images), captions, factors, masks)


def caption(colour: int, shape: int, place: int) -> str:
    """The sentence of these numbers: `caption(0, 1, 0)` is "a red square at the top left"."""
    return f"a {COLOURS[colour]} {SHAPES[shape]} at the {PLACES[place]}"


def prompts(pair: int) -> list[str]:
    """All captions that a picture of this pair can have, one for each place: 4 sentences."""
    colour, shape = divmod(pair, len(SHAPES))
    return [caption(colour, shape, place) for place in range(len(PLACES))]
