"""The smallest Vision Transformer that is asked two things: which digit is in the image, and in which corner?

    x = [cls; E patches]      x = x + PE      x = block(x)      x = PEG(x)      x = block(x)      x = read(x)

*What* hardly needs positions, *where* nothing else: the same patches in other places are the same digit in
another corner. PE (added at the input) and PEG (behind the first block) are handed in, or left out. It is a
demonstration, and no model of images.

What people usually get wrong: testing positions by a task that can do without them, where their lack costs a
few per cent and looks like a matter of tuning.
"""

from collections.abc import Sequence

import torch
from torch import Generator, Tensor, nn
from torch.nn.functional import cross_entropy

from course import expect
from course.data.digits import CLASSES, TESTED, digits
from course.language.one_layer import one_thread
from course.vision.patches import PatchEmbedding

SIDE = 16  # pixels that it is trained at
PATCH, CORNERS, DIGIT = 4, 4, 8
TEST_SEED = 99
AT_ONCE = 25  # images: the weights of all 397 on 48 × 48 pixels are 130 MB, new from the system each time


class WhatAndWhere(nn.Module):
    """images: (B, 1, H, W) -> logits of the digit (B, 10) and of the corner (B, 4)

    blocks: two modules (B, 1 + N, d) -> the same, and `read`, a third, whose first token is what is known
    at the end. learned: added at the input; peg: behind the first block; both are called (x, grid) -> x.
    """

    def __init__(
        self,
        d: int,
        blocks: Sequence[nn.Module],
        read: nn.Module,
        *,
        learned: nn.Module | None = None,
        peg: nn.Module | None = None,
    ):
        super().__init__()
        expect.whole(d=d)
        if len(blocks) != 2:
            raise ValueError(f"blocks must be two modules; got {len(blocks)}")
        self.embedding = PatchEmbedding(PATCH, d, 1)
        self.cls = nn.Parameter(torch.zeros(1, 1, d))
        self.first, self.second = blocks
        self.read, self.learned, self.peg = read, learned, peg
        self.norm = nn.LayerNorm(d)
        self.what, self.where = nn.Linear(d, CLASSES), nn.Linear(d, CORNERS)

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        grid = self.embedding.grid(images)
        x = self.embedding(images)  # (B, N, d)
        x = torch.cat([self.cls.expand(len(x), -1, -1), x], dim=1)  # (B, 1 + N, d)
        if self.learned is not None:
            x = self.learned(x, grid)
        x = self.first(x)
        if self.peg is not None:
            x = self.peg(x, grid)
        x = self.read(self.second(x))
        known = self.norm(x[:, 0])  # (B, d)
        return self.what(known), self.where(known)


def in_a_corner(images: Tensor, side: int, generator: Generator) -> tuple[Tensor, Tensor]:
    """Each digit in a corner, drawn at random, of an empty image: (N, 8, 8) -> (N, 1, side, side), (N,)

    Corners: 0 top left, 1 top right, 2 bottom left, 3 bottom right.
    """
    if side < 2 * DIGIT:
        raise ValueError(f"side must be {2 * DIGIT} or more, for four corners; got {side}")
    corners = torch.randint(CORNERS, (len(images),), generator=generator)
    placed = torch.zeros(len(images), 1, side, side)
    far = side - DIGIT
    for corner in range(CORNERS):
        top, left = corner // 2 * far, corner % 2 * far
        placed[corners == corner, 0, top : top + DIGIT, left : left + DIGIT] = images[corners == corner]
    return placed, corners


@one_thread()
def learn(net: WhatAndWhere, steps: int = 150, seed: int = 0, batch: int = 50, lr: float = 3e-3) -> None:
    """Train on digits in corners of 16 × 16 pixels, other corners at every step, by AdamW and one cycle."""
    images, labels = digits()
    images, labels = 2 * images[:-TESTED], labels[:-TESTED]
    generator = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.AdamW(net.parameters(), lr, weight_decay=0.05, foreach=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, lr, total_steps=steps)
    net.train()
    for _ in range(steps):
        chosen = torch.randint(len(images), (batch,), generator=generator)
        placed, corners = in_a_corner(images[chosen], SIDE, generator)
        what, where = net(placed)
        optimizer.zero_grad()
        (cross_entropy(what, labels[chosen]) + cross_entropy(where, corners)).backward()
        optimizer.step()
        schedule.step()


@one_thread()
@torch.no_grad()
def accuracy(net: WhatAndWhere, side: int = SIDE) -> tuple[float, float]:
    """The shares of right digits and of right corners, of 397 unseen digits on images of that size."""
    images, labels = digits()
    placed, corners = in_a_corner(2 * images[-TESTED:], side, torch.Generator().manual_seed(TEST_SEED))
    net.eval()
    what, where = map(torch.cat, zip(*map(net, placed.split(AT_ONCE))))
    right = what.argmax(dim=1) == labels[-TESTED:], where.argmax(dim=1) == corners
    return right[0].float().mean().item(), right[1].float().mean().item()
