"""A teacher: a copy of the student that learns nothing itself and follows it slowly.

    θ_teacher ← λ θ_teacher + (1 − λ) θ_student          an exponential moving average (EMA), behind each step

What people usually get wrong
- λ grows to 1 while training goes on: along a cosine in DINO, along a line in I-JEPA;
- the teacher sits in the same module tree as the student, so `train()` must not reach its dropout;
- what BatchNorm remembers is not a parameter, and an average of parameters alone leaves it at its start.
"""

import copy
import math
from contextlib import AbstractContextManager, nullcontext
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
        if not 0 <= momentum <= 1:
            raise ValueError(f"momentum must be from 0 to 1; got {momentum!r}")
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


def spread(z: Tensor) -> Tensor:
    """The standard deviation over a batch, a mean over the channels: z: (B, D) -> scalar

    0 when all images get the same embedding, which is what collapse is.
    """
    return z.detach().float().std(dim=0).mean()


def effective_rank(z: Tensor) -> Tensor:
    """In how many directions a batch spreads, (Σλ)² / Σλ² over the covariance's eigenvalues: (B, D) -> scalar

    From 1, all on a line, to min(B − 1, D), the same in all directions; 0 for a single point. No
    eigenvalue is computed: their sum is the covariance's trace, and that of their squares its squared norm.
    """
    expect.floating("z", z)
    z = z.detach().float()
    z = z - z.mean(dim=0)
    with full_precision(z):
        gram = z @ z.T if z.shape[0] < z.shape[1] else z.T @ z  # the same eigenvalues, the smaller matrix
    return gram.trace().square() / gram.square().sum().clamp(min=torch.finfo(gram.dtype).tiny)


def full_precision(x: Tensor) -> AbstractContextManager:
    """Products in the tensor's own precision, whatever autocast says: a loss needs its last digits."""
    device = x.device.type
    return torch.autocast(device, enabled=False) if torch.amp.is_autocast_available(device) else nullcontext()


def _check_progress(progress: float) -> None:
    if not 0 <= progress <= 1:
        raise ValueError(
            f"progress must be from 0 to 1, the share of the training that is over; got {progress!r}"
        )
