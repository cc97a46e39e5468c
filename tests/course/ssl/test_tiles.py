"""Tiles against loops: cutting, joining, windows anywhere, standardising and shuffling."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from course.ssl.tiles import cut, join, shuffle, standardise, windows

small = st.integers(1, 4)


def randn(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


@settings(max_examples=40, deadline=None)
@given(small, small, small, small, small, st.integers(1, 3))
def test_cutting_equals_a_loop_and_joining_undoes_it(B, C, rows, columns, h, w):
    images = randn(B, C, rows * h, columns * w)
    tiles = cut(images, rows, columns)
    for n in range(rows * columns):
        r, c = n // columns, n % columns
        assert torch.equal(tiles[:, n], images[:, :, r * h : (r + 1) * h, c * w : (c + 1) * w])
    assert torch.equal(join(tiles, rows, columns), images)


def test_windows_equal_slices():
    images = randn(3, 2, 9, 11)
    top, left = torch.tensor([[0, 5], [3, 3], [1, 0]]), torch.tensor([[7, 0], [2, 6], [0, 4]])
    found = windows(images, top, left, 4)
    for b in range(3):
        for n in range(2):
            t, s = top[b, n], left[b, n]
            assert torch.equal(found[b, n], images[b, :, t : t + 4, s : s + 4])


def test_standardised_tiles_have_mean_0_and_deviation_1_and_flat_ones_are_0():
    tiles = 5 + 3 * randn(2, 4, 3, 6, 6)
    tiles[0, 0, 1] = 0.7
    done = standardise(tiles).numpy()
    np.testing.assert_allclose(done.mean((-2, -1)), 0, atol=1e-3)
    deviation = np.ones((2, 4, 3))
    deviation[0, 0, 1] = 0
    np.testing.assert_allclose(done.std((-2, -1)), deviation, atol=1e-3)


def test_shuffling_brings_tile_order_i_to_place_i():
    tiles, order = randn(2, 3, 1, 2, 2), torch.tensor([[2, 0, 1], [1, 2, 0]])
    done = shuffle(tiles, order)
    for b in range(2):
        for i in range(3):
            assert torch.equal(done[b, i], tiles[b, order[b, i]])


@pytest.mark.parametrize(
    "wrong, sentence",
    [
        (
            lambda: cut(torch.rand(3, 8, 8), 2, 2),
            r"images must have shape \(batch, channels, height, width\); got",
        ),
        (lambda: cut(torch.rand(1, 3, 8, 9), 2, 2), "width 9 is not divisible by columns 2"),
        (lambda: join(torch.rand(1, 5, 3, 2, 2), 2, 2), "5 tiles do not fill a grid of 2 × 2"),
        (lambda: join(torch.rand(5, 3, 2, 2), 2, 2), "tiles must have shape"),
        (
            lambda: windows(torch.rand(2, 1, 4, 4), torch.zeros(1, 3), torch.zeros(1, 3), 2),
            "top must have shape",
        ),
        (lambda: shuffle(torch.rand(2, 4, 1), torch.zeros(2, 3).long()), r"order must have shape \(2, 4\)"),
    ],
)
def test_wrong_use_is_named(wrong, sentence):
    with pytest.raises(ValueError, match=sentence):
        wrong()


def test_images_of_whole_numbers_are_refused():
    with pytest.raises(TypeError, match="images must be a tensor of floating-point numbers; got uint8"):
        cut(torch.zeros(1, 3, 4, 4, dtype=torch.uint8), 2, 2)
