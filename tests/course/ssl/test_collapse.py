"""The measures that make a collapse visible, by eigenvalues and on points and lines."""

import math

import pytest
import torch
from torch import nn

from course.ssl.collapse import effective_rank, health, spectral_entropy, spread


@pytest.mark.parametrize("shape", [(50, 6), (5, 30)])
def test_rank_and_entropy_by_eigenvalues(shape):
    z = torch.randn(shape, generator=torch.Generator().manual_seed(0)) * torch.linspace(0.1, 3, shape[1])
    eigenvalues = torch.linalg.eigvalsh(torch.cov(z.T.double()))
    expected = eigenvalues.sum() ** 2 / eigenvalues.square().sum()
    torch.testing.assert_close(effective_rank(z), expected.float(), atol=1e-4, rtol=1e-4)
    p = eigenvalues / eigenvalues.sum()
    entropy = -sum(x * math.log(x) for x in p.tolist() if x > 1e-12)
    assert spectral_entropy(z).item() == pytest.approx(entropy, abs=1e-4)


def test_collapse_shows():
    point = torch.ones(8, 5)
    line = torch.arange(8.0)[:, None] * torch.ones(5)
    assert spread(point) == effective_rank(point) == spectral_entropy(point) == 0
    assert effective_rank(line).item() == pytest.approx(1.0)
    assert spectral_entropy(line).item() == pytest.approx(0.0, abs=1e-4)
    assert spread(line).item() == pytest.approx(math.sqrt(6))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
@pytest.mark.parametrize("scale", [1e-30, 1e-12, 0.1, 1.0, 1e12, 1e30])
def test_no_scale_hides_a_collapse_or_makes_one(scale, dtype):
    generator = torch.Generator().manual_seed(0)
    point = torch.full((64, 128), scale, dtype=dtype)
    other = (torch.rand(128, generator=generator) * scale).to(dtype).expand(64, -1)
    for z in (point, -point, other, 0 * point, other[:1]):
        assert effective_rank(z) == spectral_entropy(z) == 0
        assert len(z) == 1 or spread(z) == 0
    cloud = torch.randn(64, 5, generator=generator)
    scaled = (cloud.double() * scale).to(dtype)
    for measure in (effective_rank, spectral_entropy):
        torch.testing.assert_close(
            measure(scaled), measure(cloud), rtol=1e-2 if dtype is torch.bfloat16 else 1e-5, atol=0
        )
    assert spread(scaled).item() == pytest.approx(spread(cloud).item() * scale, rel=1e-2)


def test_what_differs_by_rounding_alone_is_a_point():
    z = torch.rand(1, 6, generator=torch.Generator().manual_seed(0)).repeat(8, 1)
    z[::2] = torch.nextafter(z[::2], torch.tensor(2.0))
    assert spread(z) == effective_rank(z) == spectral_entropy(z) == 0


def test_directions_alike_have_the_largest_entropy():
    z = torch.cat([torch.eye(6), -torch.eye(6)])
    assert spectral_entropy(z).item() == pytest.approx(math.log(6))
    assert effective_rank(z).item() == pytest.approx(6.0)


def test_what_is_no_number_has_no_entropy():
    for broken in (torch.nan, torch.inf):
        z = torch.tensor([[1.0, broken], [0.0, 1.0]])
        assert spectral_entropy(z).isnan() and effective_rank(z).isnan() and spread(z).isnan()
    with pytest.raises(ValueError, match=r"z must have shape \(images, channels\).*got \(0, 3\)"):
        effective_rank(torch.zeros(0, 3))


def test_health_looks_in_evaluation_mode_and_leaves_no_trace():
    class Encoder(nn.Module):
        def __init__(self):
            super().__init__()
            self.layers = nn.Sequential(nn.Flatten(), nn.Linear(12, 5), nn.BatchNorm1d(5), nn.Dropout(0.5))

        def features(self, images):
            return self.layers(images)

    encoder, images = Encoder().train(), torch.rand(9, 3, 2, 2)
    first, second = health(encoder, images), health(encoder, images)
    assert first == second and set(first) == {"spread", "rank", "entropy"}
    assert encoder.training and encoder.layers[3].training
    assert encoder.layers[2].num_batches_tracked == 0
    assert not any(value.requires_grad for value in first.values())
