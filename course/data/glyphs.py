"""Letters of scripts that nobody can read: a lesson's archive, of which only the course has the labels.

A script has ten letters, each a line through five points drawn at random. A hand never writes one twice the
same: points are off, the line is turned, stretched and moved, the pen thick or thin, the ink darker than
its paper or lighter. Which script is written (`script`) and by which hand (`seed`) are drawn apart, so
images to train on, without labels and to test on can be of one script and share no image.

What people usually get wrong: they judge with a script that they chose their method on. Another one costs one
number.
"""

import math

import torch
from torch import Tensor

from course import expect
from course.data.image_set import ImageSet, measured

LETTERS = tuple("abcdefghij")
POINTS = 5
APART = 0.25  # the least distance of a letter's neighbouring points, in parts of the image's side
JITTER = 0.12  # by how much a point is off, in parts of the side
CHUNK = 512  # images drawn at a time


def glyphs(count: int, script: int = 0, seed: int = 0, size: int = 12) -> ImageSet:
    """`count` letters of a script, each class as likely as the others: (count, 1, size, size)

    The same script and seed give the same images.
    """
    expect.whole(count=count, size=size)
    images, labels = _page(count, 1, script, seed, size)
    return ImageSet(images[:, 0], labels, LETTERS, *measured(images[:, 0]))


def copies(count: int, script: int = 0, seed: int = 0, size: int = 12) -> Tensor:
    """A page of `count` letters that was written twice, by two hands: (count, 2, 1, size, size), uint8"""
    expect.whole(count=count, size=size)
    return _page(count, 2, script, seed, size)[0]


def _page(count: int, hands: int, script: int, seed: int, size: int) -> tuple[Tensor, Tensor]:
    """(count, hands, 1, size, size), uint8, and the letters, (count,)"""
    letters = _letters(torch.Generator().manual_seed(script))  # (10, 5, 2)
    generator = torch.Generator().manual_seed(seed)
    labels = torch.randint(len(LETTERS), (count,), generator=generator)
    points = letters[labels].repeat_interleave(hands, dim=0)  # (count · hands, 5, 2)
    images = torch.cat([_written(part, size, generator) for part in points.split(CHUNK)])
    return images.unflatten(0, (count, hands)), labels


def _letters(generator: torch.Generator) -> Tensor:
    """The points of each letter, in a square from −0.5 to 0.5: (10, 5, 2)"""
    found: list[Tensor] = []
    while len(found) < len(LETTERS):
        points = torch.rand(POINTS, 2, generator=generator) - 0.5
        if (points[1:] - points[:-1]).norm(dim=-1).min() > APART:
            found.append(points)
    return torch.stack(found)


def _written(points: Tensor, size: int, generator: torch.Generator) -> Tensor:
    """One image of each letter, by a new hand: (N, 5, 2) -> (N, 1, size, size), uint8"""

    def drawn(low: float, high: float, *shape: int) -> Tensor:
        return low + (high - low) * torch.rand(len(points), *shape, generator=generator)

    N = len(points)
    points = points + JITTER * torch.randn(points.shape, generator=generator)
    angle = drawn(-1, 1) * math.pi / 8
    turn = torch.stack([angle.cos(), -angle.sin(), angle.sin(), angle.cos()], dim=-1).view(N, 2, 2)
    points = (points * drawn(0.6, 0.95, 1, 2)) @ turn + drawn(-0.12, 0.12, 1, 2)  # (N, 5, 2)
    start, way = points[:, :-1, None], (points[:, 1:] - points[:, :-1])[:, :, None]  # (N, 4, 1, 2)
    steps = (torch.arange(size) + 0.5) / size - 0.5
    places = torch.cartesian_prod(steps, steps)  # (P, 2), P = size²
    along = ((places - start) * way).sum(dim=-1) / way.square().sum(dim=-1)  # (N, 4, P)
    nearest = start + along.clamp(0, 1)[..., None] * way  # (N, 4, P, 2)
    distance = (places - nearest).norm(dim=-1).amin(dim=1)  # (N, P), to the line
    amount = ((drawn(0.03, 0.09, 1) - distance) * size + 0.5).clamp(0, 1)
    paper, contrast = drawn(0, 0.35, 1), drawn(0.35, 0.65, 1)
    grey = paper + contrast * amount + 0.06 * torch.randn(amount.shape, generator=generator)
    grey = torch.where(drawn(0, 1, 1) < 0.5, grey, 1 - grey)  # light ink, or dark
    return (grey.clamp(0, 1) * 255).round().to(torch.uint8).view(N, 1, size, size)
