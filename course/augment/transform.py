"""What all transforms share: the call, the random numbers, and changing only the images that were chosen.

An image's fate is a row of uniform numbers, its noise: a transform says how many it needs, draws them for the
whole batch at once, and all that follows is arithmetic. The same noise gives the same images.

What people usually get wrong: one draw for the whole batch (all 256 images then get one hue, and a
contrastive loss learns to tell views by it); random numbers that cannot be replayed; a list of chosen images
that makes the GPU report to the CPU in every step.
"""

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from itertools import groupby
from shutil import which
from typing import ClassVar

import torch
from torch import Generator, Tensor

from course import expect
from course.training.randomness import drawn

BLOCK = 2**20  # numbers of a block on the CPU: 4 MiB of float32


@dataclass(frozen=True)
class Transform:
    """Called with images (B, C, H, W), 0 … 1, and a generator or the noise itself: (B, C, H', W'), changed.

    Subclasses write `numbers` and `change`, which gets float32 or float64; images of lower precision are
    widened.
    """

    pixelwise: ClassVar[bool] = False  # a pixel's new colour follows from its own, and numbers an image

    @property
    def numbers(self) -> int:
        """How many random numbers an image needs."""
        raise NotImplementedError

    def change(self, images: Tensor, noise: Tensor) -> Tensor:
        """images (B, C, H, W), noise (B, numbers) of their dtype -> (B, C, H', W')"""
        raise NotImplementedError

    def __call__(
        self, images: Tensor, generator: Generator | None = None, noise: Tensor | None = None
    ) -> Tensor:
        """`noise`: (B, numbers), 0 … 1, in place of what the generator would give.

        On the CPU the batch goes through in blocks, so that what one step leaves is in the cache for the
        next.
        """
        expect_images(images)
        if noise is None:
            noise = drawn(torch.rand, (len(images), self.numbers), like=images, generator=generator)
        expect_noise(noise, images, self.numbers)
        rows = len(images) if images.device.type != "cpu" else max(1, BLOCK // images[0].numel())
        with torch.no_grad():
            blocks = zip(images.split(rows), noise.split(rows))
            parts = (self.change(widened(x), u.to(widened(x).dtype)) for x, u in blocks)
            if rows >= len(images):
                return next(parts).to(images.dtype)
            return gathered(parts, images)


@dataclass(frozen=True)
class Compose(Transform):
    """One transform after the other; a flip behind a crop becomes part of it, and pixels are read once.

    compiled: whether torch.compile makes one pass over the pixels of neighbouring colour transforms. The
    first call then takes half a minute, minutes on a busy machine, so it is for long runs; and it needs a C++
    compiler, or Triton on a GPU: without one, nothing changes.
    """

    transforms: Sequence[Transform]
    compiled: bool = False

    def __post_init__(self) -> None:
        for transform in self.transforms:
            if not isinstance(transform, Transform):
                raise TypeError(f"Compose takes transforms of images; got {expect.kind(transform)}")

    @property
    def numbers(self) -> int:
        return sum(transform.numbers for transform in self.transforms)

    def change(self, images: Tensor, noise: Tensor) -> Tensor:
        steps = joined(self.transforms)
        if self.compiled and can_compile(images.device):
            groups = (tuple(group) for _, group in groupby(steps, key=lambda step: step.pixelwise))
            steps = [step for group in groups for step in ([OnePass(group)] if group[0].pixelwise else group)]
        return change_in_turn(steps, images, noise)


@dataclass(frozen=True)
class OnePass(Transform):
    """Pixelwise transforms, translated into one loop over the pixels."""

    steps: tuple[Transform, ...]

    @property
    def numbers(self) -> int:
        return sum(step.numbers for step in self.steps)

    def change(self, images: Tensor, noise: Tensor) -> Tensor:
        expect.from_0_to_1("images", images)  # which the translated ones cannot look at
        return compiled()(self.steps, images, noise)


def change_in_turn(steps: Sequence[Transform], images: Tensor, noise: Tensor) -> Tensor:
    """Each transform on what the one before has left, with its own columns of the noise."""
    for step, own in zip(steps, noise.split([step.numbers for step in steps], dim=1)):
        images = step.change(images, own)
    return images


@cache
def compiled() -> Callable[[Sequence[Transform], Tensor, Tensor], Tensor]:
    """`change_in_turn`, translated for all sizes; only here, as even asking takes seconds the first time."""
    return torch.compile(change_in_turn, dynamic=True)


@cache
def can_compile(device: torch.device) -> bool:
    """Is there what torch.compile needs: Triton for a GPU, a C++ compiler for a CPU?"""
    if device.type != "cpu":
        return find_spec("triton") is not None
    return any(map(which, [os.environ.get("CXX", "c++"), "g++", "clang++", "cl"]))


def joined(transforms: Sequence[Transform]) -> list[Transform]:
    """The same transforms, where those that can take the next one into themselves (`then`) have done so."""
    steps: list[Transform] = []
    for transform in transforms:
        both = steps[-1].then(transform) if steps and hasattr(steps[-1], "then") else None
        if both is None:
            steps.append(transform)
        else:
            steps[-1] = both
    return steps


def gathered(parts: Iterable[Tensor], images: Tensor) -> Tensor:
    """Blocks of changed images as one batch, of the images' dtype.

    Not by `torch.cat`, for which all blocks would first have to be there: each is put in its place while it
    is in the cache, and its memory serves the next one.
    """
    batch, start = images, 0
    for part in parts:
        if start == 0:
            batch = images.new_empty(len(images), *part.shape[1:])
        batch[start : start + len(part)] = part
        start += len(part)
    return batch


def between(low: float, high: float, noise: Tensor) -> Tensor:
    """From 0 … 1 to low … high."""
    return low + (high - low) * noise


def change_chosen(change: Callable[..., Tensor], images: Tensor, chosen: Tensor, *amounts: Tensor) -> Tensor:
    """Change the images where `chosen`, (B,), is True; each by its own entry of every (B,) `amounts`.

    On the CPU only those are worked on. Elsewhere all of them are, and the others put back: to count the
    chosen ones, the CPU would have to wait for the device. On the CPU `torch.where`, and indexing by a tensor
    as well, take longer than most changes; emptying rows and adding to them does the same.
    """
    if images.device.type != "cpu" or torch.compiler.is_compiling():
        return torch.where(per_image(chosen), change(images, *amounts), images)
    rows = chosen.nonzero().squeeze(1)
    if len(rows) == 0:
        return images
    changed = change(*(each.index_select(0, rows) for each in (images, *amounts)))
    if len(rows) == len(images):
        return changed
    return (images * per_image((~chosen).to(images.dtype))).index_add_(0, rows, changed.contiguous())


def widened(images: Tensor) -> Tensor:
    """float32 in place of float16 and bfloat16."""
    return images.float() if images.dtype in (torch.float16, torch.bfloat16) else images


def per_image(numbers: Tensor) -> Tensor:
    """One number an image, shaped to meet the images: (B,) -> (B, 1, 1, 1)"""
    return numbers[:, None, None, None]


def expect_images(images: Tensor) -> None:
    """A batch of images, (B, C, H, W), of floating-point numbers, with nothing empty."""
    expect.floating("images", images)
    if images.dim() != 4 or 0 in images.shape:
        shape = tuple(images.shape)
        raise ValueError(f"images must have shape (batch, channels, height, width); got {shape}")


def expect_noise(noise: Tensor, images: Tensor, numbers: int) -> None:
    """A row of random numbers for each image, (B, numbers), on the images' device."""
    expect.floating("noise", noise)
    if noise.shape != (len(images), numbers):
        raise ValueError(f"noise must have shape {(len(images), numbers)}; got {tuple(noise.shape)}")
    expect.same_device("noise", noise, "images", images)


def expect_range(name: str, pair: tuple[float, float], lowest: float, highest: float = float("inf")) -> None:
    """Two numbers in order, both within the bounds: `expect_range("scale", (0.2, 1.0), 0, 1)`."""
    if not isinstance(pair, tuple | list) or len(pair) != 2 or not lowest <= pair[0] <= pair[1] <= highest:
        raise ValueError(f"{name} must be two numbers in order, from {lowest:g} to {highest:g}; got {pair!r}")


def expect_number(name: str, number: float, lowest: float, highest: float = float("inf")) -> None:
    """A number within the bounds: `expect_number("p", 0.5, 0, 1)`."""
    if not isinstance(number, int | float) or not lowest <= number <= highest:
        raise ValueError(f"{name} must be a number from {lowest:g} to {highest:g}; got {number!r}")
