"""Two images in one, and a label that says how much of each.

    MixUp (Zhang et al., 2018, eq. 1-2):  x = λ xᵢ + (1 − λ) xⱼ,   y = λ yᵢ + (1 − λ) yⱼ,   λ ~ Beta(α, α)
    CutMix (Yun et al., 2019, eq. 1-2):   x = M ⊙ xᵢ + (1 − M) ⊙ xⱼ, and the same y, λ = the mean of M

What people usually get wrong: in CutMix, the λ that was drawn kept for the label although the box was cut off
at the border or rounded to pixels; integer labels mixed; a loss that is not linear in the labels.
"""

from dataclasses import dataclass

import torch
from torch import Generator, Tensor

from course import expect
from course.augment.transform import expect_images, per_image
from course.training.randomness import drawn, home


@dataclass(frozen=True)
class Mix:
    """What both share: called with images (B, C, H, W), labels (B, K), a generator; returns both, mixed.

    Labels are soft targets, a share for each class (`one_hot(labels, K).float()` makes them). Partners are a
    permutation of the batch; every image draws its own λ (the papers' code: one for the batch).
    """

    alpha: float

    def __post_init__(self) -> None:
        if not isinstance(self.alpha, int | float) or not 0 < self.alpha < float("inf"):
            raise ValueError(f"alpha must be a number above 0; got {self.alpha!r}")

    def __call__(
        self, images: Tensor, labels: Tensor, generator: Generator | None = None
    ) -> tuple[Tensor, Tensor]:
        expect_images(images)
        expect_soft(labels, images)
        with torch.no_grad():
            share = beta(images, generator, self.alpha)
            partner = drawn(torch.randperm, len(images), like=images, generator=generator)
            mixed, share = self.mix(images, partner, share, generator)
            share = share[:, None].to(labels.dtype)
            return mixed, share * labels + (1 - share) * labels[partner]

    def mix(
        self, images: Tensor, partner: Tensor, share: Tensor, generator: Generator | None
    ) -> tuple[Tensor, Tensor]:
        """The images mixed, and which share (B,) of each is its own."""
        raise NotImplementedError


@dataclass(frozen=True)
class MixUp(Mix):
    """Convex combinations of pairs of images and labels. The paper: ImageNet α = 0.1 to 0.4; CIFAR-10 1."""

    alpha: float = 0.2

    def mix(
        self, images: Tensor, partner: Tensor, share: Tensor, generator: Generator | None
    ) -> tuple[Tensor, Tensor]:
        return images[partner].lerp(images, per_image(share).to(images.dtype)), share


@dataclass(frozen=True)
class CutMix(Mix):
    """A box of another image pasted in, with sides of √(1 − λ) of the image's around a uniform centre."""

    alpha: float = 1.0

    def mix(
        self, images: Tensor, partner: Tensor, share: Tensor, generator: Generator | None
    ) -> tuple[Tensor, Tensor]:
        centre = drawn(torch.rand, (len(images), 2), like=images, generator=generator)
        x, y = centre.to(share.dtype).unbind(1)
        pasted = box_mask(share, x, y, *images.shape[-2:])  # (B, 1, H, W)
        kept = 1 - pasted.to(share.dtype).mean((1, 2, 3))  # (B,): what is left, exactly
        return torch.where(pasted, images[partner], images), kept


def box_mask(share: Tensor, x: Tensor, y: Tensor, H: int, W: int) -> Tensor:
    """True in the box: share kept, centre x and centre y (B,), 0 … 1 -> (B, 1, H, W)

    Edges are rounded down to whole pixels and cut off at the image's border, as in the paper's code.
    """
    side = (1 - share).sqrt()
    inside = []
    for centre, length in ((y, H), (x, W)):
        half, middle = (side * length).floor() // 2, (centre * length).floor()
        place = torch.arange(length, device=share.device)
        inside.append((place >= (middle - half)[:, None]) & (place < (middle + half)[:, None]))  # (B, length)
    return (inside[0][:, :, None] & inside[1][:, None, :]).unsqueeze(1)


def beta(images: Tensor, generator: Generator | None, alpha: float) -> Tensor:
    """One number for each image from Beta(α, α): (B,), float64, on the images' device.

    X / (X + Y) of two gamma variables, by their logarithms: below α = 0.005 most of them are smaller than any
    number. Γ(α) is distributed as Γ(α + 1) · U^(1/α).
    """
    device = home(images, generator)
    shape = torch.full((len(images), 2), alpha + 1.0, device=device, dtype=torch.float64)
    larger = torch._standard_gamma(shape, generator).log()  # (B, 2): torch.distributions takes no generator
    uniform = torch.rand(shape.shape, generator=generator, device=device, dtype=torch.float64)
    power = (1 - uniform).log()  # of numbers in (0, 1]
    apart = larger[:, 0] - larger[:, 1] + (power[:, 0] - power[:, 1]) / alpha  # (B,)
    return apart.sigmoid().to(images.device)


def expect_soft(labels: Tensor, images: Tensor) -> None:
    """Soft targets, (B, K), one row for each image."""
    if not isinstance(labels, Tensor) or not labels.is_floating_point() or labels.dim() != 2:
        shape = tuple(labels.shape) if isinstance(labels, Tensor) else "no shape"
        given = f"{expect.kind(labels)} of {shape}"
        raise TypeError(f"labels must be soft targets, floating-point numbers (batch, classes); got {given}")
    expect.same_batch("labels", labels, "images", images)
    expect.same_device("labels", labels, "images", images)
