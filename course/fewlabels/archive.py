"""An archive in an unknown script: 20 labelled letters of each kind, 3,000 without, new ones to read.

What a reader of lesson 14 is given, and what its answers are compared with. The images are those of
`course.data.glyphs`, with the mean of all pixels without labels taken away and divided by their deviation.

Of 200 letters the kind is known. A page of 1,500 letters was copied by two hands: 3,000 images without
labels, of which two and two show the same letter.

    nearest       the class of the nearest labelled image; nothing is learnt
    untrained     a network with the weights it was born with
    labels_alone  the same network, taught the labelled images as they are
    augmented     the same, moved and recoloured anew in each step

What people usually get wrong: a baseline that is given less care. `augmented` has the network, the changes,
the steps and the two looks at each image (`of_either_ink`) of the answer that it stands beside, and lacks the
images without labels alone.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.optim.lr_scheduler import OneCycleLR

from course.data.glyphs import LETTERS, copies, glyphs
from course.data.image_set import measured

EACH, PLACES = 20, 1500
STEPS, BATCH, RATE = 800, 32, 6e-3


@dataclass(frozen=True, eq=False)
class Archive:
    """images, labels: 200 letters; unlabelled: (1500, 2, 1, 12, 12), a page twice; unseen, right: new ones"""

    images: Tensor
    labels: Tensor
    unlabelled: Tensor
    unseen: Tensor
    right: Tensor


def archive(script: int = 0, seed: int = 2, new: int = 1000) -> Archive:
    """The letters of a script: the same numbers give the same images.

    seed: 2 or more; the new letters alone depend on it
    """
    few, page = glyphs(1000, script, seed=0).few(EACH, 0), copies(PLACES, script, seed=1)
    asked = glyphs(new, script, seed=seed)
    (mean,), (std,) = measured(page.flatten(0, 1))
    images, unlabelled, unseen = ((part / 255 - mean) / std for part in (few.images, page, asked.images))
    return Archive(images, few.labels, unlabelled, unseen, asked.labels)


def small_cnn(width: int = 16) -> nn.Sequential:
    """Three convolutions and a linear layer, 17,000 numbers: (B, 1, 12, 12) -> (B, 10)"""
    sizes = ((1, width, 1), (width, 2 * width, 2), (2 * width, 2 * width, 2))
    layers: list[nn.Module] = []
    for before, after, stride in sizes:
        layers += [nn.Conv2d(before, after, 3, stride, padding=1), nn.BatchNorm2d(after), nn.ReLU()]
    return nn.Sequential(*layers, nn.Flatten(), nn.Linear(2 * width * 9, len(LETTERS)))


def moved(images: Tensor, far: float = 0.15, turn: float = 0.35) -> Tensor:
    """Each image turned, stretched and moved at random: (B, 1, H, W) -> (B, 1, H, W)

    far: by how much of half the image it may move; turn: by how many radians it may turn
    """

    def drawn(most: float) -> Tensor:
        return most * (2 * torch.rand(len(images)) - 1)

    angle, scale = drawn(turn), 1 + drawn(far)
    across = torch.stack([scale * angle.cos(), -scale * angle.sin(), drawn(far)], dim=-1)  # (B, 3)
    down = torch.stack([scale * angle.sin(), scale * angle.cos(), drawn(far)], dim=-1)
    grid = F.affine_grid(torch.stack([across, down], dim=1), list(images.shape), align_corners=False)
    return F.grid_sample(images, grid, padding_mode="border", align_corners=False)


def recoloured(images: Tensor) -> Tensor:
    """Each image with more or less contrast, every other one as its negative: (B, …) -> (B, …)"""
    one_each = (len(images), *[1] * (images.dim() - 1))
    sign = 1 - 2 * torch.randint(2, one_each)
    return images * sign * (0.6 + 0.8 * torch.rand(one_each))


def rising_and_falling(network: nn.Module, steps: int = STEPS) -> tuple[torch.optim.Optimizer, OneCycleLR]:
    """AdamW, and a rate that rises to RATE and falls to 0 over so many steps: both want a `.step()` each."""
    optimiser = torch.optim.AdamW(network.parameters(), lr=RATE, weight_decay=0.01, foreach=True)
    return optimiser, OneCycleLR(optimiser, RATE, total_steps=steps)


# -- what answers are compared with --------------------------------------------------------------------


def nearest(images: Tensor, labels: Tensor, unlabelled: Tensor, unseen: Tensor) -> Tensor:
    """The class of the nearest labelled image, pixel by pixel: -> (M,)"""
    return labels[torch.cdist(unseen.flatten(1), images.flatten(1)).argmin(dim=1)]


@torch.no_grad()
def untrained(images: Tensor, labels: Tensor, unlabelled: Tensor, unseen: Tensor) -> Tensor:
    """What a network says that keeps its first weights, once its norms have seen images: -> (M,)"""
    network = small_cnn()
    for _ in range(50):
        network(images)
    return network.eval()(unseen).argmax(dim=-1)


def labels_alone(images: Tensor, labels: Tensor, unlabelled: Tensor, unseen: Tensor) -> Tensor:
    """What a network says that has learnt the labelled images as they are: -> (M,)"""
    network = _taught(images, labels, lambda batch: batch)
    with torch.no_grad():
        return network(unseen).argmax(dim=-1)


def augmented(
    images: Tensor, labels: Tensor, unlabelled: Tensor, unseen: Tensor, steps: int = STEPS
) -> Tensor:
    """What a network says that has learnt the labelled images, changed anew in each step: -> (M,)"""
    network = _taught(images, labels, lambda batch: recoloured(moved(batch)), steps)
    return of_either_ink(network, unseen)


@torch.no_grad()
def of_either_ink(network: nn.Module, unseen: Tensor) -> Tensor:
    """The class of which a network is surest, asked of an image and of its negative: (M, …) -> (M,)"""
    return (network(unseen).softmax(dim=-1) + network(-unseen).softmax(dim=-1)).argmax(dim=-1)


def _taught(
    images: Tensor, labels: Tensor, change: Callable[[Tensor], Tensor], steps: int = STEPS
) -> nn.Module:
    network = small_cnn()
    optimiser, rate = rising_and_falling(network, steps)
    for _ in range(steps):
        chosen = torch.randint(len(images), (BATCH,))
        loss = F.cross_entropy(network(change(images[chosen])), labels[chosen])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        rate.step()
    return network.eval()
