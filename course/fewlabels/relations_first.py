"""Relations first, labels then: a small ViT learns where the patches of digits lie, then what they show.

    encoder()                 the ViT of `few_images`, as it was drawn, without positions (or with)
    learn(…)                  trains it and the heads of the tasks on images that nobody has labelled
    fine_tuned(…)             positions on, a new head, and some labels: `few_images` to the letter

The controls are other images: `noise`, in which there is nothing to learn, and `scattered`, in which every
digit's patches lie in an order of its own, so that what a patch shows says nothing of where it lies.

What people usually get wrong
- the accuracy of the pretext task, told as the result; it is what fine-tuning makes of it that counts;
- positions left on while relations are learnt: noise then gives as much as images do;
- a comparison with labels alone in which the one that was pre-trained also had more steps with labels.
"""

import copy
import math
from collections.abc import Callable, Sequence

import torch
from torch import Generator, Tensor, nn

from course import expect
from course.data.by_name import load
from course.fewlabels import few_images
from course.language.one_layer import one_thread
from course.ssl.relvit import ViTWithoutPositions
from course.ssl.tiles import cut, join, shuffle
from course.training.modes import evaluating
from course.vision.vit import ViT

SIDE, PATCH = few_images.VIT["image_size"], few_images.VIT["patch"]
GRID = SIDE // PATCH  # patches on a side
N, DIM = GRID**2, few_images.VIT["dim"]
RATE, BATCH = 2e-3, 32

Draw = Callable[[int, Generator], Tensor]  # how many, chance -> images (B, 1, 8, 8)


def encoder(seed: int = 0, positions: bool = False) -> ViT:
    """The ViT of `few_images.vit`, drawn by the seed, without its head: images (B, 1, 8, 8) -> (B, 48)"""
    torch.manual_seed(seed)
    drawn = few_images.vit()
    made = (ViT if positions else ViTWithoutPositions)(**{**few_images.VIT, "classes": 0})
    made.load_state_dict(drawn.state_dict(), strict=False)  # all but the head, which is not there
    return made


def louder(encoder: ViT, seed: int = 0) -> ViT:
    """A copy whose positions are begun at ± 1, as those of "ViT, loud positions" in `few_images`."""
    copied = copy.deepcopy(encoder)
    table = copied.position.table
    drawn = torch.randn(table.shape, generator=torch.Generator().manual_seed(seed))
    with torch.no_grad():
        table.copy_(drawn)
    return copied


def unseen() -> Tensor:
    """The digits that nothing here learns from: (359, 1, 8, 8), standardised"""
    return load("digits", "test").normalised()


def some_digits() -> Draw:
    """Draws of the digits to learn from, without their labels."""
    images = load("digits").normalised()  # (1438, 1, 8, 8)
    return lambda B, generator: images[torch.randint(len(images), (B,), generator=generator)]


def scattered(draw: Draw) -> Draw:
    """The same images, the patches of each in a random order of its own."""

    def drawn(B: int, generator: Generator) -> Tensor:
        patches = cut(draw(B, generator), GRID, GRID)  # (B, N, 1, patch, patch)
        order = torch.rand(B, N, generator=generator).argsort(dim=1)  # (B, N)
        return join(shuffle(patches, order), GRID, GRID)

    return drawn


def noise(B: int, generator: Generator) -> Tensor:
    """Images in which there is nothing: every pixel from a standard normal."""
    return torch.randn(B, 1, SIDE, SIDE, generator=generator)


@one_thread()
def learn(
    encoder: ViT,
    heads: nn.Module,
    tables: Sequence[Tensor],
    draw: Draw,
    weights: Sequence[float] = (1.0, 1.0, 1.0, 1.0),
    steps: int = 300,
    seed: int = 0,
) -> Tensor:
    """Train both on the weighted sum of the heads' losses: -> (steps, losses), what each was

    heads: called (tokens (B, 1 + N, dim), *tables) -> (losses,)
    """
    expect.whole(steps=steps)
    generator = torch.Generator().manual_seed(seed)
    learnt = [*encoder.parameters(), *heads.parameters()]
    optimiser = torch.optim.AdamW(learnt, RATE, weight_decay=0.05, fused=True)  # an eighth of a step saved
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, total_steps=steps)
    encoder.train()
    heads.train()
    found = []
    for _ in range(steps):
        losses = heads(encoder.tokens(draw(BATCH, generator)), *tables)
        loss = (losses * losses.new_tensor(weights)).sum()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
        found.append(losses.detach())
    return torch.stack(found)


@one_thread()
@torch.no_grad()
def logits(encoder: ViT, head: nn.Module, images: Tensor) -> Tensor:
    """What a head says of the patches of images, CLS left out: (B, 1, 8, 8) -> whatever it gives"""
    with evaluating(encoder), evaluating(head):
        return head(encoder.tokens(images)[:, 1:])


@one_thread()
def fine_tuned(start: ViT, count: int | None, seed: int = 0, steps: int = few_images.STEPS) -> float:
    """The share right of 359 unseen digits, learnt from `count` labelled ones (None: all), from `start` on.

    Positions are on, the head is new, and all is trained, in as many steps as anyone else is given.
    """
    train, test = load("digits"), load("digits", "test")

    def make() -> nn.Module:
        vit = few_images.vit()
        vit.load_state_dict(start.state_dict(), strict=False)
        return vit

    labelled = few_images.pair(few_images.few(train, count, seed))
    return few_images.measured(make, labelled, few_images.pair(test), seed, steps)


def blind(alike: Tensor, labels: Tensor, distances: Tensor, angles: Tensor) -> Tensor:
    """The losses of the four tasks for somebody who sees of two patches only whether they look alike: -> (4,)

    alike: (B, N, N), bool, as `twins` tells it; the tables: (N, N) each. The best that can be said then: of
    pairs that look alike, and of the others, how common each relation is, the mean distance and the mean
    angle; of a patch, any place.
    """
    N = len(labels)
    losses = torch.zeros(4, dtype=torch.float64)
    for chosen in (alike, ~alike):
        share = chosen.double().sum(dim=0) / alike.numel()  # (N, N), of all pairs
        common = labels.flatten().bincount(share.flatten()) / share.sum()
        losses[0] -= share.sum() * torch.special.xlogy(common, common).sum()
        for task, table in enumerate((distances, angles), start=1):
            mean = (share * table).sum() / share.sum()
            losses[task] += (share * (table - mean) ** 2).sum()
    losses[3] = math.log(N)
    return losses.float()


def twins(images: Tensor) -> Tensor:
    """[b, i, j]: whether patches i and j of an image show the same to the last pixel: -> (B, N, N), bool"""
    patches = cut(images, GRID, GRID).flatten(2)  # (B, N, pixels)
    return (patches[:, :, None] == patches[:, None]).all(dim=-1)
