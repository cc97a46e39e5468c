"""A teacher: a copy of the student that learns nothing itself and follows it slowly.

    θ_teacher ← λ θ_teacher + (1 − λ) θ_student          an exponential moving average (EMA), behind each step

What people usually get wrong
- λ grows to 1 while training goes on: along a cosine in DINO, along a line in I-JEPA;
- the teacher sits in the same module tree as the student, so `train()` must not reach its dropout;
- what BatchNorm remembers is not a parameter, and an average of parameters alone leaves it at its start.
"""

import copy
import math
from typing import Any

import torch
from torch import Tensor, nn

from course import expect


class Teacher(nn.Module):
    """A frozen copy of a network, always in evaluation mode; called as the network is, without gradients."""

    def __init__(self, student: nn.Module):
        super().__init__()
        self.network = copy.deepcopy(student).requires_grad_(False)
        self.eval()

    def train(self, mode: bool = True) -> "Teacher":
        """Stay in evaluation mode, whatever the method around it does."""
        return super().train(False)

    @torch.no_grad()
    def forward(self, *inputs: Any) -> Tensor:
        return self.network(*inputs)

    @torch.no_grad()
    def follow(self, student: nn.Module, momentum: float) -> None:
        """Move to the student by 1 − momentum of the way; what BatchNorm remembers is copied."""
        expect.share(momentum=momentum)
        own: list[Tensor] = list(self.network.parameters())
        other: list[Tensor] = list(student.parameters())
        torch._foreach_lerp_(own, other, 1 - momentum)  # one kernel for all tensors
        for buffer, new in zip(self.network.buffers(), student.buffers()):
            buffer.copy_(new)


def cosine_to_one(start: float, progress: float) -> float:
    """From `start` at progress 0 to 1 at progress 1 along half a cosine, slow at both ends."""
    _check_progress(progress)
    return 1 - (1 - start) * (math.cos(math.pi * progress) + 1) / 2


def linear_to_one(start: float, progress: float) -> float:
    """From `start` at progress 0 to 1 at progress 1 along a line."""
    _check_progress(progress)
    return start + (1 - start) * progress


def _check_progress(progress: float) -> None:
    if not 0 <= progress <= 1:
        raise ValueError(
            f"progress must be from 0 to 1, the share of the training that is over; got {progress!r}"
        )
