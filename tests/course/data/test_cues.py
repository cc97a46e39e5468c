"""Cues: where they are, that the true ones tell the tile, and that the control's do not."""

import pytest
import torch

from course.data.by_name import load
from course.data.cues import misnumbered, numbered


def test_the_last_pixel_of_each_tile_says_which_it_is():
    data = load("digits", "test", 16)
    marked = numbered(data).images[:, 0]
    assert (marked[:, 3::4, 3::4].flatten(1) == 16 * torch.arange(16)).all()
    changed = (marked != data.images[:, 0]).any(dim=0).nonzero()
    assert all(int(row) % 4 == int(column) % 4 == 3 for row, column in changed)


def test_the_control_has_the_same_pixels_in_an_order_of_each_image():
    data = load("digits", "test", 16)
    shuffled = misnumbered(data, seed=1).images[:, 0, 3::4, 3::4].flatten(1)
    assert (shuffled.sort(dim=1).values == 16 * torch.arange(16)).all()
    assert len(shuffled.unique(dim=0)) == len(data)
    assert torch.equal(misnumbered(data, seed=1).images, misnumbered(data, seed=1).images)


def test_mean_and_deviation_are_those_of_what_is_seen():
    data = load("digits", "test", 16)
    assert numbered(data).mean[0] == pytest.approx(numbered(data).floats().mean().item(), abs=1e-6)
    assert numbered(data).mean != data.mean


def test_tiles_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="height"):
        numbered(load("digits", "test", 16), side=5)
