"""One shape on a background, drawn: from numbers to pixels and to a mask.

A shape is given by the signed distance to its edge, d(x, y), negative inside: with d in pixels, 1/2 − d
clipped to 0 … 1 is how much of a pixel it covers, so that edges come out smooth at any size.

    both shapes, min(d₁, d₂)        what they share, max(d₁, d₂)        one without the other, max(d₁, −d₂)

What people usually get wrong: asking of a pixel's middle alone whether it lies inside, which gives steps; a
texture finer than two pixels a period, which comes out as another one.
"""

import math
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor

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
TEXTURES = ("plain", "striped", "chequered", "dotted")
BACKGROUNDS = ("plain", "graded", "cloudy", "grainy")
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


def chances(size: int) -> int:
    """How many random numbers one image of this size is drawn from."""
    return len(NAMELESS) + CLOUDS**2 + size**2


def draw(factors: Tensor, nameless: Tensor, size: int) -> tuple[Tensor, Tensor]:
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
    for number, edge in enumerate(EDGES.values()):
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
    patterns: list[Callable[[Tensor, Tensor], Tensor]] = [
        lambda across, down: sharp * across / 2,
        lambda across, down: sharp * across * down,
        lambda across, down: sharp * (across + down - 1.0) / 2,
    ]
    amount = torch.zeros_like(x)
    for number, pattern in enumerate(patterns, start=1):  # 0 has none
        chosen = kind == number
        across, down = (wave * x[chosen] + 2 * math.pi * phase[chosen]).sin(), (wave * y[chosen]).sin()
        amount[chosen] = (0.5 + pattern(across, down)).clamp(0, 1)
    return amount


def _background(kind: Tensor, chance: dict[str, Tensor], X: Tensor, Y: Tensor, noise: Tensor) -> Tensor:
    """Muted colours of middling lightness, which none of the shapes has: (N, 3, H, W)"""
    N = len(kind)
    turn = torch.arange(3)[None, :, None, None] / 3  # red, green and blue, a third of a turn apart
    hue, muted = chance["hue"][:, None], 0.04 + 0.10 * chance["muted"][:, None]  # (N, 1, 1, 1) each
    light = 0.38 + 0.30 * chance["lightness"][:, None]
    flat = light + muted * (2 * math.pi * (hue + turn)).cos()  # (N, 3, 1, 1)
    shown = torch.zeros(N, 1, Y.numel(), X.numel())  # what lies on the plain colour
    sloping, cloudy, grainy = (kind == number for number in (1, 2, 3))
    angle = 2 * math.pi * chance["slope"][sloping]
    shown[sloping] = 0.15 * (X * angle.cos() + Y * angle.sin())[:, None]
    slow = noise[cloudy, : CLOUDS**2].view(-1, 1, CLOUDS, CLOUDS) - 0.5
    size = shown.shape[2:]
    shown[cloudy] = 0.5 * F.interpolate(slow, size=size, mode="bicubic", align_corners=True)
    shown[grainy] = 0.35 * (noise[grainy, CLOUDS**2 :].view(-1, 1, *size) - 0.5)
    return (flat + shown).clamp(0.12, 0.88)


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


EDGES = {
    "circle": _circle,
    "ring": _ring,
    "crescent": _crescent,
    "square": _square,
    "cross": _cross,
    "triangle": _triangle,
    "star": _star,
    "heart": _heart,
}
