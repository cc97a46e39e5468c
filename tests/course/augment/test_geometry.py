"""Crops against PIL's resizing of a box, blur against loops."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from course.augment import Affine, Blur, Crop, Flip
from course.augment.geometry import blur, crop

sides = st.integers(3, 12)
seeds = st.integers(0, 10_000)


def images_and_noise(B, H, W, seed, numbers=4):
    generator = torch.Generator().manual_seed(seed)
    return torch.rand(B, 3, H, W, generator=generator), torch.rand(B, numbers, generator=generator)


def by_pil(image, box, size):
    """Every channel in PIL's 32-bit mode; the box (centre, half side; −1 … 1) in pixels."""
    H, W = image.shape[-2:]
    x, y, half_width, half_height = box.tolist()
    place = [(x - half_width + 1) * W / 2, (y - half_height + 1) * H / 2]
    place += [(x + half_width + 1) * W / 2, (y + half_height + 1) * H / 2]
    place = [min(max(edge, 0.0), float(end)) for edge, end in zip(place, (W, H, W, H))]
    planes = [Image.fromarray(plane.numpy()) for plane in image]
    resized = [plane.resize((size, size), Image.Resampling.BILINEAR, box=place) for plane in planes]
    return torch.from_numpy(np.stack([np.array(plane) for plane in resized]))


@settings(max_examples=25, deadline=None)
@given(sides, sides, st.integers(0, 8), seeds)
def test_crop_is_pils_resize_of_a_box(H, W, more, seed):
    images, noise = images_and_noise(3, H, W, seed)
    size = max(H, W) + more  # enlarging: no antialiasing in either
    transform = Crop(size)
    boxes = transform.boxes(images, noise)
    expected = torch.stack([by_pil(*pair, size) for pair in zip(images, boxes)])
    torch.testing.assert_close(transform(images, noise=noise), expected, atol=1e-5, rtol=1e-5)
    mirrored = crop(images, boxes * torch.tensor([1, 1, -1, 1]), size)
    torch.testing.assert_close(mirrored, expected.flip(-1), atol=1e-5, rtol=1e-5)


@settings(max_examples=30, deadline=None)
@given(sides, sides, st.floats(0.05, 1), st.floats(0.3, 1), seeds)
def test_boxes(H, W, low, narrow, seed):
    """Inside the image; of the share and the ratio drawn, unless a side had to be cut."""
    images, noise = images_and_noise(50, H, W, seed)
    transform = Crop(4, scale=(low, 1.0), ratio=(narrow, 1 / narrow))
    x, y, half_width, half_height = transform.boxes(images, noise).double().unbind(1)
    assert ((x.abs() + half_width).max() <= 1 + 1e-6) and ((y.abs() + half_height).max() <= 1 + 1e-6)
    whole = (half_width < 1) & (half_height < 1)
    share = low + (1 - low) * noise[:, 0].double()
    ratio = torch.exp(math.log(narrow) * (1 - 2 * noise[:, 1].double()))
    torch.testing.assert_close((half_width * half_height)[whole], share[whole], atol=1e-5, rtol=1e-5)
    in_pixels = half_width * W / (half_height * H)
    torch.testing.assert_close(in_pixels[whole], ratio[whole], atol=1e-5, rtol=1e-5)
    cut = torch.minimum((share * ratio * H / W).sqrt(), torch.tensor(1.0))
    torch.testing.assert_close(half_width, cut, atol=1e-5, rtol=1e-5)


def test_boxes_reach_every_place_alike():
    images = torch.zeros(1, 3, 8, 8).expand(20_000, -1, -1, -1)
    noise = torch.rand(20_000, 4, generator=torch.Generator().manual_seed(0))
    boxes = Crop(8, scale=(0.25, 0.25), ratio=(1.0, 1.0)).boxes(images, noise)
    torch.testing.assert_close(boxes[:, 2:], torch.full((20_000, 2), 0.5))
    assert boxes[:, :2].mean(0).abs().max() < 0.01 and (boxes[:, :2].abs().amax(0) - 0.5).abs().max() < 0.01
    assert (boxes[:, :2].std(0) - 0.5 / 3**0.5).abs().max() < 0.01  # uniform between −½ and ½


def test_no_pixel_is_skipped_when_crops_shrink():
    stripes = torch.tensor([0.0, 1.0]).repeat(16).expand(1, 1, 32, 32)  # every other column is white
    transform = Crop(8, scale=(1.0, 1.0), ratio=(1.0, 1.0))
    assert transform.points(stripes) == 4
    torch.testing.assert_close(transform(stripes), torch.full((1, 1, 8, 8), 0.5))
    assert Crop(32).points(stripes) == 1 and Crop(16, scale=(0.05, 0.18)).points(stripes) == 1
    means = torch.rand(2, 3, 32, 32)
    expected = torch.nn.functional.avg_pool2d(means, 4)  # centres of quarters are the pixels themselves
    torch.testing.assert_close(transform(means), expected, atol=1e-5, rtol=1e-5)


def test_flip_exchanges_left_and_right():
    images, noise = images_and_noise(40, 3, 5, 0, numbers=1)
    flipped = Flip(0.4)(images, noise=noise)
    for image, number, result in zip(images, noise[:, 0], flipped):
        assert torch.equal(result, image[:, :, [4, 3, 2, 1, 0]] if number < 0.4 else image)


def blurred_by_loops(image, sigma, radius):
    """Both directions at once: a sum over the square, mirrored at the edges without repeating them."""

    def mirrored(place, length):
        place = abs(place)
        return place if place < length else 2 * (length - 1) - place

    H, W = image.shape[1:]
    weights = [math.exp(-(d**2) / (2 * sigma**2)) for d in range(-radius, radius + 1)]
    result = np.zeros_like(image)
    for y in range(H):
        for x in range(W):
            for i, a in enumerate(weights):
                for j, b in enumerate(weights):
                    place = mirrored(y + i - radius, H), mirrored(x + j - radius, W)
                    result[:, y, x] += a * b * image[:, place[0], place[1]]
    return result / sum(weights) ** 2


@settings(max_examples=8, deadline=None)
@given(st.integers(4, 6), st.integers(4, 6), st.integers(1, 3), seeds)
def test_blur_against_loops(H, W, radius, seed):
    images, noise = images_and_noise(3, H, W, seed, numbers=1)
    images, sigma = images.double(), 0.1 + 1.9 * noise[:, 0].double()
    expected = [blurred_by_loops(x.numpy(), float(s), radius) for x, s in zip(images, sigma)]
    np.testing.assert_allclose(blur(images, sigma, radius).numpy(), expected, atol=1e-12)


@pytest.mark.parametrize("side, reach", [(1, 0), (2, 1), (32, 1), (64, 3), (224, 6)])
def test_how_far_a_blur_reaches(side, reach):
    """A tenth of the image, three of the largest sigma at most: seen from a single white pixel."""
    point = torch.zeros(1, 1, side, side)
    point[..., side // 2, side // 2] = 1
    blurred = Blur((2.0, 2.0), p=1.0)(point)
    row = blurred[0, 0, side // 2].nonzero().flatten()
    assert int((row - side // 2).abs().max()) == reach
    if side >= 32:
        torch.testing.assert_close(blurred.sum(), torch.tensor(1.0))


# --- small motions ---------------------------------------------------------------------------------------


def a_dot(row=4, column=4):
    images = torch.zeros(1, 1, 9, 9)
    images[..., row, column] = 1
    return images


def test_half_noise_changes_nothing():
    images, _ = images_and_noise(2, 7, 10, 0)
    assert torch.allclose(
        Affine(30, 0.2, (0.8, 1.25))(images, noise=torch.full((2, 4), 0.5)), images, atol=1e-5
    )


def test_a_dot_is_moved_by_a_share_of_the_side():
    moved = Affine(0, 2 / 9, (1, 1))(a_dot(), noise=torch.tensor([[0.5, 0.0, 0.5, 0.5]]))
    assert torch.allclose(moved, a_dot(4, 6), atol=1e-5)  # read from 2 pixels to the left
    moved = Affine(0, 2 / 9, (1, 1))(a_dot(), noise=torch.tensor([[0.5, 0.5, 1.0, 0.5]]))
    assert torch.allclose(moved, a_dot(2, 4), atol=1e-5)


def test_a_quarter_turn_is_rot90():
    images, _ = images_and_noise(2, 8, 8, 1)
    turned = Affine(90, 0, (1, 1))(images, noise=torch.tensor([[1.0, 0.5, 0.5, 0.5]] * 2))
    assert any(torch.allclose(turned, images.rot90(k, (2, 3)), atol=1e-4) for k in (1, 3))


def test_what_comes_in_is_paper_and_zoom_enlarges():
    ones = torch.ones(1, 1, 8, 8)
    small = Affine(0, 0, (0.5, 1.0))(ones, noise=torch.tensor([[0.5, 0.5, 0.5, 0.0]]))
    assert small.sum() == pytest.approx(16, rel=0.3) and small[0, 0, 0, 0] == 0
    big = Affine(0, 0, (1.0, 2.0))(small, noise=torch.tensor([[0.5, 0.5, 0.5, 1.0]]))
    assert big.sum() > 3 * small.sum()


@pytest.mark.parametrize("wrong", [dict(degrees=-1), dict(shift=2), dict(zoom=(0, 1)), dict(zoom=(1.2, 0.8))])
def test_motions_that_make_no_sense(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Affine(**wrong)
