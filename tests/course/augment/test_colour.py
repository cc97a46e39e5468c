"""Colours against PIL's ImageEnhance and ImageOps, and hue against Python's colorsys."""

import colorsys

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageEnhance, ImageOps

from course.augment import ColourJitter, Grey, Solarise
from course.augment.colour import brighten, change_contrast, grey, saturate, solarise, turn_hue

seeds = st.integers(0, 10_000)


def photographs(seed, B=4, H=9, W=7):
    """8-bit images of uneven brightness, as tensors and for PIL."""
    draw = np.random.default_rng(seed)
    top = draw.integers(2, 256, (B, 1, 1, 3))
    pixels = draw.integers(0, top, (B, H, W, 3)).astype(np.uint8)
    return as_tensor(pixels), [Image.fromarray(image) for image in pixels]


def as_tensor(pixels):
    return torch.from_numpy(np.array(pixels)).permute(0, 3, 1, 2).double() / 255


@settings(max_examples=20, deadline=None)
@given(seeds)
@pytest.mark.parametrize(
    "change, enhancer, steps",
    [
        (brighten, ImageEnhance.Brightness, 1.01),
        (
            change_contrast,
            ImageEnhance.Contrast,
            2.01,
        ),  # PIL rounds the mean, and the result
        (saturate, ImageEnhance.Color, 2.01),
    ],
)
def test_enhancing_is_pils(change, enhancer, steps, seed):
    images, pictures = photographs(seed)
    factors = torch.rand(4, generator=torch.Generator().manual_seed(seed)).double() * 2
    expected = as_tensor([np.array(enhancer(p).enhance(float(f))) for p, f in zip(pictures, factors)])
    assert ((change(images, factors) - expected).abs() * 255).max() <= steps


@settings(max_examples=20, deadline=None)
@given(seeds)
def test_blends_against_the_formula_with_loops(seed):
    images, _ = photographs(seed, B=2, H=3, W=2)
    factors = torch.rand(2, generator=torch.Generator().manual_seed(seed)).double() * 2
    for image, f, contrasted, saturated in zip(
        images.numpy(), factors.tolist(), change_contrast(images, factors), saturate(images, factors)
    ):
        greys = np.zeros((3, 2))
        for y in range(3):
            for x in range(2):
                r, g, b = image[:, y, x]
                greys[y, x] = 0.299 * r + 0.587 * g + 0.114 * b
        np.testing.assert_allclose(contrasted, np.clip(f * image + (1 - f) * greys.mean(), 0, 1), atol=1e-12)
        np.testing.assert_allclose(saturated, np.clip(f * image + (1 - f) * greys, 0, 1), atol=1e-12)


def test_grey_and_solarise_are_pils():
    images, pictures = photographs(0)
    expected = np.stack([np.array(ImageOps.grayscale(p)) for p in pictures])
    assert (grey(images)[:, 0] * 255 - torch.from_numpy(expected)).abs().max() <= 1
    assert torch.equal(Grey(1.0)(images), grey(images).expand_as(images))
    inverted = as_tensor([np.array(ImageOps.solarize(p, 128)) for p in pictures])
    torch.testing.assert_close(Solarise(0.5, p=1.0)(images), inverted)
    one = torch.tensor([[[[0.2, 0.5, 0.7]]]])
    torch.testing.assert_close(solarise(one, torch.tensor([0.5])), torch.tensor([[[[0.2, 0.5, 0.3]]]]))


channel = st.one_of(st.sampled_from([0.0, 0.5, 1.0]), st.floats(0, 1, width=32))


@settings(max_examples=300, deadline=None)
@given(channel, channel, channel, st.one_of(st.sampled_from([-0.5, -1 / 3, 0.0, 0.5]), st.floats(-0.5, 0.5)))
def test_hue_is_turned_as_colorsys_does(r, g, b, turn):
    image = torch.tensor([r, g, b], dtype=torch.float64).view(1, 3, 1, 1)
    turned = turn_hue(image, torch.tensor([turn], dtype=torch.float64)).flatten()
    h, s, v = colorsys.rgb_to_hsv(r, g, b)
    np.testing.assert_allclose(turned, colorsys.hsv_to_rgb((h + turn) % 1.0, s, v), atol=1e-9)


def test_hue_of_single_precision_and_many_images():
    images, turns = torch.rand(50, 3, 2, 2), torch.rand(50) - 0.5
    turned = turn_hue(images, turns)
    for image, turn, result in zip(images.double(), turns.tolist(), turned.double()):
        for y in range(2):
            for x in range(2):
                h, s, v = colorsys.rgb_to_hsv(*image[:, y, x].tolist())
                expected = colorsys.hsv_to_rgb((h + turn) % 1.0, s, v)
                np.testing.assert_allclose(result[:, y, x], expected, atol=1e-5)


def test_jitter_is_its_four_parts_in_order():
    images, noise = torch.rand(30, 3, 4, 4), torch.rand(30, 5)
    changed = ColourJitter(0.8, 0.6, 1.2, 0.3, p=0.5)(images, noise=noise)
    factors = [
        max(0, 1 - s) + (1 + s - max(0, 1 - s)) * noise[:, i] for s, i in ((0.8, 1), (0.6, 2), (1.2, 3))
    ]
    expected = saturate(change_contrast(brighten(images, factors[0]), factors[1]), factors[2])
    expected = turn_hue(expected, 0.6 * noise[:, 4] - 0.3)
    chosen = noise[:, 0] < 0.5
    torch.testing.assert_close(changed[chosen], expected[chosen])
    assert torch.equal(changed[~chosen], images[~chosen]) and 0 < chosen.sum() < 30
