"""RandAugment's operations against PIL's on 8-bit images, and its choices."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageEnhance, ImageOps

from course.augment import RandAugment
from course.augment.rand_augment import OPERATIONS

H, W = 40, 30  # enough for equalize to count several pixels to a level
seeds = st.integers(0, 10_000)


def photographs(seed, B=4):
    draw = np.random.default_rng(seed)
    low = draw.integers(0, 100, (B, 1, 1, 3))
    top = low + draw.integers(1, 150, (B, 1, 1, 3))
    pixels = draw.integers(low, top, (B, H, W, 3)).astype(np.uint8)
    return torch.from_numpy(pixels).permute(0, 3, 1, 2).double() / 255, [Image.fromarray(p) for p in pixels]


def steps_apart(images, pictures):
    """By how many of 255 levels the two differ at the most."""
    pixels = torch.from_numpy(np.stack([np.array(p) for p in pictures])).permute(0, 3, 1, 2)
    return float((images * 255 - pixels).abs().max())


def affine(entries):
    """PIL's, reading (x, y) about the centre of the image."""
    a, b, d, e = entries
    x, y = W / 2, H / 2
    data = (a, b, x - a * x - b * y, d, e, y - d * x - e * y)
    return lambda p: p.transform(p.size, Image.Transform.AFFINE, data, Image.Resampling.BILINEAR)


PIL_HAS = {  # amount in −1 … 1 -> what PIL does, and how many levels rounding may make
    "identity": (lambda a: lambda p: p, 0.001),
    "autoContrast": (lambda a: ImageOps.autocontrast, 1.001),  # PIL rounds down
    "equalize": (lambda a: ImageOps.equalize, 0.001),
    "solarize": (lambda a: lambda p: ImageOps.solarize(p, (1 - abs(a)) * 256), 0.001),
    "posterize": (lambda a: lambda p: ImageOps.posterize(p, 8 - round(4 * abs(a))), 0.001),
    "color": (lambda a: lambda p: ImageEnhance.Color(p).enhance(1 + 0.9 * a), 2.001),
    "contrast": (lambda a: lambda p: ImageEnhance.Contrast(p).enhance(1 + 0.9 * a), 2.001),
    "brightness": (lambda a: lambda p: ImageEnhance.Brightness(p).enhance(1 + 0.9 * a), 1.001),
    "sharpness": (lambda a: lambda p: ImageEnhance.Sharpness(p).enhance(1 + 0.9 * a), 2.001),
}
PIL_MOVES = {
    "rotate": lambda a: lambda p: p.rotate(30 * a, Image.Resampling.BILINEAR),
    "shear-x": lambda a: affine((1, 0.3 * a, 0, 1)),
    "shear-y": lambda a: affine((1, 0, 0.3 * a, 1)),
    "translate-x": lambda a: (
        lambda p: p.transform(
            p.size, Image.Transform.AFFINE, (1, 0, a * W * 150 / 331, 0, 1, 0), Image.Resampling.BILINEAR
        )
    ),
    "translate-y": lambda a: (
        lambda p: p.transform(
            p.size, Image.Transform.AFFINE, (1, 0, 0, 0, 1, a * H * 150 / 331), Image.Resampling.BILINEAR
        )
    ),
}


def test_there_are_the_papers_fourteen():
    assert set(OPERATIONS) == {*PIL_HAS, *PIL_MOVES} and len(OPERATIONS) == 14


@settings(max_examples=12, deadline=None)
@given(seeds)
@pytest.mark.parametrize("name", PIL_HAS)
def test_operations_on_values_are_pils(name, seed):
    images, pictures = photographs(seed)
    amounts = torch.linspace(-0.9, 0.9, 4, dtype=torch.float64)
    pil, steps = PIL_HAS[name]
    expected = [pil(a)(p) for a, p in zip(amounts.tolist(), pictures)]
    assert steps_apart(OPERATIONS[name](images, amounts), expected) <= steps


@settings(max_examples=12, deadline=None)
@given(seeds)
@pytest.mark.parametrize("name", PIL_MOVES)
def test_moves_are_pils_where_both_have_pixels(name, seed):
    images, pictures = photographs(seed)
    amounts = torch.linspace(-0.9, 0.9, 4, dtype=torch.float64)
    moved = OPERATIONS[name](images, amounts)
    inside = OPERATIONS[name](torch.ones_like(images), amounts) > 0.99999  # no grey came in
    expected = [PIL_MOVES[name](a)(p) for a, p in zip(amounts.tolist(), pictures)]
    pixels = torch.from_numpy(np.stack([np.array(p) for p in expected])).permute(0, 3, 1, 2)
    assert inside.double().mean() > 0.5
    assert ((moved * 255 - pixels).abs() * inside).max() <= 1.001


def test_what_moves_in_is_grey():
    moved = OPERATIONS["translate-x"](torch.ones(1, 3, 331, 331), torch.tensor([1.0]))
    torch.testing.assert_close(moved[..., :181], torch.ones(1, 3, 331, 181), atol=1e-4, rtol=0)
    torch.testing.assert_close(moved[..., 181:], torch.full((1, 3, 331, 150), 0.5), atol=1e-4, rtol=0)


@pytest.mark.parametrize("name", [name for name in OPERATIONS if name not in ("autoContrast", "equalize")])
def test_no_amount_changes_nothing(name):
    images = torch.rand(3, 3, H, W)
    images[0, :, 0] = 1
    torch.testing.assert_close(OPERATIONS[name](images, torch.zeros(3)), images, atol=5e-6, rtol=0)


def test_flat_images_stay_as_they_are():
    flat = torch.full((1, 3, H, W), 0.3)
    for name in ("autoContrast", "equalize"):
        torch.testing.assert_close(OPERATIONS[name](flat, torch.ones(1)), flat)


def test_every_operation_is_drawn_alike(monkeypatch):
    """Each writes its own number instead of working: what is left says what was drawn last, and which way."""
    names = list(OPERATIONS)
    for number, name in enumerate(names):

        def write(x, amount, number=number):
            return torch.zeros_like(x) + (number + 1) / 20 + 0.01 * amount[:, None, None, None]

        monkeypatch.setitem(OPERATIONS, name, write)
    drawn = RandAugment(3, 5.0)(torch.zeros(14_000, 1, 1, 1), torch.Generator().manual_seed(0)).flatten()
    number = (drawn * 20).round().long() - 1
    counts = torch.bincount(number, minlength=14)
    assert (counts - 1000).abs().max() < 5 * 1000**0.5
    amount = (drawn - (number + 1) / 20) * 100
    torch.testing.assert_close(amount.abs(), torch.full((14_000,), 0.5), atol=1e-4, rtol=0)
    assert abs((amount > 0).float().mean() - 0.5) < 0.02
