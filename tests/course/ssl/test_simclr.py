"""SimCLR's loss against a double loop, its properties, and the head."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from course.ssl.collapse import spread
from course.ssl.simclr import ProjectionHead, SimCLR, distort, nt_xent
from course.vision.resnet import build


def pair(B, D, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return (torch.randn(B, D, generator=generator) for _ in range(2))


def by_loops(z1, z2, tau):
    """Equation 1 as it stands, one pair of views at a time."""
    views = [row.tolist() for row in (*z1.double(), *z2.double())]

    def sim(u, v):
        dot = sum(a * b for a, b in zip(u, v))
        return dot / math.sqrt(sum(a * a for a in u)) / math.sqrt(sum(b * b for b in v))

    total = 0.0
    for i in range(len(views)):
        j = (i + len(z1)) % len(views)
        others = sum(math.exp(sim(views[i], views[k]) / tau) for k in range(len(views)) if k != i)
        total -= math.log(math.exp(sim(views[i], views[j]) / tau) / others)
    return total / len(views)


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 6), st.integers(1, 5), st.floats(0.1, 2.0), st.integers(0, 1000))
def test_the_loss_by_a_double_loop(B, D, tau, seed):
    z1, z2 = pair(B, D, seed)
    assert nt_xent(z1, z2, tau).item() == pytest.approx(by_loops(z1, z2, tau), abs=1e-4)


def test_both_ways_and_in_any_order():
    z1, z2 = pair(5, 4)
    order = torch.tensor([3, 0, 4, 1, 2])
    expected = nt_xent(z1, z2)
    torch.testing.assert_close(nt_xent(z2, z1), expected)
    torch.testing.assert_close(nt_xent(z1[order], z2[order]), expected)
    torch.testing.assert_close(nt_xent(3 * z1, 0.1 * z2), expected)  # lengths do not matter
    assert (nt_xent(z1, z2[order]) - expected).abs() > 0.01


def test_from_all_alike_to_all_apart():
    assert nt_xent(torch.ones(8, 3), torch.ones(8, 3)).item() == pytest.approx(math.log(15), abs=1e-5)
    apart = torch.eye(8)
    assert nt_xent(apart, apart, 0.05).item() < 1e-6


def test_a_head_and_what_is_told():
    torch.manual_seed(0)
    dim, hidden, out = 6, 10, 4
    head = ProjectionHead(dim, hidden, out)
    assert sum(p.numel() for p in head.parameters()) == dim * hidden + 3 * hidden + hidden * out + out
    method = SimCLR(build("18", classes=0), 512, hidden=16, out=8)
    batch = method.views(torch.rand(3, 3, 16, 16), torch.Generator().manual_seed(0))
    assert batch["images"].shape == (6, 3, 16, 16)
    assert not torch.allclose(batch["images"][:3], batch["images"][3:], atol=0.01)
    loss, told = method(batch)
    method.eval()
    features = method.encoder.features(batch["images"])
    z1, z2 = method.head(features).chunk(2)
    loss, told = method(batch)
    torch.testing.assert_close(loss, nt_xent(z1, z2, 0.5))
    torch.testing.assert_close(told["spread"], spread(features))
    views = torch.nn.functional.normalize(torch.cat([z1, z2]), dim=1)
    nearest = [
        max((k for k in range(6) if k != i), key=lambda k: (views[i] @ views[k]).item()) for i in range(6)
    ]
    assert told["found"].item() == pytest.approx(sum((i + 3) % 6 == k for i, k in enumerate(nearest)) / 6)


def test_images_without_colours_stay_without():
    views = distort(torch.rand(4, 1, 8, 8), torch.Generator().manual_seed(0))
    assert views.shape == (4, 1, 8, 8)


def test_wrong_use():
    with pytest.raises(ValueError, match=r"z1 and z2 must have the same shape .* got \(3, 2\) and \(4, 2\)"):
        nt_xent(torch.ones(3, 2), torch.ones(4, 2))
    with pytest.raises(ValueError, match="tau, a temperature, must be above 0; got 0"):
        nt_xent(torch.ones(3, 2), torch.ones(3, 2), 0)
    with pytest.raises(ValueError, match="the encoder's output has width 512"):
        method = SimCLR(build("18", classes=0), 100)
        method({"images": torch.rand(2, 3, 16, 16)})
