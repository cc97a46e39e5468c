"""Context prediction: two tiles of an image, side by side; where does the second lie as seen from the first?

    0 1 2
    3 · 4        one of 8 places around the middle; Doersch, Gupta and Efros 2015, section 3
    5 6 7

Both tiles go through the same encoder, each alone; a small head sees both features. Chance is 1 / 8.

What people usually get wrong
- the order counts: (ear, face) is not (face, ear), so the head takes the features side by side, not a sum;
- a *gap* of about half a tile, and a *jitter* of each tile by a few pixels: otherwise lines and textures
  that run on across the border give the answer;
- the lens gives it, too: colours are bent apart towards the border of a photograph, so a network can tell
  *where* a tile stood without knowing what is in it. "Colour dropping" leaves one channel of three and puts
  noise into the others (section 3.1, "Avoiding trivial solutions").

Parameters beside the encoder: hidden (2 D + 1) + 8 (hidden + 1).
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Generator, Tensor, nn
from torch.nn.functional import cross_entropy, one_hot

from course import expect
from course.ssl.method import Batch, Method, Told
from course.ssl.tiles import check_images, check_tiles, windows
from course.training.randomness import drawn

PLACES = ((-1, -1), (-1, 0), (-1, 1), (0, -1), (0, 1), (1, -1), (1, 0), (1, 1))  # down, right


def pairs(
    images: Tensor, labels: Tensor, tile: int, gap: int, jitter: int, generator: Generator | None = None
) -> Tensor:
    """A middle tile and its neighbour: (B, C, H, W), labels (B,), 0 … 7 -> (B, 2, C, tile, tile)

    The 3 × 3 tiles, `gap` pixels apart, stand at a random place where all of them fit, whatever the label;
    then each of the two is moved by −jitter … jitter pixels in both directions.
    """
    check_images(images)
    expect.whole(tile=tile)
    for name, pixels in (("gap", gap), ("jitter", jitter)):
        if not isinstance(pixels, int) or pixels < 0:
            raise ValueError(f"{name} must be a number of pixels, 0 or more; got {pixels!r}")
    B, _, H, W = images.shape
    if labels.shape != (B,):
        raise ValueError(f"labels must have shape ({B},); got {tuple(labels.shape)}")
    needed = 3 * tile + 2 * gap + 2 * jitter
    if min(H, W) < needed:
        sizes = f"{tile} pixels, gap {gap} and jitter {jitter}"
        raise ValueError(f"3 tiles of {sizes} need images of {needed} pixels; got {H} × {W}")
    step = torch.tensor(((0, 0), *PLACES), device=images.device)  # (9, 2), the middle one first
    corners = []
    for axis, size in enumerate((H, W)):
        start = drawn(torch.randint, size - needed + 1, (B, 1), like=images, generator=generator)
        moved = drawn(torch.randint, 2 * jitter + 1, (B, 2), like=images, generator=generator)  # (B, 2)
        place = torch.stack([torch.ones_like(labels), 1 + step[1 + labels, axis]], dim=1)  # (B, 2): 0, 1 or 2
        corners.append(start + place * (tile + gap) + moved)
    return windows(images, corners[0], corners[1], tile)


def fitting_side(middle: Tensor, other: Tensor) -> int:
    """A player without weights: of the places 1, 3, 4, 6, where the touching lines of pixels differ least.

    middle, other: (C, h, w) each. It is why there is a gap: without one it needs no idea of what is shown.
    """
    touching = {
        1: (middle[:, 0], other[:, -1]),
        3: (middle[:, :, 0], other[:, :, -1]),
        4: (middle[:, :, -1], other[:, :, 0]),
        6: (middle[:, -1], other[:, 0]),
    }
    off = {place: (own - its).abs().mean().item() for place, (own, its) in touching.items()}
    return min(off, key=off.__getitem__)


def drop_colours(tiles: Tensor, kept: Tensor, noise: Tensor) -> Tensor:
    """One channel of three is left: (B, N, 3, h, w), kept (B, N) from 0 to 2 -> the same shape

    The others become mid-grey, 1/2, plus standard normal `noise` (of the tiles' shape) times a hundredth of
    the standard deviation of the channel that is kept.
    """
    check_tiles(tiles)
    if tiles.shape[2] != 3:
        raise ValueError(f"colours can be dropped from tiles of 3 channels; got {tiles.shape[2]}")
    if kept.shape != tiles.shape[:2] or noise.shape != tiles.shape:
        shapes = f"{tuple(kept.shape)} and {tuple(noise.shape)}"
        raise ValueError(f"kept (B, N) and noise like tiles, {tuple(tiles.shape)}, are needed; got {shapes}")
    stays = one_hot(kept, 3).bool()[..., None, None]  # (B, N, 3, 1, 1)
    deviation = (tiles * stays).sum(dim=2, keepdim=True).std(dim=(-2, -1), correction=0, keepdim=True)
    return torch.where(stays, tiles, 0.5 + 0.01 * deviation * noise)


class Context(Method):
    """views: images (B, C, H, W) -> "tiles" (B, 2, C, tile, tile), a middle and its neighbour; "labels" (B,).

    encoder.features must take one tile and give (·, dim). `colour_dropping` needs images of 3 channels.
    `augment`, where given, changes the image before it is cut.
    """

    encoder: Any  # whatever offers features(images)

    def __init__(
        self,
        encoder: nn.Module,
        dim: int,
        tile: int,
        gap: int,
        jitter: int,
        hidden: int = 512,
        colour_dropping: bool = True,
        augment: Callable[[Tensor, Generator | None], Tensor] | None = None,
    ):
        super().__init__(encoder)
        expect.whole(dim=dim, tile=tile, hidden=hidden)
        self.dim, self.tile, self.gap, self.jitter = dim, tile, gap, jitter
        self.colour_dropping, self.augment = colour_dropping, augment
        self.head = nn.Sequential(nn.Linear(2 * dim, hidden), nn.ReLU(), nn.Linear(hidden, len(PLACES)))

    def views(self, images: Tensor, generator: Generator | None = None) -> Batch:
        if self.augment is not None:
            images = self.augment(images, generator)
        labels = drawn(torch.randint, len(PLACES), (len(images),), like=images, generator=generator)
        tiles = pairs(images, labels, self.tile, self.gap, self.jitter, generator)
        if self.colour_dropping:
            kept = drawn(torch.randint, 3, tiles.shape[:2], like=images, generator=generator)
            noise = drawn(torch.randn, tiles.shape, like=images, generator=generator, dtype=images.dtype)
            tiles = drop_colours(tiles, kept, noise)
        return {"tiles": tiles, "labels": labels}

    def forward(self, batch: Batch) -> tuple[Tensor, Told]:
        tiles, labels = batch["tiles"], batch["labels"]
        features = self.encoder.features(tiles.flatten(0, 1))  # (2B, dim)
        expect.channels_last("the encoder's output", features, self.dim, next(self.head.parameters()))
        logits = self.head(features.unflatten(0, tiles.shape[:2]).flatten(1))  # (B, 2·dim) -> (B, 8)
        loss = cross_entropy(logits, labels)
        return loss, {"loss": loss.detach(), "accuracy": (logits.argmax(1) == labels).float().mean()}
