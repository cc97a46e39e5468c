"""SimCLR: two views of an image must find each other among all the views of a batch.

    ℓ(i, j) = −log( exp(sim(z_i, z_j)/τ) / Σ_{k≠i} exp(sim(z_i, z_k)/τ) )      Chen et al. 2020, equation 1
    L = mean of ℓ over the 2B views, j the other view of i's image; sim is the cosine

What people usually get wrong
- only i itself is left out of the sum: the positive stays in it, and so do all 2B − 2 other views;
- it is one classification among 2B − 1 for *each* of the 2B views, both ways;
- z is the projection head's output, and thrown away: the probe reads what is *before* the head, which keeps
  the colours and orientations that the head learns to forget;
- without colour distortion the histogram of colours gives a view's twin away;
- negatives come from the batch, so the batch size matters as no hyperparameter of a classifier does;
- no blur for 32 × 32 images, and half the colour distortion (appendix B.9).

Parameters of the head: dim · hidden + 3 hidden + hidden · out + out.
Paper: ImageNet linear probe, ResNet-50, 1,000 epochs at batch 4,096: 69.3 %; CIFAR-10 94.0 %.
"""

from typing import Any

import torch
from torch import Generator, Tensor, nn
from torch.nn.functional import cross_entropy, normalize

from course import expect
from course.augment import ColourJitter, Compose, Crop, Flip, Grey
from course.ssl.collapse import effective_rank, spread
from course.ssl.mae import Augment
from course.ssl.method import Batch, Method, Told
from course.training.precision import full_precision


def nt_xent(z1: Tensor, z2: Tensor, tau: float = 0.5) -> Tensor:
    """The normalised, temperature-scaled cross entropy: z1, z2: (B, D), row by row the same images -> scalar

    From log(2B − 1), when all embeddings are the same, towards 0. Raises for shapes or dtypes that differ.
    """
    logits, positive = similarities(z1, z2, tau)
    return cross_entropy(logits, positive)


def similarities(z1: Tensor, z2: Tensor, tau: float) -> tuple[Tensor, Tensor]:
    """cos(z_i, z_k) / τ over all views, −∞ for i = k, and where each one's twin is: -> (2B, 2B), (2B,)"""
    expect.floating("z1", z1)
    if z1.dim() != 2 or z1.shape != z2.shape:
        shapes = f"{tuple(z1.shape)} and {tuple(z2.shape)}"
        raise ValueError(f"z1 and z2 must have the same shape (batch, width); got {shapes}")
    expect.together("z1", z1, "z2", z2)
    temperature(tau=tau)
    z = normalize(torch.cat([z1, z2]).float(), dim=1)  # (2B, D)
    itself = torch.eye(len(z), dtype=torch.bool, device=z.device)
    with full_precision(z):
        logits = (z @ z.T / tau).masked_fill(itself, -torch.inf)  # (2B, 2B)
    return logits, torch.arange(len(z), device=z.device).roll(len(z1))


def temperature(**temperatures: float) -> None:
    """Temperatures are above 0."""
    for name, value in temperatures.items():
        if not value > 0:
            raise ValueError(f"{name}, a temperature, must be above 0; got {value!r}")


def distort(images: Tensor, generator: Generator | None = None) -> Tensor:
    """SimCLR's augmentation for small images: crop, flip, and, where there are colours, jitter and grey."""
    steps = [Crop(images.shape[-1], scale=(0.08, 1.0)), Flip()]
    if images.shape[1] == 3:
        steps += [ColourJitter(0.4, 0.4, 0.4, 0.1, p=0.8), Grey(0.2)]
    return Compose(steps)(images, generator)


class ProjectionHead(nn.Sequential):
    """Linear, BatchNorm, ReLU, linear: (B, dim) -> (B, out)"""

    def __init__(self, dim: int, hidden: int, out: int):
        expect.whole(dim=dim, hidden=hidden, out=out)
        super().__init__(
            nn.Linear(dim, hidden), nn.BatchNorm1d(hidden), nn.ReLU(inplace=True), nn.Linear(hidden, out)
        )
        self.dim = dim


class SimCLR(Method):
    """Contrast around any encoder with features (B, dim).

    hidden, out: the projection head's widths. tau: the temperature. Tells how often a view's twin is the
    nearest of all, and the features' spread and effective rank, which fall when they collapse.
    """

    encoder: Any  # whatever offers features(images)

    def __init__(
        self,
        encoder: nn.Module,
        dim: int,
        *,
        hidden: int = 512,
        out: int = 128,
        tau: float = 0.5,
        augment: Augment = distort,
    ):
        super().__init__(encoder)
        temperature(tau=tau)
        self.tau, self.augment = tau, augment
        self.head = ProjectionHead(dim, hidden, out)

    def views(self, images: Tensor, generator: Generator | None = None) -> Batch:
        """-> images (2B, C, H, W): a first view of each, then a second"""
        return {"images": self.augment(torch.cat([images, images]), generator)}

    def forward(self, batch: Batch) -> tuple[Tensor, Told]:
        features = self.encoder.features(batch["images"])  # (2B, dim), both views in one forward
        expect.channels_last("the encoder's output", features, self.head.dim, next(self.head.parameters()))
        if len(features) < 4:
            raise ValueError(
                "SimCLR tells images apart: a batch, or a piece of one, needs two of them or more"
            )
        z1, z2 = self.head(features).chunk(2)  # (B, out) each
        logits, positive = similarities(z1, z2, self.tau)
        found = (logits.detach().argmax(dim=1) == positive).float().mean()
        told = {"found": found, "spread": spread(features), "rank": effective_rank(features)}
        return cross_entropy(logits, positive), told
