"""Rotation: the four turns against NumPy, in one batch, and labels that fit."""

import numpy as np
import pytest
import torch
from torch import nn

from course.ssl.rotation import Rotation, rotations


class Features(nn.Module):
    """The pixels as they are."""

    def features(self, images):
        return images.flatten(1)


def test_all_four_rotations_of_each_image_are_in_the_batch():
    images = torch.rand(3, 2, 5, 5, generator=torch.Generator().manual_seed(0))
    turned, labels = rotations(images)
    assert turned.shape == (12, 2, 5, 5) and labels.dtype == torch.int64
    for place, label in enumerate(labels.tolist()):
        expected = np.rot90(images[place % 3].numpy(), label, axes=(1, 2))
        np.testing.assert_array_equal(turned[place], expected)
    assert torch.bincount(labels).tolist() == [3, 3, 3, 3]


def test_one_quarter_turn_is_anticlockwise():
    image = torch.tensor([[1.0, 2.0], [3.0, 4.0]])[None, None]
    assert rotations(image)[0][1, 0].tolist() == [[2, 4], [1, 3]]


def test_loss_and_accuracy_by_hand():
    method = Rotation(Features(), dim=4)
    with torch.no_grad():
        method.head.weight.copy_(torch.tensor([[1.0, 0, 0, 0], [0, 0, 2, 0], [0, 0, 0, 3], [0, 4, 0, 0]]))
        method.head.bias.zero_()
    image = torch.tensor([[1.0, 0.0], [0.0, 0.0]])[None, None]  # its ink goes to pixels 0, 2, 3 and 1 in turn
    loss, told = method(method.views(image))
    expected = -np.mean([s - np.log(np.exp(s) + 3) for s in (1, 2, 3, 4)])
    assert loss.item() == pytest.approx(expected, abs=1e-6)
    assert told["accuracy"] == 1


def test_augmentation_comes_before_turning():
    method = Rotation(
        Features(), dim=4, augment=lambda images, generator: images + torch.rand(1, generator=generator)
    )
    batch = method.views(torch.zeros(1, 1, 2, 2), torch.Generator().manual_seed(0))
    assert batch["images"].unique().numel() == 1  # the same amount in all four


def test_wrong_use_is_named():
    with pytest.raises(ValueError, match="only square images keep their shape when turned; got 4 × 6"):
        rotations(torch.rand(1, 3, 4, 6))
    with pytest.raises(
        ValueError, match="the encoder's output has width 4 but this layer was made for width 5"
    ):
        Rotation(Features(), dim=5)(rotations_batch())


def rotations_batch():
    images, labels = rotations(torch.rand(1, 1, 2, 2))
    return {"images": images, "labels": labels}
