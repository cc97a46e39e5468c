"""Two photographs of scikit-learn's, for what is better seen on a real picture than measured on a set.

"china" is a temple in summer, "flower" a dahlia, 427 × 640 pixels each; both are Creative Commons
Attribution (their authors stand in scikit-learn's documentation of `load_sample_images`).
"""

import numpy as np
import torch
from torch import Tensor

from course import expect
from course.data.shipped import shipped

NAMES = ("china", "flower")


def photograph(name: str = "china", multiple: int = 16) -> Tensor:
    """One of the two, cut to multiples of `multiple` pixels: (1, 3, H, W), from 0 to 1"""
    from PIL import Image

    expect.one_of("name", name, NAMES)
    expect.whole(multiple=multiple)
    with Image.open(shipped(f"images/{name}.jpg")) as picture:
        pixels = torch.tensor(np.asarray(picture))  # (427, 640, 3), uint8
    H, W = (side - side % multiple for side in pixels.shape[:2])
    return pixels[:H, :W].permute(2, 0, 1)[None].float() / 255
