"""Random numbers that can be replayed: drawn where their generator lives, used where the data are.

A generator of the CPU gives the same numbers for data on any device; PyTorch refuses to mix the two itself.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Generator, Tensor


def home(like: Tensor, generator: Generator | None) -> torch.device:
    """Where to draw: where the generator lives, or without one where `like` does."""
    return like.device if generator is None else generator.device


def drawn(
    sample: Callable[..., Tensor], *arguments: Any, like: Tensor, generator: Generator | None, **options: Any
) -> Tensor:
    """What PyTorch's `sample` gives, on the device of `like`.

    drawn(torch.rand, (B, n), like=images, generator=generator)                uniform, 0 … 1
    drawn(torch.randint, 3, (B,), like=images, generator=generator)            0, 1 or 2
    """
    numbers = sample(*arguments, generator=generator, device=home(like, generator), **options)
    return numbers.to(like.device, non_blocking=True)
