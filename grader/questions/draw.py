"""The inputs of a check, drawn fresh each time from a seed."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from typing import TypeVar

import torch
from torch import Tensor

from grader.questions.personal import personal_seed

T = TypeVar("T")


class Draw:
    """Random inputs that make mistakes visible: moderate numbers, all sizes distinct.

    Two draws with the same ``seed`` give the same inputs. ``key`` is the student's own key
    (`grader.questions.personal`); only `personal` uses it.
    """

    SMALLEST, LARGEST = 2, 9

    def __init__(self, seed: int, key: str = "") -> None:
        self.seed = seed
        self.key = key
        self._random = random.Random(seed)
        self._torch = torch.Generator().manual_seed(self._random.getrandbits(63))

    def sizes(self, count: int) -> list[int]:
        """``count`` different sizes between 2 and 9, so that a wrong axis always shows."""
        return self._random.sample(range(self.SMALLEST, self.LARGEST + 1), count)

    def normal(self, *shape: int) -> Tensor:
        """A float32 tensor of the given shape from a standard normal distribution."""
        return torch.randn(shape, generator=self._torch)

    def mask(self, *shape: int) -> Tensor:
        """A boolean mask, True = may attend; each row has at least one True and one False.

        The last axis is a row and must hold at least two keys.
        """
        *rows, keys = shape
        order = torch.rand(*rows, keys, generator=self._torch).argsort(dim=-1)
        allowed = torch.randint(1, keys, (*rows, 1), generator=self._torch)  # 1 … keys - 1
        return order < allowed

    def integer(self, low: int, high: int) -> int:
        """An integer between ``low`` and ``high``, both included."""
        return self._random.randint(low, high)

    def choice(self, sequence: Sequence[T]) -> T:
        """One element of ``sequence``."""
        return self._random.choice(sequence)

    def shuffled(self, sequence: Sequence[T]) -> list[T]:
        """The elements of ``sequence`` in random order."""
        return self._random.sample(sequence, len(sequence))

    def weights_like(self, weight: Tensor) -> Tensor:
        """Random values for a parameter, scaled as a layer of its width would be."""
        fan_in = weight.shape[-1] if weight.dim() else 1
        return self.normal(*weight.shape) / math.sqrt(fan_in)

    def personal(self, exercise: str) -> Draw:
        """The draw that belongs to this student and exercise, whatever the seed."""
        return Draw(personal_seed(self.key, exercise), self.key)
