"""Two photographs of scikit-learn's, for what is better seen on a real picture than measured on a set.

"china" is a temple in summer, "flower" a dahlia, 427 × 640 pixels each; both are Creative Commons
Attribution (their authors stand in scikit-learn's documentation of `load_sample_images`).
"""

import torch
from torch import Tensor

from course import expect

NAMES = ("china", "flower")


def photograph(name: str = "china", multiple: int = 16) -> Tensor:
    """One of the two, cut to multiples of `multiple` pixels: (1, 3, H, W), from 0 to 1"""
    from sklearn.datasets import load_sample_image  # slow to import

    expect.one_of("name", name, NAMES)
    expect.whole(multiple=multiple)
    pixels = torch.tensor(load_sample_image(f"{name}.jpg"))  # (427, 640, 3), uint8
    H, W = (side - side % multiple for side in pixels.shape[:2])
    return pixels[:H, :W].permute(2, 0, 1)[None].float() / 255
