"""Scikit-learn's handwritten digits: 1,797 real images of 8 × 8 pixels, on disk with the library.

The test part of UCI's "Optical recognition of handwritten digits" (E. Alpaydin and C. Kaynak, 1998):
each pixel counts the inked points of a 4 × 4 block, 0 … 16.
"""

from functools import cache
from typing import Any

import numpy as np
import torch
from torch import Tensor

from course.data.image_set import ImageSet, measured
from course.data.shipped import shipped

INK = 16  # the largest count of a pixel
CLASSES = 10
TESTED = 397  # the last of them, from which small demonstrations do not learn


def digits() -> tuple[Tensor, Tensor]:
    """All images and what they show, always in the same order.

    -> images (1797, 8, 8), float32 from 0 (paper) to 1 (ink), and labels (1797,), int64 from 0 to 9
    """
    table = torch.tensor(_table())  # (1797, 65)
    images, labels = table[:, :-1].unflatten(1, (8, 8)), table[:, -1]  # (1797, 8, 8), (1797,)
    return images.float() / INK, labels.long()


@cache
def _table() -> Any:
    """What the file holds: the pixels of each image row by row, and behind them its label; (1797, 65)"""
    return np.loadtxt(shipped("data/digits.csv.gz"), delimiter=",")


def digit_set() -> ImageSet:
    """The same as an ImageSet, for whatever trains on one: (1797, 1, 8, 8), 0 (paper) to 255 (ink)"""
    images, labels = digits()
    pixels = (images[:, None] * 255).round().to(torch.uint8)  # (1797, 1, 8, 8)
    return ImageSet(pixels, labels, tuple("0123456789"), *measured(pixels))
