"""Who learns more from few images? Networks of one size, the same images, the same number of steps.

    CNN                  convolutions 3 × 3 with residuals (He et al. 2016)
    ViT                  attention over patches, positions begun at ± 0.02 (Dosovitskiy et al. 2021, figure 4)
    ViT, loud positions  the same, positions begun at ± 1: each patch says from the start where it lies
    MLP                  one hidden layer: a weight of its own for every pixel

The last two are controls, as is `rearranged` (`course.vision.patches`), which puts the squares of all images,
to train and to test on, into one and the same wrong order: what is near is then no longer near.

What people usually get wrong
- equal epochs for unequal sets: fifty images then get a thirtieth of the steps, and any network looks bad;
- networks of unequal size, and one seed;
- a draw of labelled images for each network of its own.
"""

from collections.abc import Callable, Iterator

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from course.data.image_set import ImageSet
from course.training.modes import evaluating
from course.vision.resnet import BasicBlock, CIFARResNet
from course.vision.vit import ViT

BATCH = 32
RATE = 1e-3
STEPS = 400
VIT = dict(image_size=8, patch=2, dim=48, depth=3, heads=4, hidden=192, classes=10, channels=1)

Pair = tuple[Tensor, Tensor]  # images (N, C, H, W), standardised, and labels (N,)


def cnn() -> nn.Module:
    """A residual CNN for the digits: (B, 1, 8, 8) -> (B, 10), as all of these"""
    return CIFARResNet(block=BasicBlock, depths=(1, 1), width=34, classes=10, channels=1)


def vit(loudness: float = 0.02) -> nn.Module:
    """A ViT of that size, begun as in the paper's code: linear layers by Xavier, positions normal."""
    made = ViT(**VIT)
    for module in made.layers.modules():
        if isinstance(module, nn.Linear):
            nn.init.xavier_uniform_(module.weight)
    nn.init.normal_(made.position.table, std=loudness)
    return made


def mlp() -> nn.Module:
    """One hidden layer, of that size."""
    return nn.Sequential(nn.Flatten(), nn.Linear(64, 1152), nn.ReLU(), nn.Linear(1152, 10))


def few(data: ImageSet, count: int | None, seed: int) -> ImageSet:
    """`count` images, as many of each class, drawn by the seed; all of them for None."""
    if count is None:
        return data
    each, rest = divmod(count, len(data.classes))
    if rest or each == 0:
        raise ValueError(f"count must be a multiple of the {len(data.classes)} classes; got {count}")
    return data.few(each, seed)


def pair(data: ImageSet) -> Pair:
    """Images standardised by the training set's mean and std, and their labels."""
    return data.normalised(), data.labels


def learn(net: nn.Module, data: Pair, steps: int = STEPS, seed: int = 0) -> Iterator[float]:
    """Train, a batch a step, and give each loss; the rate rises for a tenth of the steps, then falls to 0."""
    images, labels = data
    generator = torch.Generator().manual_seed(seed)
    optimiser = torch.optim.AdamW(net.parameters(), lr=RATE, weight_decay=0.05, foreach=True)
    net.train()
    order = torch.empty(0, dtype=torch.int64)
    for step in range(steps):
        optimiser.param_groups[0]["lr"] = RATE * min(10 * (step + 1) / steps, 10 / 9 * (1 - step / steps))
        if len(order) < BATCH:  # a new order of all images behind what is left of the last
            again = -(-BATCH // len(images))
            more = [torch.randperm(len(images), generator=generator) for _ in range(again)]
            order = torch.cat([order, *more])
        chosen, order = order[:BATCH], order[BATCH:]
        loss = cross_entropy(net(images[chosen]), labels[chosen])
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        yield loss.item()


@torch.no_grad()
def right(net: nn.Module, data: Pair) -> float:
    """The share of images whose largest logit is the right one, from 0 to 1."""
    images, labels = data
    with evaluating(net):
        return (net(images).argmax(dim=1) == labels).float().mean().item()


def measured(make: Callable[[], nn.Module], train: Pair, test: Pair, seed: int, steps: int = STEPS) -> float:
    """The accuracy of a network made and trained by one seed."""
    torch.manual_seed(seed)
    net = make()
    for _ in learn(net, train, steps, seed):
        pass
    return right(net, test)
