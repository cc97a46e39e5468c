"""How well the CLS token's attention finds the shape: intersection over union with its mask.

    IoU = |A ∩ M| / |A ∪ M|      A: the patches that hold 60 % of the attention, M: the pixels of the shape

The heads' mean is read, without CLS itself; 60 % as in Caron et al. 2021, figure 4. A patch is in or out, so
that even the best choice of patches does not reach 1.

What people usually get wrong: the best head of the best layer, chosen by the masks. Here a layer is one score
and no head is chosen.
"""

from typing import Any

import torch
from torch import Tensor

from course.checkpoints.score import Score
from course.data.clutter import Clutter
from course.record import Record
from course.training.modes import evaluating
from course.vision.vit import ViT

MASS = 0.6


@torch.no_grad()
def looked_at(encoder: ViT, images: Tensor, mass: float = MASS) -> Tensor:
    """The fewest patches that hold `mass` of CLS attention, by layer: (B, C, H, W) -> (layers, B, N), bool"""
    record: Record = {}
    with evaluating(encoder):
        encoder.features(images, record)
    weights = torch.stack(record["weights"])[:, :, :, 0, 1:].mean(dim=2)  # (layers, B, N), the heads' mean
    sorted_, order = (weights / weights.sum(dim=-1, keepdim=True)).sort(dim=-1, descending=True)
    held = sorted_.cumsum(dim=-1) - sorted_ < mass  # the first that reaches the mass is still in
    return torch.zeros_like(held).scatter(-1, order, held)


def overlap(chosen: Tensor, masks: Tensor) -> float:
    """The mean IoU of patches (B, N) with pixels (B, H, W), both boolean."""
    pixels = _as_pixels(chosen, masks.shape[-1])
    both, either = (pixels & masks).sum(dim=(1, 2)), (pixels | masks).sum(dim=(1, 2))
    return (both / either.clamp(min=1)).mean().item()


def shape_found(encoder: ViT, untrained: ViT, test: Clutter) -> list[Score]:
    """The IoU of each layer, the last one first, beside the same net untrained.

    Each says, too, what the best choice of patches would reach: those that the shape covers by half.
    """
    images, N = test.floats(), encoder.position.table.shape[1] - 1
    own, other = looked_at(encoder, images), looked_at(untrained, images)  # (layers, B, N)
    side = int(N**0.5)
    cell = test.masks.shape[-1] // side
    covered = torch.nn.functional.avg_pool2d(test.masks[:, None].float(), cell).flatten(1)  # (B, N)
    best = overlap(covered >= 0.5, test.masks)
    scores = [
        Score(
            f"IoU of CLS attention and shape, layer {layer + 1}, {len(test):,} images "
            f"(best on this grid {best:.2f})",
            overlap(own[layer], test.masks),
            {"untrained": overlap(other[layer], test.masks)},
        )
        for layer in range(len(own))
    ]
    return scores[::-1]


def _as_pixels(chosen: Tensor, size: int) -> Tensor:
    side = int(chosen.shape[1] ** 0.5)
    grid: Any = chosen.unflatten(1, (side, side))  # (B, side, side)
    return grid.repeat_interleave(size // side, 1).repeat_interleave(size // side, 2)
