"""What an encoder knows of each place of an image, whatever kind of encoder it is."""

from math import isqrt
from typing import Any

from torch import Tensor

from course.vision.cvt import CvT
from course.vision.vit import ViT


def feature_map(encoder: Any, images: Tensor) -> Tensor:
    """A convolutional network's last map, or a ViT's patches in their places: (B, C, H, W) -> (B, D, h, w)"""
    if hasattr(encoder, "maps"):
        return encoder.maps(images)
    if not isinstance(encoder, ViT | CvT):
        kind = type(encoder).__name__
        raise TypeError(f"features by place need a ViT, or an encoder with maps(images); got {kind}")
    placed: Any = getattr(encoder, "position", getattr(encoder, "peg", None))
    extra = 1 if placed is None else placed.extra
    patches = encoder.tokens(images)[:, extra:]  # (B, N, D), without CLS and its like in front
    H, W = images.shape[-2:]
    h = isqrt(patches.shape[1] * H // W)  # patches are square: h / w = H / W
    return patches.transpose(1, 2).unflatten(2, (h, -1))  # (B, D, h, w)
