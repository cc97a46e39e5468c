"""Scikit-learn's handwritten digits: 1,797 real images of 8 × 8 pixels, on disk with the library.

The test part of UCI's "Optical recognition of handwritten digits" (E. Alpaydin and C. Kaynak, 1998):
each pixel counts the inked points of a 4 × 4 block, 0 … 16.
"""

import torch
from torch import Tensor

from course.data.image_set import ImageSet, measured

INK = 16  # the largest count of a pixel
CLASSES = 10
TESTED = 397  # the last of them, from which small demonstrations do not learn


def digits() -> tuple[Tensor, Tensor]:
    """All images and what they show, always in the same order.

    -> images (1797, 8, 8), float32 from 0 (paper) to 1 (ink), and labels (1797,), int64 from 0 to 9
    """
    from sklearn.datasets import load_digits  # slow to import, and only needed here

    bunch = load_digits()
    images = torch.tensor(bunch.images, dtype=torch.float32) / INK  # (1797, 8, 8)
    return images, torch.tensor(bunch.target, dtype=torch.int64)


def digit_set() -> ImageSet:
    """The same as an ImageSet, for whatever trains on one: (1797, 1, 8, 8), 0 (paper) to 255 (ink)"""
    images, labels = digits()
    pixels = (images[:, None] * 255).round().to(torch.uint8)  # (1797, 1, 8, 8)
    return ImageSet(pixels, labels, tuple("0123456789"), *measured(pixels))
