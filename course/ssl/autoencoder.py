"""Auto-encoder and variational auto-encoder: say an image in few numbers, and draw it again from them.

    auto-encoder   loss = ‖x − g(f(x))‖²                               Hinton and Salakhutdinov 2006
    VAE            −ELBO = −E_q(z|x) log p(x|z) + KL(q(z|x) ‖ p(z))     Kingma and Welling 2014, equation 3
                   z = μ(x) + σ(x) ε,  ε ~ N(0, I)                      section 2.4, reparameterisation
                   KL = −1/2 Σ_j (1 + log σ_j² − μ_j² − σ_j²)           appendix B
                   −log p(x|z) = ‖x − g(z)‖² / 2s² + n/2 log 2πs²       n pixels, a Gaussian of deviation s

What people usually get wrong
- the VAE's two terms are *sums*, over pixels and over latents; a mean over one and a sum over the other is
  a VAE of another s, and mostly one whose KL wins and whose latents die;
- the network gives log σ², which may be any number; σ is exp(½ log σ²), not exp of it;
- the gradient goes through μ and σ because ε is drawn beside them; a z that was *sampled* would stop it;
- s is a choice, not a detail: it says how exact the drawing must be before the KL may be lowered;
- for transfer the features before μ, or μ, are kept; a z drawn at random only adds noise.

Parameters beside the encoder, n = C·H·W: the decoder has hidden (D + 1) + n (hidden + 1); in the VAE, with Z
latents, it has Z in the place of D, and μ and log σ² add 2 Z (D + 1).
"""

import math
from typing import Any

import torch
from torch import Generator, Tensor, nn

from course import expect
from course.ssl.method import Batch, Method, Told
from course.ssl.tiles import check_images
from course.training.randomness import drawn


def reparameterise(mu: Tensor, log_var: Tensor, noise: Tensor) -> Tensor:
    """z = μ + σ ε, noise a standard normal of the same shape: (B, Z) three times -> (B, Z)"""
    if not mu.shape == log_var.shape == noise.shape:
        shapes = f"{tuple(mu.shape)}, {tuple(log_var.shape)} and {tuple(noise.shape)}"
        raise ValueError(f"mu, log_var and noise must have one shape; got {shapes}")
    return mu + (0.5 * log_var).exp() * noise


def kl_to_standard_normal(mu: Tensor, log_var: Tensor) -> Tensor:
    """KL(N(μ, σ²) ‖ N(0, I)) in nats, summed over the latents: (B, Z) twice -> (B,)"""
    if mu.dim() != 2 or mu.shape != log_var.shape:
        raise ValueError(
            f"mu and log_var must be (batch, latents); got {tuple(mu.shape)}, {tuple(log_var.shape)}"
        )
    return -0.5 * (1 + log_var - mu.square() - log_var.exp()).sum(1)


def gaussian_nll(x: Tensor, mean: Tensor, deviation: float) -> Tensor:
    """−log N(x; mean, deviation²) in nats, summed over all but the batch: (B, …) twice -> (B,)"""
    if x.shape != mean.shape:
        raise ValueError(f"x {tuple(x.shape)} and its mean {tuple(mean.shape)} must have one shape")
    if deviation <= 0:
        raise ValueError(f"deviation must be above 0; got {deviation}")
    error = (x - mean).flatten(1)  # (B, n)
    return error.square().sum(1) / (2 * deviation**2) + error.shape[1] / 2 * math.log(
        2 * math.pi * deviation**2
    )


def negative_elbo(x: Tensor, mean: Tensor, mu: Tensor, log_var: Tensor, deviation: float) -> Tensor:
    """The loss of each image, an upper bound of −log p(x) on average over the noise: -> (B,), in nats"""
    return gaussian_nll(x, mean, deviation) + kl_to_standard_normal(mu, log_var)


class Decoder(nn.Module):
    """From a vector to an image, by two linear layers: (B, width) -> (B, C, H, W), 0 … 1 by a sigmoid"""

    def __init__(self, width: int, shape: tuple[int, int, int], hidden: int):
        super().__init__()
        expect.whole(width=width, channels=shape[0], height=shape[1], image_width=shape[2], hidden=hidden)
        self.shape = shape
        self.expand = nn.Linear(width, hidden)
        self.draw = nn.Linear(hidden, math.prod(shape))

    def forward(self, z: Tensor) -> Tensor:
        expect.channels_last("z", z, self.expand.in_features, self.expand.weight)
        return (
            self.draw(self.expand(z).relu()).sigmoid().unflatten(1, self.shape)
        )  # (B, C·H·W) -> (B, C, H, W)


class AutoEncoder(Method):
    """views: "images" (B, C, H, W) as they are, of `shape` (C, H, W). encoder.features must be (B, dim).

    forward tells "std", the features' mean deviation from image to image: 0 after a collapse.
    """

    encoder: Any  # whatever offers features(images)

    def __init__(self, encoder: nn.Module, dim: int, shape: tuple[int, int, int], hidden: int = 512):
        super().__init__(encoder)
        self.decoder = Decoder(dim, shape, hidden)

    def views(self, images: Tensor, generator: Generator | None = None) -> Batch:
        _check_shape(images, self.decoder.shape)
        return {"images": images}

    def forward(self, batch: Batch) -> tuple[Tensor, Told]:
        features = self.encoder.features(batch["images"])  # (B, dim)
        loss = (self.decoder(features) - batch["images"]).square().mean()
        std = features.detach().float().std(dim=0, correction=0).mean()
        return loss, {"loss": loss.detach(), "std": std}


class VAE(Method):
    """views: "images" (B, C, H, W), of `shape`, and "noise" (B, latents). The loss is the mean of −ELBO.

    `deviation` is s, how exact a drawing must be, in the images' units. forward tells "reconstruction" and
    "kl", whose sum is the loss, and "active", how many latents have a μ whose variance over the batch is
    above 0.01 (Burda et al. 2016): the others say nothing.
    """

    encoder: Any  # whatever offers features(images)

    def __init__(
        self,
        encoder: nn.Module,
        dim: int,
        shape: tuple[int, int, int],
        latents: int = 32,
        hidden: int = 512,
        deviation: float = 0.1,
    ):
        super().__init__(encoder)
        expect.whole(dim=dim, latents=latents)
        if deviation <= 0:
            raise ValueError(f"deviation must be above 0; got {deviation}")
        self.latents, self.deviation = latents, deviation
        self.posterior = nn.Linear(dim, 2 * latents)  # μ, then log σ²
        self.decoder = Decoder(latents, shape, hidden)

    def views(self, images: Tensor, generator: Generator | None = None) -> Batch:
        _check_shape(images, self.decoder.shape)
        shape = (len(images), self.latents)
        noise = drawn(torch.randn, shape, like=images, generator=generator, dtype=images.dtype)
        return {"images": images, "noise": noise}

    def forward(self, batch: Batch) -> tuple[Tensor, Told]:
        images = batch["images"]
        features = self.encoder.features(images)  # (B, dim)
        expect.channels_last(
            "the encoder's output", features, self.posterior.in_features, self.posterior.weight
        )
        mu, log_var = self.posterior(features).float().chunk(2, dim=1)  # (B, Z) each
        mean = self.decoder(reparameterise(mu, log_var, batch["noise"])).float()  # (B, C, H, W)
        loss = negative_elbo(images, mean, mu, log_var, self.deviation).mean()
        kl = kl_to_standard_normal(mu, log_var).mean().detach()
        active = (mu.detach().var(dim=0, correction=0) > 0.01).sum()
        return loss, {"loss": loss.detach(), "reconstruction": loss.detach() - kl, "kl": kl, "active": active}


def _check_shape(images: Tensor, shape: tuple[int, int, int]) -> None:
    check_images(images)
    if tuple(images.shape[1:]) != tuple(shape):
        raise ValueError(f"images must be {tuple(shape)} each, channels first; got {tuple(images.shape[1:])}")
