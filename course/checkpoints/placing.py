"""A supervised ViT that remembers how its positions looked on the way, and what they have learnt of the grid.

What people usually get wrong: looking at the end alone, as if it had been built in. Learned positions start
as noise, and neighbours become alike because it helps.
"""

from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import normalize

from course.checkpoints.score import Score
from course.data.image_set import ImageSet
from course.evaluate.features import share_right
from course.fewlabels.supervised import Supervised

KEPT = (0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.35, 0.6, 1.0)  # shares of the training


class PositionsKept(Supervised):
    """Supervised learning that keeps the positions of its ViT at some shares of the training.

    kept: a buffer (len(KEPT), 1 + N, dim), of positions with CLS first; those that are to come are 0.
    """

    encoder: Any  # a ViT with learned positions

    def __init__(self, model: Any, **options: Any):
        super().__init__(model, **options)
        table = model.position.table.detach()[0]  # (1 + N, dim)
        self.register_buffer("kept", torch.zeros(len(KEPT), *table.shape))
        self.kept: Tensor
        self.kept[0] = table

    def after_step(self, progress: float) -> None:
        for number, share in enumerate(KEPT):
            if progress >= share and not self.kept[number].any():
                self.kept[number] = self.encoder.position.table.detach()[0]


def neighbours(table: Tensor) -> tuple[float, float]:
    """The mean cosine of positions side by side, and of all others: (1 + N, dim) -> two numbers"""
    p = normalize(table[1:].float(), dim=1)  # (N, dim)
    side = int(len(p) ** 0.5)
    places = torch.cartesian_prod(torch.arange(side), torch.arange(side)).float()  # (N, 2)
    apart, alike = torch.cdist(places, places), p @ p.T  # (N, N) each
    beside, far = (apart - 1).abs() < 0.1, apart > 1.1
    return alike[beside].mean().item(), alike[far].mean().item()


def read_right(method: PositionsKept, test: ImageSet) -> Score:
    """How many images of a set its own head reads right, in percent, beside the commonest class."""
    commonest = test.labels.bincount().max().item() / len(test)
    return Score(
        f"right of {len(test):,} unseen images, %, by its own head",
        100 * share_right(method.encoder, test),
        {"the commonest class": 100 * commonest},
    )


def grid_learnt(method: PositionsKept) -> list[Score]:
    """What positions side by side have in common, at the end, beside the start and beside all others."""
    (start, _), (end, others) = neighbours(method.kept[0]), neighbours(method.kept[-1])
    return [
        Score("cosine of positions side by side", end, {"before training": start, "not side by side": others})
    ]
