"""Colourisation: from the lightness of an image, predict its colours, as a distribution at each place.

    L(Ẑ, Z) = − Σ_hw v(Z_hw) Σ_q Z_hwq log Ẑ_hwq             Zhang, Isola and Efros 2016, equation 2
    v(Z) = w[argmax_q Z_q],  w ∝ ((1 − λ) p̃ + λ / Q)⁻¹        equations 3, 4; Σ_q p̃_q w_q = 1, λ = 1/2
    f_T(z) = softmax(log z / T), and its mean over the bins  equation 5, T = 0.38

Lab has lightness in L, 0 … 100, and colour in a (green to red) and b (blue to yellow), with distances that
mean about the same to the eye everywhere. The ab plane is cut into Q = 313 bins, 10 apart; a target Z is
spread over the 5 nearest, by a Gaussian of σ = 5.

What people usually get wrong
- predicting ab itself, with a squared error, gives the mean of all colours that are plausible: grey-brown.
  Classes keep red *and* green as answers, and T decides between the mode (T → 0) and the mean (T = 1);
- most pixels of most photographs are nearly grey; without the weights v rare colours are never learnt;
- RGB is not linear: the curve of sRGB is undone before the matrix to XYZ;
- the bins are not those that hold a displayable colour (261 of this grid do) but those whose neighbouring
  grid squares meet the *convex hull* of the displayable colours: exactly 313, those of the authors' file
  `pts_in_hull`. Every colour of the hull has the four corners of its grid square among the bins;
- the encoder sees lightness only. Here it is copied into as many channels as the encoder has, so that the
  encoder takes colour images, too, when it is evaluated.

Parameters beside the encoder: scale² · Q (D + 1).
Paper: in 32 % of trials people took the colours for the real ones.
"""

import functools
import math
from typing import Any

import torch
from torch import Generator, Tensor, nn
from torch.nn.functional import adaptive_avg_pool2d, interpolate, log_softmax, pixel_shuffle

from course import expect
from course.ssl.method import Batch, Method, Told
from course.ssl.tiles import check_images
from course.vision.feature_map import feature_map

TO_XYZ = (
    (0.4124564, 0.3575761, 0.1804375),
    (0.2126729, 0.7151522, 0.0721750),
    (0.0193339, 0.1191920, 0.9503041),
)  # linear sRGB to CIE XYZ; the sums of the rows are the white of D65
KINK = 6 / 29


def rgb_to_lab(images: Tensor) -> Tensor:
    """sRGB, 0 … 1, to CIE Lab under D65: (B, 3, H, W) -> (B, 3, H, W): L 0 … 100, a −86 … 98, b −108 … 94"""
    _check_colour("images", images)
    expect.from_0_to_1("images", images)
    linear = torch.where(images <= 0.04045, images / 12.92, ((images.clamp(min=0) + 0.055) / 1.055) ** 2.4)
    matrix = images.new_tensor(TO_XYZ)
    xyz = _mix(matrix / matrix.sum(1, keepdim=True), linear)  # white is 1, 1, 1
    cube_root = xyz.clamp(min=KINK**3) ** (1 / 3)
    x, y, z = torch.where(xyz > KINK**3, cube_root, xyz / (3 * KINK**2) + 4 / 29).unbind(1)  # (B, H, W) each
    return torch.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], dim=1)


def lab_to_rgb(lab: Tensor) -> Tensor:
    """`rgb_to_lab` undone: (B, 3, H, W) -> (B, 3, H, W), what no screen can show clipped to 0 … 1"""
    _check_colour("lab", lab)
    L, a, b = lab.unbind(1)
    y = (L + 16) / 116
    f = torch.stack([y + a / 500, y, y - b / 200], dim=1)  # (B, 3, H, W)
    xyz = torch.where(f > KINK, f**3, 3 * KINK**2 * (f - 4 / 29))
    matrix = lab.new_tensor(TO_XYZ).double()
    inverse = torch.linalg.inv(matrix / matrix.sum(1, keepdim=True)).to(lab.dtype)
    linear = _mix(inverse, xyz).clamp(0, 1)
    return torch.where(
        linear <= 0.0031308, 12.92 * linear, 1.055 * linear.clamp(min=0.0031308) ** (1 / 2.4) - 0.055
    )


def _mix(matrix: Tensor, images: Tensor) -> Tensor:
    """A matrix times each pixel, exact under autocast, too: (3, 3), (B, 3, H, W) -> (B, 3, H, W)"""
    return (matrix[:, :, None, None] * images[:, None]).sum(2)


def ab_bins(spacing: int = 10) -> Tensor:
    """The centres of the bins, points of a grid, by a, then by b: -> (Q, 2), float32; Q = 313 with spacing 10

    A point is one of them where the open square of ± spacing around it meets the convex hull of all that can
    be displayed; in other words, where it lies inside that hull, widened by such a square. And a point lies
    inside a convex shape where in no direction it reaches as far as the shape does.
    """
    expect.whole(spacing=spacing)
    return _ab_bins(spacing).clone()


@functools.cache
def _ab_bins(spacing: int) -> Tensor:
    level = torch.linspace(0, 1, 18, dtype=torch.float64)
    rgb = torch.cartesian_prod(level, level, level)  # (5832, 3)
    ab = rgb_to_lab(rgb.T[None, :, :, None])[0, 1:, :, 0].T  # (5832, 2)
    angle = torch.arange(0, 360, 0.5, dtype=torch.float64) * math.pi / 180
    direction = torch.stack([angle.cos(), angle.sin()])  # (2, 720)
    reach = (ab @ direction).amax(0) + spacing * direction.abs().sum(0)  # (720,)
    steps = torch.arange(-120 // spacing, 120 // spacing + 1, dtype=torch.float64) * spacing
    grid = torch.cartesian_prod(steps, steps)  # (G, 2)
    return grid[(grid @ direction < reach).all(1)].float()


def soft_encode(ab: Tensor, bins: Tensor, neighbours: int = 5, sigma: float = 5.0) -> Tensor:
    """Each colour spread over its nearest bins, exp(−d² / 2σ²) normalised: (B, 2, H, W) -> (B, Q, H, W)"""
    expect.floating("ab", ab)
    if ab.dim() != 4 or ab.shape[1] != 2:
        raise ValueError(f"ab must have shape (batch, 2, height, width); got {tuple(ab.shape)}")
    expect.whole(neighbours=neighbours)
    square, nearest = _distances(ab, bins).topk(neighbours, dim=-1, largest=False)  # (B, H, W, neighbours)
    weights = (-square / (2 * sigma**2)).softmax(-1)
    target = ab.new_zeros(*square.shape[:3], len(bins)).scatter(-1, nearest, weights)  # (B, H, W, Q)
    return target.movedim(-1, 1)


def _distances(ab: Tensor, bins: Tensor) -> Tensor:
    """Squared distances of colours to bins: (B, 2, H, W), (Q, 2) -> (B, H, W, Q)"""
    return (ab.movedim(1, -1)[..., None, :] - bins).square().sum(-1)


def colour_prior(images: Tensor, bins: Tensor, sigma: float = 5.0) -> Tensor:
    """p̃, how often each bin is the nearest, smoothed by a Gaussian over the bins: (B, 3, H, W) -> (Q,)"""
    nearest = _distances(rgb_to_lab(images)[:, 1:], bins).argmin(-1)  # (B, H, W)
    count = torch.bincount(nearest.flatten(), minlength=len(bins)).to(bins.dtype)  # (Q,)
    kernel = (-(bins[:, None] - bins).square().sum(-1) / (2 * sigma**2)).exp()  # (Q, Q)
    smooth = (kernel / kernel.sum(0)) @ count  # what a bin has goes to its neighbourhood, and all of it
    return smooth / smooth.sum()


def rebalancing(prior: Tensor, mix: float = 0.5) -> Tensor:
    """w of equation 4, of mean 1 under the prior: (Q,) -> (Q,). `mix` is λ; with 1 all weigh the same."""
    if prior.dim() != 1 or not 0 < mix <= 1:
        raise ValueError(
            f"a prior (bins,) and a mix above 0, up to 1, are needed; got {tuple(prior.shape)}, {mix}"
        )
    w = 1 / ((1 - mix) * prior + mix / len(prior))
    return w / (prior * w).sum()


def colour_loss(logits: Tensor, target: Tensor, weights: Tensor) -> Tensor:
    """Equation 2, as a mean over images and places: (B, Q, h, w) each, weights (Q,) -> a scalar"""
    if logits.shape != target.shape or weights.shape != logits.shape[1:2]:
        shapes = f"{tuple(logits.shape)}, {tuple(target.shape)} and {tuple(weights.shape)}"
        raise ValueError(f"logits and target (B, Q, h, w) and weights (Q,) are needed; got {shapes}")
    v = weights[target.argmax(1)]  # (B, h, w)
    return -(v * (target * log_softmax(logits.float(), dim=1)).sum(1)).mean()


def annealed_mean(logits: Tensor, bins: Tensor, T: float = 0.38) -> Tensor:
    """The mean colour of the distribution sharpened by T (equation 5): (B, Q, h, w) -> (B, 2, h, w)"""
    if T <= 0:
        raise ValueError(f"T must be above 0; got {T}")
    return torch.einsum("bqhw,qc->bchw", (logits.float() / T).softmax(1), bins.float())


class SeesLightness(nn.Module):
    """An encoder that is shown how light each place is, and no colour, in training as later: (B, 3, H, W) in.

    network: takes `channels` copies of the lightness, 0 … 1.
    """

    network: Any  # whatever offers maps(images), as a ResNet, or tokens(images), as a ViT

    def __init__(self, network: nn.Module, channels: int):
        super().__init__()
        self.network, self.channels = network, channels

    def features(self, images: Tensor) -> Tensor:
        """What the network knows of each image: (B, 3, H, W) -> (B, dim)"""
        return self.network.features(self.copies(rgb_to_lab(images)[:, :1] / 100))

    def maps(self, images: Tensor) -> Tensor:
        """What it knows of each place: (B, 3, H, W) -> (B, dim, h, w)"""
        return feature_map(self.network, self.copies(rgb_to_lab(images)[:, :1] / 100))

    def copies(self, lightness: Tensor) -> Tensor:
        """(B, 1, H, W) -> (B, channels, H, W)"""
        return lightness.expand(-1, self.channels, -1, -1)


class Colourisation(Method):
    """views: images (B, 3, H, W) -> "lightness" (B, 1, H, W), 0 … 1, and "ab" (B, 2, H, W).

    The encoder takes `channels` copies of the lightness, and is kept as one that `SeesLightness`. Colours are
    predicted at `scale` times the resolution of its features. `prior` (Q,), from `colour_prior`, rebalances
    the classes; else all weigh 1. forward tells "chroma", the mean strength of the predicted colours, which
    falls to 0 where all turns grey, and "chroma_true".
    """

    encoder: SeesLightness
    bins: Tensor
    weights: Tensor

    def __init__(
        self, encoder: nn.Module, dim: int, *, channels: int = 3, scale: int = 1, prior: Tensor | None = None
    ):
        super().__init__(SeesLightness(encoder, channels))
        expect.whole(dim=dim, channels=channels, scale=scale)
        bins = ab_bins()
        if prior is not None and prior.shape != (len(bins),):
            raise ValueError(
                f"the prior must have shape ({len(bins)},), one number a bin; got {tuple(prior.shape)}"
            )
        self.scale = scale
        self.register_buffer("bins", bins, persistent=False)
        self.register_buffer("weights", torch.ones(len(bins)) if prior is None else rebalancing(prior))
        self.head = nn.Conv2d(dim, len(bins) * scale**2, kernel_size=1)

    def views(self, images: Tensor, generator: Generator | None = None) -> Batch:
        lab = rgb_to_lab(images)
        return {"lightness": lab[:, :1] / 100, "ab": lab[:, 1:]}

    def logits(self, lightness: Tensor) -> Tensor:
        """Of each bin at each place: (B, 1, H, W) -> (B, Q, h, w)"""
        copies = self.encoder.copies(lightness)  # (B, channels, H, W)
        features = feature_map(self.encoder.network, copies)  # (B, D, H/p, W/p)
        expect.images(features, self.head.in_channels, self.head.weight)
        return pixel_shuffle(self.head(features), self.scale)  # (B, scale²·Q, H/p, W/p) -> (B, Q, h, w)

    def forward(self, batch: Batch) -> tuple[Tensor, Told]:
        logits = self.logits(batch["lightness"])
        h, w = logits.shape[-2:]
        ab = adaptive_avg_pool2d(batch["ab"], (h, w))  # (B, 2, h, w)
        loss = colour_loss(logits, soft_encode(ab, self.bins), self.weights)
        chroma = torch.linalg.vector_norm(annealed_mean(logits.detach(), self.bins), dim=1).mean()
        true = torch.linalg.vector_norm(ab, dim=1).mean()
        return loss, {"loss": loss.detach(), "chroma": chroma, "chroma_true": true}

    @torch.no_grad()
    def colourise(self, images: Tensor, T: float = 0.38) -> Tensor:
        """The images with the colours that the network gives them: (B, 3, H, W) -> (B, 3, H, W), 0 … 1"""
        lightness = rgb_to_lab(images)[:, :1]
        ab = annealed_mean(self.logits(lightness / 100), self.bins, T)
        ab = interpolate(ab, size=images.shape[-2:], mode="bilinear", align_corners=False)
        return lab_to_rgb(torch.cat([lightness, ab.to(lightness.dtype)], dim=1))


def _check_colour(name: str, images: Tensor) -> None:
    check_images(images)
    if images.shape[1] != 3:
        raise ValueError(f"{name} must have 3 channels, colours; got {images.shape[1]}")
