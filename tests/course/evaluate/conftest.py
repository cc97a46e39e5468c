"""A tiny encoder, and images whose class is how bright they are."""

import pytest
import torch

from course.data import ImageSet
from course.vision.vit import ViT


@pytest.fixture
def tiny():
    """Makes encoders, each with weights of its own."""
    options = dict(image_size=4, patch=2, dim=12, depth=1, heads=2, hidden=16, classes=0, channels=1)
    return lambda: ViT(**options)


@pytest.fixture
def bright():
    """Makes sets of two classes, dark and bright."""

    def make(N, seed=0):
        generator = torch.Generator().manual_seed(seed)
        labels = torch.arange(N) % 2
        noise = torch.randint(60, (N, 1, 4, 4), generator=generator)
        images = (noise + 190 * labels[:, None, None, None]).to(torch.uint8)
        return ImageSet(images, labels, ("dark", "bright"), (0.5,), (0.25,))

    return make
