"""Is there still something to see? Numbers that fall when all images get the same embedding.

A loss does not show a collapse: predicting one's own constant output is perfect. These do, and
`course.training.loop` logs them for every method:

    spread    the standard deviation over images, a mean over the channels; 0: one point
    rank      (Σλ)² / Σλ², from 1, all on a line, to D, the same in all directions
    entropy   −Σ p log p with p = λ / Σλ, in nats, from 0 to log D; λ: eigenvalues of the covariance

What people usually get wrong: a healthy spread does not rule out *dimensional* collapse, where images differ
in one direction only; rank and entropy of a batch of B images cannot exceed B − 1 and log(B − 1).
"""

from typing import Any

import torch
from torch import Tensor

from course import expect
from course.training.modes import evaluating
from course.training.precision import full_precision
from course.training.trainable import Told


def spread(z: Tensor) -> Tensor:
    """The standard deviation over a batch, a mean over the channels: z: (B, D) -> scalar

    0 when all images get the same embedding, which is what collapse is; so has an image by itself.
    """
    if len(z) < 2:
        return z.new_zeros(())
    z, scale = _about_zero(z)
    return z.std(dim=0).mean() * scale


def effective_rank(z: Tensor) -> Tensor:
    """In how many directions a batch spreads, (Σλ)² / Σλ² over the covariance's eigenvalues: (B, D) -> scalar

    From 1, all on a line, to min(B − 1, D), the same in all directions; 0 for a single point, at any scale.
    No eigenvalue is computed: their sum is the covariance's trace, and the sum of their squares its squared
    norm.
    """
    gram = _gram(z)
    return gram.trace().square() / gram.square().sum().clamp(min=torch.finfo(gram.dtype).tiny)


def spectral_entropy(z: Tensor) -> Tensor:
    """The entropy of how the variance is shared out among directions, in nats: (B, D) -> scalar

    Its exponential is a number of directions too, less ruled by the largest than `effective_rank`
    (Garrido et al. 2023, RankMe, takes singular values instead); 0 for a single point.
    """
    gram = _gram(z)
    if not gram.isfinite().all():  # the eigenvalues of such a matrix are an error
        return gram.new_tensor(torch.nan)
    variances = torch.linalg.eigvalsh(gram).clamp(min=0)  # (min(B, D),)
    total = variances.sum()
    return torch.special.entr(variances / total.clamp(min=torch.finfo(total.dtype).tiny)).sum()


@torch.no_grad()
def health(encoder: Any, images: Tensor) -> Told:
    """All three for what an encoder makes of images (B, C, H, W), in evaluation mode."""
    with evaluating(encoder):
        z = encoder.features(images)  # (B, D)
    return {"spread": spread(z), "rank": effective_rank(z), "entropy": spectral_entropy(z)}


def _gram(z: Tensor) -> Tensor:
    """A matrix with the covariance's eigenvalues other than 0, times a number: the smaller of two."""
    z, _ = _about_zero(z)
    with full_precision(z):
        return z @ z.T if z.shape[0] < z.shape[1] else z.T @ z


def _about_zero(z: Tensor) -> tuple[Tensor, Tensor]:
    """Embeddings minus their mean, at most about 1, and what they were divided by: (B, D), scalar

    They are exactly 0 for a single point, which is one whose rows differ by no more than their rounding.
    """
    expect.floating("z", z)
    if z.dim() != 2 or not len(z):
        raise ValueError(f"z must have shape (images, channels), of one image or more; got {tuple(z.shape)}")
    z, rounding = z.detach(), torch.finfo(z.dtype).eps
    z = z.to(torch.promote_types(z.dtype, torch.float32))
    apart = z - z[:1]  # the mean of equal numbers may differ from them; the first does not
    scale = apart.abs().amax()
    alike = scale <= rounding * z.abs().amax()
    apart = torch.where(alike, 0.0, apart / torch.where(alike, 1.0, scale)).float()
    return apart - apart.mean(dim=0), scale.float()
