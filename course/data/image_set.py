"""A set of small images, all in one tensor: what every data set of the course is, whatever it came from.

Images this small need no worker processes: the whole set moves to the device once (`to`), and a batch is
`set.images[indices]`. They stay bytes, a quarter of the memory of float32, until a batch is drawn (`floats`).

What people usually get wrong: normalising the test images by their own mean instead of the training set's
(`like`); a split that leaves out a rare class; labels that mean something else because a folder was missing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, ClassVar, Self

import torch
from torch import Tensor

from course import expect

CHUNK = 4096  # images measured at a time


@dataclass(frozen=True, eq=False, repr=False)
class ImageSet:
    """Images with a label each.

    images: (N, C, H, W), uint8        labels: (N,), int64, numbers of `classes`
    mean, std: one number a channel, of the pixels scaled to 0 … 1, for `normalised`

    A subclass may keep more about each image: a tensor or a tuple of N entries, named in `EACH`.
    """

    images: Tensor
    labels: Tensor
    classes: tuple[str, ...]
    mean: tuple[float, ...]
    std: tuple[float, ...]

    EACH: ClassVar[tuple[str, ...]] = ("images", "labels")  # the fields with one entry an image

    def __post_init__(self) -> None:
        if not isinstance(self.images, Tensor) or not isinstance(self.labels, Tensor):
            given = f"{expect.kind(self.images)} and {expect.kind(self.labels)}"
            raise TypeError(f"images and labels must be tensors; got {given}")
        if self.images.dim() != 4 or self.images.dtype != torch.uint8:
            given = f"{tuple(self.images.shape)} of {expect.kind(self.images)}"
            raise ValueError(f"images must be (count, channels, height, width) of uint8; got {given}")
        N, C = self.images.shape[:2]
        if self.labels.dtype != torch.int64 or self.labels.dim() != 1:
            given = f"{tuple(self.labels.shape)} of {expect.kind(self.labels)}"
            raise ValueError(f"labels must be (count,) of int64; got {given}")
        for name in self.EACH:
            if len(getattr(self, name)) != N:
                raise ValueError(f"{N} images need as many {name}; got {len(getattr(self, name))}")
        if N and self.labels.device.type == "cpu":  # on a GPU one would have to wait for the answer
            low, high = int(self.labels.min()), int(self.labels.max())
            if low < 0 or high >= len(self.classes):
                raise ValueError(
                    f"labels of {len(self.classes)} classes must be from 0 on; got {low} … {high}"
                )
        if not len(self.mean) == len(self.std) == C:
            raise ValueError(
                f"{C} channels need as many numbers of mean and std; got {len(self.mean)} and {len(self.std)}"
            )

    def __len__(self) -> int:
        return len(self.images)

    def __repr__(self) -> str:
        N, C, H, W = self.images.shape
        return f"{type(self).__name__}({N:,} images of {C} × {H} × {W}, {len(self.classes)} classes)"

    def to(self, device: str | torch.device) -> Self:
        """The same set with all its tensors on a device."""
        moved: dict[str, Any] = {
            field.name: value.to(device)
            for field in fields(self)
            if isinstance(value := getattr(self, field.name), Tensor)
        }
        return replace(self, **moved)

    def take(self, indices: Tensor | Sequence[int]) -> Self:
        """Some of the images, in the order of `indices`; mean and std stay what they are."""
        chosen = torch.as_tensor(indices, dtype=torch.int64, device=self.images.device)  # (n,)
        numbers = chosen.tolist()
        kept: dict[str, Any] = {}
        for name in self.EACH:
            values = getattr(self, name)
            kept[name] = values[chosen] if isinstance(values, Tensor) else tuple(values[i] for i in numbers)
        return replace(self, **kept)

    def split(self, *shares: float, seed: int = 0) -> tuple[Self, ...]:
        """Parts at random, each class in about the same proportion in each: train, test = set.split(0.8, 0.2)

        Where the shares sum to less than 1, the rest is left out. A class has an image in each part at least;
        with fewer images than parts, one in each of the first. The same seed gives the same parts, on any
        device.
        """
        if not shares or min(shares) <= 0 or sum(shares) > 1 + 1e-9:
            raise ValueError(f"shares must be above 0 and sum to at most 1; got {shares}")
        parts: list[list[Tensor]] = [[] for _ in shares]
        for members in self._members(seed):
            end, left = 0.0, members
            for number, (share, part) in enumerate(zip(shares, parts)):
                end += share * len(members)
                after = len(shares) - number - 1  # parts that still want an image each
                start = len(members) - len(left)
                size = min(max(round(end) - start, 1), max(len(left) - after, 1), len(left))
                part.append(left[:size])
                left = left[size:]
        return tuple(self.take(torch.cat(part).sort().values) for part in parts)

    def few(self, each: int, seed: int = 0) -> Self:
        """The first `each` images of every class, in an order that the seed draws.

        With the same seed the images of a smaller `each` are among those of a larger one. Raises ValueError
        where a class has fewer.
        """
        expect.whole(each=each)
        members = self._members(seed)
        for name, found in zip(self.classes, members):
            if len(found) < each:
                raise ValueError(f"{each} images of each class were asked for, but {name} has {len(found)}")
        return self.take(torch.cat([found[:each] for found in members]).sort().values)

    def like(self, other: "ImageSet") -> Self:
        """This set with another's mean and std: test.like(train)"""
        return replace(self, mean=other.mean, std=other.std)

    def floats(self, indices: Tensor | slice = slice(None)) -> Tensor:
        """Images from 0 to 1: -> (n, C, H, W), float32"""
        return self.images[indices].float() / 255

    def normalised(self, indices: Tensor | slice = slice(None)) -> Tensor:
        """Images with `mean` taken away and divided by `std`: -> (n, C, H, W), float32"""
        mean, std = (self.images.new_tensor(x, dtype=torch.float32) for x in (self.mean, self.std))
        return (self.floats(indices) - mean[:, None, None]) / std[:, None, None]

    def _members(self, seed: int) -> list[Tensor]:
        """The numbers of each class's images, shuffled."""
        generator = torch.Generator().manual_seed(seed)
        labels = self.labels.cpu()
        shuffled = torch.randperm(len(labels), generator=generator)
        return [shuffled[labels[shuffled] == number] for number in range(len(self.classes))]


def expect_alike(train: ImageSet, test: ImageSet) -> None:
    """Two sets that meet: images of one shape, and the same classes. Raises ValueError."""
    one, other = tuple(train.images.shape[1:]), tuple(test.images.shape[1:])
    if one != other:
        raise ValueError(
            f"images to train on are {one} and images to test on {other} (channels, height, width): "
            "load both with the same size"
        )
    if train.classes != test.classes:
        differ = sorted({*train.classes} ^ {*test.classes}) or ["their order"]
        raise ValueError(f"images to train on and to test on have different classes: {', '.join(differ[:5])}")


def measured(images: Tensor) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Mean and standard deviation of each channel over all pixels, scaled to 0 … 1

    images: (N, C, H, W), uint8 -> two tuples of C numbers

    A channel without any variation has std 1, so that it can be divided by.
    """
    C = images.shape[1]
    total = torch.zeros(2, C, dtype=torch.float64)
    for chunk in images.split(CHUNK):
        pixels = chunk.transpose(0, 1).flatten(1).double().cpu() / 255  # (C, n·H·W)
        total += torch.stack([pixels.sum(dim=1), pixels.square().sum(dim=1)])  # (2, C)
    mean, square = total / max(images.numel() // C, 1)
    std = (square - mean**2).clamp(min=0).sqrt()
    return tuple(mean.tolist()), tuple(torch.where(std > 1e-6, std, 1).tolist())
