"""The smallest CNN that reads digits, with a place between its convolutions where a block can be put later.

    x = ReLU(conv(x))      x = between(x)      x = ReLU(conv(x))      logits = W mean over places

It is a demonstration of what a block does to a network that is trained already, and no model of images.
"""

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from course import expect
from course.data.digits import CLASSES, TESTED, digits
from course.language.one_layer import one_thread


class SmallCNN(nn.Module):
    """images: (B, 1, 8, 8) -> logits (B, 10). `between`: a block for the map; at first nothing."""

    def __init__(self, channels: int):
        super().__init__()
        expect.whole(channels=channels)
        self.first = nn.Conv2d(1, channels, 3, padding=1)
        self.between: nn.Module = nn.Identity()
        self.second = nn.Conv2d(channels, 2 * channels, 3, stride=2, padding=1)
        self.head = nn.Linear(2 * channels, CLASSES)

    def forward(self, images: Tensor) -> Tensor:
        x = self.between(self.first(images).relu())  # (B, channels, 8, 8)
        x = self.second(x).relu()  # (B, 2 · channels, 4, 4)
        return self.head(x.mean(dim=(2, 3)))


@one_thread()
def fit(net: SmallCNN, epochs: int = 4, batch: int = 25, seed: int = 0, lr: float = 1e-2) -> SmallCNN:
    """Train on 1,400 digits, shuffled anew in each epoch, by AdamW -> the net"""
    images, labels = digits()
    images, labels = images[:-TESTED, None], labels[:-TESTED]
    generator = torch.Generator().manual_seed(seed)
    optimizer = torch.optim.AdamW(net.parameters(), lr, foreach=True)
    net.train()
    for _ in range(epochs):
        for chosen in torch.randperm(len(images), generator=generator).split(batch):
            optimizer.zero_grad()
            cross_entropy(net(images[chosen]), labels[chosen]).backward()
            optimizer.step()
    return net


@one_thread()
@torch.no_grad()
def right(net: SmallCNN) -> float:
    """The share of 397 unseen digits that it reads rightly."""
    images, labels = digits()
    net.eval()
    said = net(images[-TESTED:, None]).argmax(dim=1)
    return (said == labels[-TESTED:]).float().mean().item()
