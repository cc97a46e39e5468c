"""Contrast and self-distillation small enough to be watched: an encoder of 38,000 numbers, small images.

The loss is the caller's, so that a lesson can hand in its reader's own:

    contrast   loss(z1, z2, tau) -> scalar                                                        SimCLR
    distil     step(student, teacher, center, tau_s, tau_t, m) -> loss, the next centre             DINO

and all else is held equal: views, encoder, head, optimiser, images seen. What is judged is what stands
*before* the head, as in the papers.

What people usually get wrong
- comparing batch sizes at equal steps and saying "epochs", or the other way round: `steps` is asked for here;
- watching the loss. A teacher that says the same of every image is easy to agree with; its entropy beside the
  logarithm of how many outputs it uses (`Moment`) tells: where they are equal, all images look alike to it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from course.augment import ColourJitter, Compose, Crop, Grey
from course.data.image_set import ImageSet
from course.evaluate.features import embed
from course.evaluate.neighbours import knn
from course.language.one_layer import one_thread
from course.ssl.collapse import effective_rank
from course.ssl.dino import Head, Network, entropy
from course.ssl.teacher import Teacher

WIDTH = 64  # of the features
OUTPUTS = 128
RATE = 2e-3
NEIGHBOURS = 20
CELLS = {  # in an order that gives nothing away
    "A": dict(centring=False, sharpening=True),
    "B": dict(centring=True, sharpening=True),
    "C": dict(centring=False, sharpening=False),
    "D": dict(centring=True, sharpening=False),
}


class SmallEncoder(nn.Sequential):
    """Two convolutions and a linear layer: (B, 3, 8, 8), 0 … 1 -> (B, 64)"""

    def __init__(self) -> None:
        super().__init__(
            nn.Conv2d(3, 16, 3, padding=1),
            nn.BatchNorm2d(16),
            nn.ReLU(),
            nn.Conv2d(16, 32, 3, stride=2, padding=1),
            nn.BatchNorm2d(32),
            nn.ReLU(),
            nn.Flatten(),
            nn.Linear(32 * 4 * 4, WIDTH),
        )

    def features(self, images: Tensor) -> Tensor:
        """(B, 3, 8, 8) -> (B, 64)"""
        return self(2 * images - 1)


class Projected(nn.Module):
    """The encoder with a head of two layers behind it: (B, 3, 8, 8) -> (B, 32)"""

    def __init__(self, encoder: SmallEncoder):
        super().__init__()
        self.encoder = encoder
        self.head = nn.Sequential(nn.Linear(WIDTH, WIDTH), nn.ReLU(), nn.Linear(WIDTH, 32))

    def features(self, images: Tensor) -> Tensor:
        """What the loss sees, and nobody later: (B, 3, 8, 8) -> (B, 32)"""
        return self.head(self.encoder.features(images))


def crops(smallest: float, largest: float = 1.0, colours: bool = True) -> Compose:
    """Crops of such shares of an image and, with `colours`, colours that say nothing any more."""
    recoloured = [ColourJitter(0.4, 0.4, 0.8, 0.5), Grey(0.2)] if colours else []
    return Compose([Crop(8, scale=(smallest, largest)), *recoloured])


def contrast(
    net: Projected,
    images: Tensor,
    loss: Callable[[Tensor, Tensor, float], Tensor],
    *,
    tau: float = 0.2,
    batch: int = 64,
    steps: int = 150,
    colours: bool = True,
    seed: int = 0,
) -> Iterator[float]:
    """Train on images (N, 3, 8, 8), and give each step's loss."""
    views, generator = crops(0.5, colours=colours), torch.Generator().manual_seed(seed)
    optimiser = torch.optim.AdamW(net.parameters(), lr=RATE, weight_decay=0.01, foreach=True)
    net.train()
    for step in range(steps):
        _set_rate(optimiser, step, steps)
        chosen = torch.randperm(len(images), generator=generator)[:batch]
        both = views(images[chosen].repeat(2, 1, 1, 1), generator)  # (2B, 3, 8, 8)
        z1, z2 = net.features(both).chunk(2)  # (B, 32) each
        now = loss(z1, z2, tau)
        optimiser.zero_grad()
        now.backward()
        optimiser.step()
        yield now.item()


@dataclass(frozen=True)
class Moment:
    """How a distillation is doing. entropy: of the teacher's answers, 0 … log K. outputs: how many of K are
    used, exp of the mean answer's entropy. rank: of its logits, in how many directions they differ."""

    step: int
    loss: float
    entropy: float
    outputs: float
    rank: float


def student(seed: int = 0) -> Network:
    """A new encoder and a DINO head of 128 outputs."""
    torch.manual_seed(seed)
    head = Head(WIDTH, WIDTH, 16, OUTPUTS)
    head.learning.fill_(1.0)  # the last layer learns from the first step on
    return Network(SmallEncoder(), head)


def distil(
    net: Network,
    images: Tensor,
    step: Callable[[Tensor, Tensor, Tensor, float, float, float], tuple[Tensor, Tensor]],
    *,
    centring: bool = True,
    sharpening: bool = True,
    batch: int = 64,
    steps: int = 150,
    seed: int = 0,
) -> Iterator[Moment]:
    """Train on images (N, 3, 8, 8), and give each step's `Moment`.

    Two large crops and two small ones of each image. Without centring the centre's momentum is 1, and it
    stays at 0; without sharpening the teacher has the student's temperature, 0.1 in place of 0.04.
    """
    large, small = crops(0.6), crops(0.3, 0.6)
    generator, teacher = torch.Generator().manual_seed(seed), Teacher(net)
    optimiser = torch.optim.AdamW(net.parameters(), lr=RATE, weight_decay=0.01, foreach=True)
    center, tau_t = torch.zeros(OUTPUTS), 0.04 if sharpening else 0.1
    net.train()
    for number in range(steps):
        _set_rate(optimiser, number, steps)
        chosen = torch.randperm(len(images), generator=generator)[:batch]
        twice = images[chosen].repeat(2, 1, 1, 1)
        first = large(twice, generator)  # (2B, 3, 8, 8)
        said = net(torch.cat([first, small(twice, generator)])).unflatten(0, (4, batch))  # (4, B, K)
        taught = teacher(first).unflatten(0, (2, batch))  # (2, B, K)
        p = ((taught - center) / tau_t).softmax(dim=-1).flatten(0, 1)  # (2B, K)
        loss, center = step(said, taught, center, 0.1, tau_t, 0.9 if centring else 1.0)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        teacher.follow(net, 0.98)
        outputs = entropy(p.mean(dim=0)).exp().item()
        rank = effective_rank(taught.flatten(0, 1)).item()
        yield Moment(number, loss.item(), entropy(p).item(), outputs, rank)


@one_thread()
def judged(encoder: Any, train: ImageSet, test: ImageSet) -> float:
    """Per cent of the test images that their 20 nearest training images name rightly: kNN, all labels."""
    known, asked = embed(encoder, train), embed(encoder, test)
    return 100 * knn(known, train.labels, asked, test.labels, k=NEIGHBOURS)


def _set_rate(optimiser: torch.optim.Optimizer, step: int, steps: int) -> None:
    """A rise over a tenth of the steps, within a fall to 0."""
    for group in optimiser.param_groups:
        group["lr"] = RATE * min(1.0, 10 * (step + 1) / steps) * (1 - step / steps)
