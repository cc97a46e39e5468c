"""How to train, as plain data: the recipe, and the rows in which a training is told."""

import math
from dataclasses import dataclass
from typing import Any

import torch

from course import expect
from course.training.precision import PRECISIONS

Row = dict[str, float]  # what is told about the steps since the row before
OPTIMISERS = ("adamw", "sgd")


class Diverged(RuntimeError):
    """The loss is no longer a number."""


@dataclass(frozen=True)
class Recipe:
    """How to train. batch: images a step, over all pieces; all of them where the data have fewer.

    warm_up: a share of all steps. optimiser: "adamw", or "sgd" with momentum 0.9. precision: "32" or "bf16".
    accumulate: pieces of a step in each process. clip: the largest norm of the gradient. compile: whether
    torch.compile translates the method first, which takes a minute and pays off on a GPU.
    """

    epochs: int = 10
    batch: int = 128
    lr: float = 1e-3
    weight_decay: float = 0.05
    warm_up: float = 0.1
    optimiser: str = "adamw"
    precision: str = "32"
    accumulate: int = 1
    clip: float | None = None
    compile: bool = False
    seed: int = 0

    def __post_init__(self) -> None:
        expect.whole(epochs=self.epochs, batch=self.batch, accumulate=self.accumulate)
        expect.rate(warm_up=self.warm_up)
        expect.one_of("optimiser", self.optimiser, OPTIMISERS)
        expect.one_of("precision", self.precision, PRECISIONS)
        clip = 1.0 if self.clip is None else self.clip
        if not (0 < self.lr < math.inf and 0 <= self.weight_decay < math.inf and clip > 0):
            raise ValueError(
                "lr must be above 0, weight_decay 0 or more, both finite, and clip above 0 or None; "
                f"got {self.lr!r}, {self.weight_decay!r} and {self.clip!r}"
            )

    def lr_at(self, progress: float) -> float:
        """The learning rate when a share of the training is over, 0 … 1."""
        if progress < self.warm_up:
            return self.lr * progress / self.warm_up
        return self.lr * (1 + math.cos(math.pi * (progress - self.warm_up) / (1 - self.warm_up))) / 2

    def optimise(self, groups: list[dict[str, Any]]) -> torch.optim.Optimizer:
        """The optimiser of what a method wants trained, its `groups`."""
        if not groups:
            raise ValueError("there is nothing to train: every parameter is frozen")
        if self.optimiser == "sgd":
            return torch.optim.SGD(groups, self.lr, momentum=0.9)
        return torch.optim.AdamW(groups, self.lr, foreach=True)  # a tenth of a small step saved
