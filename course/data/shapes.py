"""Images made here: one shape on a background, with everything about it known.

Drawn at random and independently are which shape, its colour, its texture, its position, its size, the kind
of background, and all that has no name (shades, tilt, a shift of a few pixels, noise). A classifier can be
asked for any of the named ones (`about`), a captioner for the sentence, a segmenter for the mask.

A shape is given by the signed distance to its edge, d(x, y), negative inside: with d in pixels, 1/2 − d
clipped to 0 … 1 is how much of a pixel it covers, so that edges come out smooth at any size.

    both shapes, min(d₁, d₂)        what they share, max(d₁, d₂)        one without the other, max(d₁, −d₂)

What people usually get wrong: a shape that is always in the middle, or has a colour of its own, lets a model
read the label off a few pixels; here no factor tells anything about another.
"""

import math
from dataclasses import dataclass, replace
from typing import ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor

from course import expect
from course.data.image_set import ImageSet, measured

SHAPES = ("circle", "ring", "crescent", "square", "cross", "triangle", "star", "heart")
PAINTS = {  # red, green, blue, and how light the second shade of a texture is
    "red": (0.90, 0.11, 0.13, 0.45),
    "orange": (0.98, 0.52, 0.05, 0.50),
    "yellow": (0.98, 0.87, 0.12, 0.55),
    "green": (0.10, 0.68, 0.25, 0.45),
    "blue": (0.10, 0.33, 0.92, 0.40),
    "purple": (0.58, 0.16, 0.75, 0.45),
    "white": (0.97, 0.97, 0.97, 0.80),
    "black": (0.05, 0.05, 0.06, 1.00),
}
COLOURS = tuple(PAINTS)
TEXTURES = ("plain", "striped", "chequered", "dotted")
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
BACKGROUNDS = ("plain", "graded", "cloudy", "grainy")
FACTORS = {
    "shape": SHAPES,
    "colour": COLOURS,
    "texture": TEXTURES,
    "position": POSITIONS,
    "size": SIZES,
    "background": BACKGROUNDS,
}
RADII = ((0.28, 0.34), (0.42, 0.48))  # of half the image: small, large
CELL = 0.44  # from the middle of the image to the middle of a position, of half the image
CLOUDS = 5  # a cloudy background is drawn from 5 × 5 numbers
NAMELESS = (  # what is drawn at random without having a name, each from 0 to 1
    "radius",
    "shift_x",
    "shift_y",
    "tilt",
    "phase",
    "red",
    "green",
    "blue",
    "hue",
    "muted",
    "lightness",
    "slope",
)
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
    chances = len(FACTORS) + len(NAMELESS) + CLOUDS**2 + size**2  # numbers that one image is drawn from
    factors = torch.empty(count, len(FACTORS), dtype=torch.int64)
    images = torch.empty(count, 3, size, size, dtype=torch.uint8)
    masks = torch.empty(count, size, size, dtype=torch.bool)
    for start in range(0, count, CHUNK):
        part = slice(start, min(start + CHUNK, count))
        drawn = torch.rand(part.stop - start, chances, generator=generator)
        factors[part] = (drawn[:, : len(FACTORS)] * words).long()
        images[part], masks[part] = _draw(factors[part], drawn[:, len(FACTORS) :], size)
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


# --- Drawing -------------------------------------------------------------------------------------------


def _draw(factors: Tensor, nameless: Tensor, size: int) -> tuple[Tensor, Tensor]:
    """factors (N, 6), nameless (N, 12 + noise) -> images (N, 3, H, W), uint8, and masks (N, H, W), bool"""
    shape, colour, texture, position, large, background = factors.T
    chance = {name: column[:, None, None] for name, column in zip(NAMELESS, nameless.T)}  # (N, 1, 1) each
    noise = nameless[:, len(NAMELESS) :]  # (N, 25 + H·W)
    axis = (torch.arange(size) + 0.5) * 2 / size - 1  # middles of the pixels, −1 … 1
    Y, X = axis[:, None], axis[None, :]

    low, high = torch.tensor(RADII)[large].T[..., None, None]  # (N, 1, 1) each
    radius = low + (high - low) * chance["radius"]
    column, row = (position % 3 - 1)[:, None, None], (position // 3 - 1)[:, None, None]
    x = X - CELL * column - 0.16 * (chance["shift_x"] - 0.5)  # (N, H, W) from here on
    y = Y - CELL * row - 0.16 * (chance["shift_y"] - 0.5)
    tilt = (chance["tilt"] - 0.5) * math.radians(40)
    x, y = (
        (x * tilt.cos() + y * tilt.sin()) / radius,
        (y * tilt.cos() - x * tilt.sin()) / radius,
    )  # the shape upright, in a disc of radius 1

    distance = torch.empty(len(factors), size, size)
    for number, edge in enumerate(EDGES):
        chosen = shape == number
        distance[chosen] = edge(x[chosen], y[chosen])
    coverage = (0.5 - distance * radius * size / 2).clamp(0, 1)[:, None]  # (N, 1, H, W)

    paint, shade = torch.tensor(list(PAINTS.values()))[colour].split([3, 1], dim=1)  # (N, 3), (N, 1)
    jitter = torch.stack([chance[name][:, 0, 0] for name in ("red", "green", "blue")], dim=1) - 0.5  # (N, 3)
    paint = (paint + 0.12 * jitter).clamp(0, 1)[..., None, None]  # (N, 3, 1, 1)
    shade = shade[..., None, None]  # (N, 1, 1, 1)
    other = paint * shade + 0.24 * (shade == 1)  # black, which cannot be darker, gets a lighter second shade
    amount = _texture(texture, x * radius, y * radius, chance["phase"], size)[:, None]  # (N, 1, H, W)
    painted = paint + (other - paint) * amount

    behind = _background(background, chance, X, Y, noise)  # (N, 3, H, W)
    images = behind + (painted - behind) * coverage
    return (images.clamp(0, 1) * 255).round().to(torch.uint8), coverage[:, 0] >= 0.5


def _texture(kind: Tensor, x: Tensor, y: Tensor, phase: Tensor, size: int) -> Tensor:
    """How much of a pixel has the texture's second shade: (N, H, W), 0 … 1; a period is 5 pixels or more"""
    wave = 2 * math.pi / max(0.19, 10 / size)  # in a turn over half the image's width
    sharp = size / 8
    across, down = (wave * x + 2 * math.pi * phase).sin(), (wave * y).sin()
    amounts = torch.stack(
        [
            torch.zeros_like(x),
            (0.5 + sharp * across / 2).clamp(0, 1),
            (0.5 + sharp * across * down).clamp(0, 1),
            (0.5 + sharp * (across + down - 1.0) / 2).clamp(0, 1),
        ]
    )  # (4, N, H, W)
    return amounts[kind, torch.arange(len(kind))]


def _background(kind: Tensor, chance: dict[str, Tensor], X: Tensor, Y: Tensor, noise: Tensor) -> Tensor:
    """Muted colours of middling lightness, which none of the shapes has: (N, 3, H, W)"""
    N = len(kind)
    turn = torch.arange(3)[None, :, None, None] / 3  # red, green and blue, a third of a turn apart
    hue, muted = chance["hue"][:, None], 0.04 + 0.10 * chance["muted"][:, None]  # (N, 1, 1, 1) each
    light = 0.38 + 0.30 * chance["lightness"][:, None]
    flat = light + muted * (2 * math.pi * (hue + turn)).cos()  # (N, 3, 1, 1)
    angle = 2 * math.pi * chance["slope"]
    ramp = (X * angle.cos() + Y * angle.sin())[:, None]  # (N, 1, H, W)
    slow = noise[:, : CLOUDS**2].view(N, 1, CLOUDS, CLOUDS) - 0.5
    grain = noise[:, CLOUDS**2 :].view(N, 1, Y.numel(), X.numel()) - 0.5  # (N, 1, H, W)
    clouds = F.interpolate(slow, size=grain.shape[2:], mode="bicubic", align_corners=True)  # (N, 1, H, W)
    lights = torch.stack(
        [torch.zeros_like(grain), 0.15 * ramp, 0.5 * clouds, 0.35 * grain]
    )  # (4, N, 1, H, W)
    return (flat + lights[kind, torch.arange(N)]).clamp(0.12, 0.88)


# --- Shapes: signed distance to the edge, x to the right and y down, within the disc of radius 1 -------


def _circle(x: Tensor, y: Tensor) -> Tensor:
    return torch.hypot(x, y) - 0.92


def _ring(x: Tensor, y: Tensor) -> Tensor:
    return (torch.hypot(x, y) - 0.72).abs() - 0.23


def _crescent(x: Tensor, y: Tensor) -> Tensor:
    return torch.maximum(torch.hypot(x, y) - 0.95, 0.72 - torch.hypot(x - 0.42, y))


def _box(x: Tensor, y: Tensor, width: float, height: float) -> Tensor:
    return torch.maximum(x.abs() - width, y.abs() - height)


def _square(x: Tensor, y: Tensor) -> Tensor:
    return _box(x, y, 0.74, 0.74)


def _cross(x: Tensor, y: Tensor) -> Tensor:
    return torch.minimum(_box(x, y, 0.95, 0.3), _box(x, y, 0.3, 0.95))


def _triangle(x: Tensor, y: Tensor) -> Tensor:
    slanted = x.abs() * math.cos(math.pi / 6) - y * 0.5 - 0.5  # both upper sides, 1/2 from the middle
    return torch.maximum(slanted, y - 0.5)


def _star(x: Tensor, y: Tensor) -> Tensor:
    """Five points, the first upwards; folded to half of one of them, where the edge is a straight line."""
    fifth = 2 * math.pi / 5
    angle = torch.atan2(x, -y)
    folded = (angle - fifth * (angle / fifth).round()).abs()  # 0 (a point) … π/5 (between two)
    length = torch.hypot(x, y)
    inner = 0.45
    tip, notch = (0.0, 1.0), (inner * math.sin(fifth / 2), inner * math.cos(fifth / 2))
    across, along = notch[0] - tip[0], notch[1] - tip[1]
    u, v = length * folded.sin(), length * folded.cos() - 1.0
    return (v * across - u * along) / math.hypot(across, along)


def _heart(x: Tensor, y: Tensor) -> Tensor:
    """A square on its corner, with half a disc on each of its two upper sides."""
    half = 0.46
    s = math.sqrt(0.5)
    lowered = y - 0.14
    square = _box(s * (x + lowered), s * (x - lowered), half, half)
    discs = torch.hypot(x.abs() - half * s, lowered + half * s) - half
    return torch.minimum(square, discs)


EDGES = (_circle, _ring, _crescent, _square, _cross, _triangle, _star, _heart)  # in the order of SHAPES
