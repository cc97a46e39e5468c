"""Normalisation: subtract a mean, divide by a standard deviation. Whose mean is the whole difference.

    y = γ (x − mean) / √(variance + ε) + β        mean and variance over these axes of x:

    batch      (B, C, H, W)          over B, H, W         Ioffe and Szegedy 2015, algorithm 1
    layer      (B, N, D)             over D               Ba et al. 2016, equation 3
    instance   (B, C, H, W)          over H, W            Ulyanov et al. 2016
    group      (B, G, C/G, H, W)     over C/G, H, W       Wu and He 2018, equation 7

    GRN        γ x N(x) + β + x      N = ‖x‖ / mean_C ‖x‖, norms over H, W      Woo et al. 2023, equations 1–3

The first four remove what all values of a set have in common. GRN compares the *channels* with each other
instead, and strengthens those that respond most: there is no mean to subtract.

What people usually get wrong
- batch norm divides by the *biased* variance of its batch, but remembers the unbiased one for evaluation;
- `momentum` 0.1 is the share of the *new* batch, not of the old average;
- forgetting `eval()`: batch norm is the only one of them whose answer for an image depends on the others;
- layer norm in a Transformer is over the channels of *one token*. Over (C, H, W) of a whole image, as the
  name is used for convolutional networks, it is group norm with a single group;
- ε is inside the root, and in GRN outside of it;
- writing GRN's norm as √Σx²: its gradient is NaN at a channel of zeros, and masking makes such channels;
- GRN divides by the *mean* over the channels, in the paper's code as here; its equation 2 has their sum.

Parameters: 2 a channel, γ and β, for every one of them; batch norm remembers 2 more that are not learned.
"""

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from course import expect

# --- The formula ---------------------------------------------------------------------------------------


def normalise(x: Tensor, axes: Sequence[int], eps: float = 1e-5) -> Tensor:
    """Mean 0 and variance 1 over these axes together: x: any shape -> the same shape

    Raises TypeError where x has no floating-point numbers, ValueError where the axes hold a single value.
    """
    mean, variance = moments(x, axes)
    return standardise(x, mean, variance, eps)


def moments(x: Tensor, axes: Sequence[int]) -> tuple[Tensor, Tensor]:
    """Mean and biased variance over these axes, which stay with length 1, so that both broadcast to x."""
    expect.floating("x", x)
    axes, shape = tuple(axes), tuple(x.shape)
    if any(not -x.dim() <= axis < x.dim() for axis in axes):
        raise ValueError(f"shape {shape} does not have all of the axes {axes}")
    if not axes or values(x, axes) < 2:
        raise ValueError(f"over axes {axes} of shape {shape} there are fewer than two values: no variance")
    mean = x.mean(axes, keepdim=True)
    return mean, (x - mean).square().mean(axes, keepdim=True)


def standardise(x: Tensor, mean: Tensor, variance: Tensor, eps: float) -> Tensor:
    """(x − mean) / √(variance + ε)"""
    return (x - mean) / (variance + eps).sqrt()


def values(x: Tensor, axes: Sequence[int]) -> int:
    """Over how many values a mean over these axes is taken."""
    return math.prod([x.shape[axis] for axis in axes])


def wide(x: Tensor) -> Tensor:
    """At least float32: sums of many squares are beyond bfloat16's three digits."""
    return x.to(torch.promote_types(x.dtype, torch.float32))


# --- Layers over the channels of a feature map ----------------------------------------------------------


class ChannelNorm(nn.Module):
    """What batch, instance and group norm share: x: (B, dim, H, W) -> the same shape, and a γ, β a channel.

    A kind of norm says in `normalised` over which axes. Parameters: 2 · dim, named as PyTorch names them.
    """

    def __init__(self, dim: int, eps: float = 1e-5):
        super().__init__()
        expect.whole(dim=dim)
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(dim))  # γ
        self.bias = nn.Parameter(torch.zeros(dim))  # β

    def forward(self, x: Tensor) -> Tensor:
        expect.images(x, len(self.weight), self.weight)
        y = self.normalised(wide(x))  # (B, dim, H, W)
        return (self.weight[:, None, None] * y + self.bias[:, None, None]).to(x.dtype)

    def normalised(self, x: Tensor) -> Tensor:
        """x before γ and β: (B, dim, H, W) -> the same shape"""
        raise NotImplementedError


class BatchNorm2d(ChannelNorm):
    """Each channel over the whole batch; equal to `torch.nn.BatchNorm2d`.

    In training by the statistics of the batch, which are remembered too: running ← (1 − momentum) running +
    momentum new, the variance with B·H·W − 1 in the denominator. In evaluation by the remembered ones.
    """

    running_mean: Tensor
    running_var: Tensor

    def __init__(self, dim: int, eps: float = 1e-5, momentum: float = 0.1):
        super().__init__(dim, eps)
        if not 0 <= momentum <= 1:
            raise ValueError(f"momentum, the share of the new batch, must be from 0 to 1; got {momentum!r}")
        self.momentum = momentum
        self.register_buffer("running_mean", torch.zeros(dim))
        self.register_buffer("running_var", torch.ones(dim))

    def normalised(self, x: Tensor) -> Tensor:
        if not self.training:
            mean, variance = self.running_mean[:, None, None], self.running_var[:, None, None]
            return standardise(x, mean, variance, self.eps)
        mean, variance = moments(x, (0, 2, 3))  # (1, dim, 1, 1) each
        self.remember(mean.flatten(), variance.flatten(), values(x, (0, 2, 3)))
        return standardise(x, mean, variance, self.eps)

    @torch.no_grad()
    def remember(self, mean: Tensor, variance: Tensor, n: int) -> None:
        """Move the running statistics towards those of a batch of n values a channel: (dim,) each"""
        unbiased = variance * (n / (n - 1))
        for running, new in ((self.running_mean, mean), (self.running_var, unbiased)):
            running.lerp_(new.to(running.dtype), self.momentum)


class InstanceNorm2d(ChannelNorm):
    """Each channel of each image by itself; equal to `torch.nn.InstanceNorm2d(dim, affine=True)`."""

    def normalised(self, x: Tensor) -> Tensor:
        return normalise(x, (2, 3), self.eps)


class GroupNorm(ChannelNorm):
    """The channels of each image in `groups` groups of neighbours; as `torch.nn.GroupNorm(groups, dim)`.

    One group is layer norm over (C, H, W); as many groups as channels is instance norm.
    """

    def __init__(self, groups: int, dim: int, eps: float = 1e-5):
        super().__init__(dim, eps)
        expect.divisible("dim", dim, "groups", groups)
        self.groups = groups

    def normalised(self, x: Tensor) -> Tensor:
        grouped = x.unflatten(1, (self.groups, -1))  # (B, G, C/G, H, W)
        return normalise(grouped, (2, 3, 4), self.eps).flatten(1, 2)  # (B, C, H, W)


# --- Layers over the channels in the last axis ----------------------------------------------------------


class LayerNorm(nn.Module):
    """Each token by itself, over its channels; equal to `torch.nn.LayerNorm(dim)`.

    x: (..., dim) -> the same shape. Parameters: 2 · dim. The models of this course use PyTorch's, which is
    the same in one kernel.
    """

    def __init__(self, dim: int, eps: float = 1e-5):
        super().__init__()
        expect.whole(dim=dim)
        self.eps = eps
        self.weight = nn.Parameter(torch.ones(dim))  # γ
        self.bias = nn.Parameter(torch.zeros(dim))  # β

    def forward(self, x: Tensor) -> Tensor:
        expect.channels_last("x", x, len(self.weight), self.weight)
        return (self.weight * normalise(wide(x), (-1,), self.eps) + self.bias).to(x.dtype)


class GRN(nn.Module):
    """Global response normalisation, ConvNeXt V2's: channels compete by how strongly the image excites them.

    x: (B, H, W, dim), channels last -> the same shape. With γ = β = 0, as it starts, it changes nothing.
    Parameters: 2 · dim.
    """

    def __init__(self, dim: int, eps: float = 1e-6):
        super().__init__()
        expect.whole(dim=dim)
        self.eps = eps
        self.gamma = nn.Parameter(torch.zeros(dim))
        self.beta = nn.Parameter(torch.zeros(dim))

    def forward(self, x: Tensor) -> Tensor:
        expect.channels_last("x", x, len(self.gamma), self.gamma)
        if x.dim() != 4:
            raise ValueError(f"x must have shape (batch, height, width, channels); got {tuple(x.shape)}")
        strength = torch.linalg.vector_norm(wide(x), dim=(1, 2), keepdim=True)  # (B, 1, 1, dim)
        relative = strength / (strength.mean(-1, keepdim=True) + self.eps)  # mean 1 over the channels
        return (self.gamma * (x * relative) + self.beta + x).to(x.dtype)
