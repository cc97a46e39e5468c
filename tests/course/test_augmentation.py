"""The augmentation bench: its pictures are the library's, and pictures that do not fit are refused."""

import numpy as np
import pytest
import torch

from course.augment import RandAugment
from course.show.augmentation import ROUNDS, STRENGTHS, _rand_augmented, augmentation_bench

GREY = torch.linspace(0, 1, 64).reshape(8, 8)
RED = torch.stack([GREY, 0 * GREY, 0 * GREY])


def test_it_is_a_block_with_words_and_a_still_image():
    block = augmentation_bench({"a": (GREY, "grey"), "b": (RED, "red")})
    assert "<iframe" in block.html and "label that training would see" in block.alt and block.png


def test_pictures_are_rand_augments():
    images = np.stack([(RED.permute(1, 2, 0) * 255).round().byte().numpy()] * 2)  # (2, 8, 8, 3)
    changed = _rand_augmented(images, seed=3)
    assert changed.shape == (2, len(ROUNDS), len(STRENGTHS), 8, 8, 3)
    assert (changed[:, 0] == images[:, None]).all()  # n = 0: nothing, at any strength
    noise = torch.rand(2, 2, generator=torch.Generator().manual_seed(3))
    floats = torch.from_numpy(images).permute(0, 3, 1, 2).float() / 255
    wanted = (RandAugment(1, 10)(floats, noise=noise) * 255).round().byte().permute(0, 2, 3, 1)
    assert (changed[:, 1, -1] == wanted.numpy()).all()


def test_pictures_that_do_not_fit():
    with pytest.raises(ValueError, match="two pictures or more"):
        augmentation_bench({"a": (GREY, "grey")})
    with pytest.raises(ValueError, match="squares of one size"):
        augmentation_bench({"a": (GREY, "grey"), "b": (GREY[:4], "half")})
    with pytest.raises(ValueError, match="squares of one size"):
        augmentation_bench({"a": (GREY[:4], "half"), "b": (GREY[:4], "half")})
