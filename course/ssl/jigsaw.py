"""Jigsaw: cut an image into tiles, shuffle them, and have the network find the order again.

    tiles, each through the same encoder alone -> features side by side -> which of K permutations?

Noroozi and Favaro 2016. To solve the puzzle is to know parts and how they make a whole. Of all 9! = 362,880
permutations of 3 × 3 tiles a few that differ much are the classes (their algorithm 1, `permutations`).

`PatchJigsaw` is the same idea for a ViT: the shuffled patches go in *together*, and each is to say where it
comes from; N classes a patch, no list of permutations (as in Chen et al. 2022, "Jigsaw-ViT"). They go in as
they are: whoever uses the encoder will show it whole images.

What people usually get wrong
- permutations drawn at random are often near each other, and then two answers look almost alike: they are
  chosen to be as far apart, in Hamming distance, as can be;
- a *gap* of random size stands between tiles. Without it lines that run on across an edge solve the puzzle;
- each tile is standardised *alone*: brightness falls off slowly across an image, and would sort the tiles;
- lenses bend colours differently towards the border: colour jitter, or grey, takes this cue away;
- the encoder sees one tile at a time, and must not know where it stands: only the head compares.

Parameters beside the encoder, N tiles: hidden (N·D + 1) + K (hidden + 1); PatchJigsaw N·D + N.
Paper: VOC 2007 detection after fine-tuning 51.8 % mAP, 56.5 % after training with ImageNet's labels.
"""

import functools
import itertools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Generator, Tensor, nn
from torch.nn.functional import cross_entropy

from course import expect
from course.ssl.mae import plain_vit
from course.ssl.method import Batch, Method, Told
from course.ssl.tiles import check_images, cut, join, shuffle, standardise, windows
from course.training.randomness import drawn
from course.vision.vit import ViT

Augmentation = Callable[[Tensor, Generator | None], Tensor]


def permutations(tiles: int, count: int) -> Tensor:
    """`count` permutations far apart: -> (count, tiles), int64, the identity first

    Greedy, with no chance in it: the next is the one with the largest sum of Hamming distances to those
    chosen, and of several the first in lexicographic order. Listing all, it stops at 9 tiles.
    """
    expect.whole(tiles=tiles, count=count)
    if tiles > 9:
        raise ValueError(f"the permutations of at most 9 tiles can be listed; got {tiles}")
    if count > math.factorial(tiles):
        raise ValueError(f"{tiles} tiles have {math.factorial(tiles)} permutations; got count {count}")
    return _permutations(tiles, count).clone()


@functools.cache
def _permutations(tiles: int, count: int) -> Tensor:
    every = np.array(list(itertools.permutations(range(tiles))), dtype=np.int8)  # (tiles!, tiles)
    places = np.ascontiguousarray(every.T)
    distance, chosen = np.zeros(len(every), dtype=np.int32), [0]
    while len(chosen) < count:
        last = chosen[-1]
        for place in places:  # the Hamming distance of each to the last one chosen, added up
            distance += place != place[last]
        distance[last] = -len(every) * tiles  # never again
        chosen.append(int(distance.argmax()))
    return torch.from_numpy(every[chosen].astype(np.int64))


def loose_tiles(images: Tensor, side: int, tile: int, generator: Generator | None = None) -> Tensor:
    """side × side cells, and a tile somewhere in each: (B, C, H, W) -> (B, side², C, tile, tile)

    Each tile's place in its cell of H/side × W/side pixels is drawn alone: gaps are of 0 … 2 (cell − tile).
    """
    check_images(images)
    expect.whole(side=side, tile=tile)
    B, _, H, W = images.shape
    expect.divisible("height", H, "side", side)
    expect.divisible("width", W, "side", side)
    room = (H // side - tile, W // side - tile)
    if min(room) < 0:
        raise ValueError(f"a tile of {tile} pixels does not fit into a cell of {H // side} × {W // side}")
    down, right = (
        drawn(torch.randint, free + 1, (B, side**2), like=images, generator=generator) for free in room
    )  # (B, side²) each
    cell = torch.arange(side**2, device=images.device)
    top = cell // side * (H // side) + down  # (B, side²)
    left = cell % side * (W // side) + right
    return windows(images, top, left, tile)


class Jigsaw(Method):
    """views: images (B, C, H, W) -> "tiles" (B, side², C, tile, tile), shuffled, standardised; "labels" (B,).

    encoder.features must take one tile, (·, C, tile, tile), and give (·, dim). `augment`, where given,
    changes the image before it is cut.
    """

    encoder: Any  # whatever offers features(images)
    order: Tensor

    def __init__(
        self,
        encoder: nn.Module,
        dim: int,
        tile: int,
        side: int = 3,
        count: int = 100,
        hidden: int = 512,
        augment: Augmentation | None = None,
    ):
        super().__init__(encoder)
        expect.whole(dim=dim, tile=tile, side=side, count=count, hidden=hidden)
        self.dim, self.tile, self.side, self.augment = dim, tile, side, augment
        self.register_buffer("order", permutations(side**2, count))  # (K, N)
        self.head = nn.Sequential(nn.Linear(side**2 * dim, hidden), nn.ReLU(), nn.Linear(hidden, count))

    def views(self, images: Tensor, generator: Generator | None = None) -> Batch:
        if self.augment is not None:
            images = self.augment(images, generator)
        tiles = standardise(loose_tiles(images, self.side, self.tile, generator))
        labels = drawn(torch.randint, len(self.order), (len(images),), like=images, generator=generator)
        return {"tiles": shuffle(tiles, self.order[labels]), "labels": labels}

    def forward(self, batch: Batch) -> tuple[Tensor, Told]:
        tiles, labels = batch["tiles"], batch["labels"]  # (B, N, C, tile, tile), (B,)
        features = self.encoder.features(tiles.flatten(0, 1))  # (B·N, dim)
        expect.channels_last("the encoder's output", features, self.dim, next(self.head.parameters()))
        logits = self.head(features.unflatten(0, tiles.shape[:2]).flatten(1))  # (B, N·dim) -> (B, K)
        loss = cross_entropy(logits, labels)
        return loss, {"loss": loss.detach(), "accuracy": (logits.argmax(1) == labels).float().mean()}


class PatchJigsaw(Method):
    """For a ViT. views: images (B, C, H, W) -> "images", their patches shuffled; "labels" (B, N): whence.

    The encoder's own positions may stay: they are those of the *shuffled* patches, and tell nothing.
    """

    encoder: ViT

    def __init__(self, encoder: ViT, augment: Augmentation | None = None):
        super().__init__(plain_vit("patch-jigsaw", encoder))
        self.grid, self.augment = encoder.position.grid, augment
        self.head = nn.Linear(encoder.cls.shape[-1], self.grid[0] * self.grid[1])

    def views(self, images: Tensor, generator: Generator | None = None) -> Batch:
        if self.augment is not None:
            images = self.augment(images, generator)
        tiles = cut(images, *self.grid)  # (B, N, C, patch, patch)
        order = drawn(torch.rand, tiles.shape[:2], like=images, generator=generator).argsort(dim=1)  # (B, N)
        return {"images": join(shuffle(tiles, order), *self.grid), "labels": order}

    def forward(self, batch: Batch) -> tuple[Tensor, Told]:
        labels = batch["labels"]
        logits = self.head(self.encoder.tokens(batch["images"])[:, 1:])  # (B, N, N)
        loss = cross_entropy(logits.transpose(1, 2), labels)
        return loss, {"loss": loss.detach(), "accuracy": (logits.argmax(-1) == labels).float().mean()}
