"""Auto-encoder and VAE: the KL by Monte Carlo, the ELBO against a likelihood known exactly, the gradient."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.distributions import MultivariateNormal, Normal, kl_divergence

from course.ssl.autoencoder import (
    VAE,
    AutoEncoder,
    Decoder,
    gaussian_nll,
    kl_to_standard_normal,
    negative_elbo,
    reparameterise,
)


class Pixels(nn.Module):
    def features(self, images):
        return images.flatten(1)


def randn(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 5), st.integers(1, 6), st.integers(0, 999))
def test_kl_equals_pytorchs(B, Z, seed):
    mu, log_var = randn(B, Z, seed=seed), randn(B, Z, seed=seed + 1)
    expected = kl_divergence(Normal(mu, (log_var / 2).exp()), Normal(torch.zeros_like(mu), 1.0)).sum(1)
    torch.testing.assert_close(kl_to_standard_normal(mu, log_var), expected)


def test_kl_by_monte_carlo():
    """E_q [log q(z) − log p(z)], 200,000 draws of z = μ + σ ε."""
    mu, log_var = torch.tensor([[0.5, -1.0, 0.0]]).double(), torch.tensor([[0.3, -1.2, 0.0]]).double()
    noise = randn(200_000, 3)
    z = reparameterise(mu.expand_as(noise), log_var.expand_as(noise), noise)
    log_q = -0.5 * ((z - mu) ** 2 / log_var.exp() + log_var + math.log(2 * math.pi))
    log_p = -0.5 * (z**2 + math.log(2 * math.pi))
    found = (log_q - log_p).sum(1)
    error = found.std() / math.sqrt(len(found))
    assert abs(found.mean() - kl_to_standard_normal(mu, log_var)[0]) < 5 * error < 0.02
    assert kl_to_standard_normal(torch.zeros(1, 3), torch.zeros(1, 3)) == 0


def test_reparameterised_draws_have_the_mean_and_deviation_and_carry_gradients():
    mu, log_var = (
        torch.tensor([[1.5]]).double().requires_grad_(),
        torch.tensor([[-0.8]]).double().requires_grad_(),
    )
    noise = randn(100_000, 1)
    z = reparameterise(mu.expand_as(noise), log_var.expand_as(noise), noise)
    assert z.mean().item() == pytest.approx(1.5, abs=0.01)
    assert z.std().item() == pytest.approx(math.exp(-0.4), abs=0.01)
    z[0].sum().backward()
    assert mu.grad.item() == 1
    assert log_var.grad.item() == pytest.approx(0.5 * math.exp(-0.4) * noise[0].item())


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 4), st.floats(0.05, 3), st.integers(0, 99))
def test_gaussian_likelihood_equals_pytorchs(B, s, seed):
    x, mean = randn(B, 2, 3, seed=seed), randn(B, 2, 3, seed=seed + 1)
    expected = -Normal(mean, s).log_prob(x).sum((1, 2))
    torch.testing.assert_close(gaussian_nll(x, mean, s), expected)


def test_the_elbo_touches_the_likelihood_at_the_true_posterior_and_lies_below_elsewhere():
    """A linear decoder: x = A z + s ε, so that p(x) = N(0, A Aᵀ + s² I) and p(z|x) are known.

    A has orthogonal columns, so the posterior is a Gaussian of independent latents, as q is.
    """
    A = torch.linalg.qr(randn(4, 2))[0] * torch.tensor([1.5, 0.7], dtype=torch.float64)
    s, x = 0.4, randn(4, seed=1)
    likelihood = MultivariateNormal(torch.zeros(4).double(), A @ A.T + s**2 * torch.eye(4)).log_prob(x)
    precision = torch.eye(2) + A.T @ A / s**2
    mu = torch.linalg.solve(precision, A.T @ x / s**2)
    log_var = -precision.diagonal().log()

    def elbo(mu, log_var):
        unit = torch.eye(2, dtype=torch.float64)
        noise = math.sqrt(2) * torch.cat([unit, -unit])  # mean 0, covariance I
        mu, log_var = mu.expand(4, 2), log_var.expand(4, 2)
        mean = reparameterise(mu, log_var, noise) @ A.T
        return -negative_elbo(x.expand(4, 4), mean, mu, log_var, s).mean()  # exact: it is quadratic in ε

    assert elbo(mu, log_var).item() == pytest.approx(likelihood.item(), abs=1e-6)
    assert elbo(mu + 0.3, log_var) < likelihood - 0.1
    assert elbo(mu, log_var + 1) < likelihood - 0.1


def test_the_vaes_loss_is_the_elbo_of_its_parts():
    torch.manual_seed(0)
    method = VAE(Pixels(), dim=12, shape=(3, 2, 2), latents=5, hidden=7, deviation=0.3)
    batch = method.views(torch.rand(6, 3, 2, 2), torch.Generator().manual_seed(1))
    assert torch.equal(batch["noise"], torch.randn(6, 5, generator=torch.Generator().manual_seed(1)))
    loss, told = method(batch)
    mu, log_var = method.posterior(batch["images"].flatten(1)).split(5, dim=1)
    mean = method.decoder(mu + torch.exp(log_var / 2) * batch["noise"])
    expected = negative_elbo(batch["images"], mean, mu, log_var, 0.3).mean()
    assert loss.item() == pytest.approx(expected.item(), abs=1e-4)
    assert (told["reconstruction"] + told["kl"]).item() == pytest.approx(loss.item(), abs=1e-4)
    assert told["active"] == (mu.var(0, correction=0) > 0.01).sum()


def test_collapse_is_told():
    method = VAE(Pixels(), dim=4, shape=(1, 2, 2), latents=3, hidden=7)
    for parameter in method.posterior.parameters():
        nn.init.zeros_(parameter)
    _, told = method(method.views(torch.rand(6, 1, 2, 2)))
    assert told["kl"] == 0 and told["active"] == 0
    _, told = AutoEncoder(Pixels(), dim=4, shape=(1, 2, 2))({"images": torch.ones(6, 1, 2, 2)})
    assert told["std"] == 0


def test_the_auto_encoders_loss_is_the_mean_squared_error():
    torch.manual_seed(0)
    method = AutoEncoder(Pixels(), dim=12, shape=(3, 2, 2), hidden=7)
    images = torch.rand(5, 3, 2, 2)
    loss, told = method(method.views(images))
    drawn = method.decoder(images.flatten(1))
    assert drawn.shape == images.shape
    assert loss.item() == pytest.approx(((drawn - images) ** 2).mean().item(), abs=1e-6)
    assert told["std"].item() == pytest.approx(images.flatten(1).std(0, correction=0).mean().item(), abs=1e-6)


def test_parameters():
    with torch.device("meta"):
        method = VAE(nn.Module(), dim=20, shape=(3, 8, 8), latents=5, hidden=16)
    assert sum(p.numel() for p in method.parameters()) == 16 * 6 + 192 * 17 + 2 * 5 * 21


@pytest.mark.parametrize(
    "wrong, sentence",
    [
        (
            lambda: AutoEncoder(Pixels(), 4, (1, 2, 2)).views(torch.rand(1, 1, 3, 3)),
            r"images must be \(1, 2, 2\) each",
        ),
        (lambda: VAE(Pixels(), 4, (1, 2, 2), deviation=0), "deviation must be above 0; got 0"),
        (
            lambda: reparameterise(torch.rand(2, 3), torch.rand(2, 3), torch.rand(2, 1)),
            "must have one shape; got",
        ),
        (lambda: kl_to_standard_normal(torch.rand(3), torch.rand(3)), r"must be \(batch, latents\)"),
        (lambda: gaussian_nll(torch.rand(2, 3), torch.rand(2, 1), 1.0), "must have one shape"),
        (lambda: gaussian_nll(torch.rand(2, 3), torch.rand(2, 3), 0.0), "deviation must be above 0"),
        (
            lambda: Decoder(3, (1, 2, 2), 4)(torch.rand(1, 5)),
            "z has width 5 but this layer was made for width 3",
        ),
    ],
)
def test_wrong_use_is_named(wrong, sentence):
    with pytest.raises(ValueError, match=sentence):
        wrong()
