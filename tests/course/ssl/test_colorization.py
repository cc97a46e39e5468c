"""Colourisation: Lab against published values and a loop, the 313 bins, and equations 2 to 5 in NumPy."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from course.ssl.colorization import (
    Colourisation,
    ab_bins,
    annealed_mean,
    colour_loss,
    colour_prior,
    feature_map,
    lab_to_rgb,
    rebalancing,
    rgb_to_lab,
    soft_encode,
)
from course.vision.resnet import BasicBlock, ResNet
from course.vision.vit import ViT

KNOWN = {  # sRGB to Lab, D65: Lindbloom's calculator
    (0, 0, 0): (0, 0, 0),
    (255, 255, 255): (100, 0, 0),
    (255, 0, 0): (53.2408, 80.0925, 67.2032),
    (0, 255, 0): (87.7347, -86.1827, 83.1793),
    (0, 0, 255): (32.2970, 79.1875, -107.8602),
    (255, 255, 0): (97.1393, -21.5537, 94.4780),
    (0, 255, 255): (91.1132, -48.0875, -14.1312),
    (255, 0, 255): (60.3242, 98.2343, -60.8249),
    (128, 128, 128): (53.5850, 0, 0),
}
# rows of the authors' pts_in_hull: a, the lowest b, the highest b
HULL = """-90 50 90, -80 20 90, -70 0 90, -60 -20 90, -50 -30 100, -40 -40 100, -30 -50 100, -20 -50 100,
-10 -60 100, 0 -70 100, 10 -80 90, 20 -80 90, 30 -90 90, 40 -100 90, 50 -100 80, 60 -110 80, 70 -110 80,
80 -110 70, 90 -110 70, 100 -90 0"""


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def colours(B=2, H=5, W=6, seed=0):
    return torch.rand(B, 3, H, W, generator=seeded(seed))


# --- Lab -----------------------------------------------------------------------------------------------


def test_lab_of_known_colours():
    rgb = torch.tensor(list(KNOWN), dtype=torch.float32).T[None, :, :, None] / 255
    expected = torch.tensor(list(KNOWN.values()))
    torch.testing.assert_close(rgb_to_lab(rgb)[0, :, :, 0].T, expected, atol=2e-3, rtol=0)


def test_a_dark_colour_by_hand():
    """RGB 5 of 255 lies on the straight part of both curves: linear 5/255/12.92, L = 116 · 7.787 · Y."""
    grey = torch.full((1, 3, 1, 1), 5 / 255)
    lab = rgb_to_lab(grey).flatten()
    assert lab[0].item() == pytest.approx(116 * (29 / 6) ** 2 / 3 * 5 / 255 / 12.92, abs=1e-4)
    torch.testing.assert_close(lab[1:], torch.zeros(2), atol=1e-4, rtol=0)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000))
def test_lab_and_back(seed):
    images = colours(1, 4, 4, seed=seed) ** 3  # dark ones, too
    torch.testing.assert_close(lab_to_rgb(rgb_to_lab(images)), images, atol=2e-5, rtol=0)


def test_greys_have_no_colour_and_gradients_are_finite_at_black():
    grey = torch.linspace(0, 1, 50).view(1, 1, 1, 50).expand(1, 3, 1, 50).clone().requires_grad_()
    lab = rgb_to_lab(grey)
    assert lab[:, 1:].abs().max() < 1e-3
    assert (lab[0, 0, 0].diff() > 0).all()
    lab.sum().backward()
    assert grey.grad.isfinite().all()


# --- Bins ----------------------------------------------------------------------------------------------


def test_the_bins_are_the_313_of_the_paper():
    expected = []
    for row in HULL.split(","):
        a, low, high = map(int, row.split())
        expected += [[a, b] for b in range(low, high + 1, 10)]
    assert len(expected) == 313
    assert ab_bins().tolist() == expected


def test_every_displayable_colour_is_surrounded_by_bins():
    bins = set(map(tuple, ab_bins().tolist()))
    ab = rgb_to_lab(torch.rand(1, 3, 200, 200, generator=seeded()).round(decimals=1))[0, 1:].flatten(1).T
    for a, b in torch.floor(ab / 10).unique(dim=0).mul(10).tolist():
        assert {(a, b), (a + 10, b), (a, b + 10), (a + 10, b + 10)} <= bins


def test_soft_encoding_equals_a_loop():
    bins, ab = ab_bins(), rgb_to_lab(colours())[:, 1:]
    target = soft_encode(ab, bins)
    assert target.shape == (2, 313, 5, 6)
    q = bins.numpy().astype(float)
    for b, y, x in [(0, 0, 0), (1, 4, 5), (0, 2, 3), (1, 0, 4)]:
        square = ((q - ab[b, :, y, x].numpy()) ** 2).sum(1)
        nearest = np.argsort(square)[:5]
        expected = np.zeros(313)
        expected[nearest] = np.exp(-square[nearest] / 50)
        np.testing.assert_allclose(target[b, :, y, x], expected / expected.sum(), atol=1e-5)


def test_grey_is_spread_over_a_cross():
    bins = ab_bins()
    target = soft_encode(torch.zeros(1, 2, 1, 1), bins).flatten()
    side = np.exp(-2)
    found = {tuple(bins[i].tolist()): target[i].item() for i in target.nonzero().flatten()}
    for place in [(0, 0), (10, 0), (-10, 0), (0, 10), (0, -10)]:
        expected = (1 if place == (0, 0) else side) / (1 + 4 * side)
        assert found[place] == pytest.approx(expected, abs=1e-6)
    assert len(found) == 5


# --- Rebalancing, loss, decoding -----------------------------------------------------------------------


def test_prior_equals_a_loop():
    images, bins = colours(2, 3, 3), ab_bins()
    q = bins.numpy().astype(float)
    p = np.zeros(313)
    for ab in rgb_to_lab(images)[:, 1:].movedim(1, -1).reshape(-1, 2).numpy():
        at = ((q - ab) ** 2).sum(1).argmin()
        spread = np.exp(-((q - q[at]) ** 2).sum(1) / 50)
        p += spread / spread.sum()
    np.testing.assert_allclose(colour_prior(images, bins), p / p.sum(), atol=1e-6)


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 30), st.floats(0.01, 1), st.integers(0, 999))
def test_rebalancing_has_mean_1_and_lifts_what_is_rare(Q, mix, seed):
    prior = torch.rand(Q, generator=seeded(seed)).square()
    prior = prior / prior.sum()
    w = rebalancing(prior, mix)
    assert (prior * w).sum().item() == pytest.approx(1, abs=1e-4)
    w_of_common_first = w[prior.argsort(descending=True)]
    assert (w_of_common_first.diff() >= -1e-5).all()
    ratio = ((1 - mix) * prior[0] + mix / Q) / ((1 - mix) * prior[1] + mix / Q)
    assert (w[1] / w[0]).item() == pytest.approx(ratio.item(), rel=1e-3)


def test_loss_equals_a_loop():
    logits, weights = torch.randn(2, 7, 3, 2, generator=seeded()), torch.rand(7, generator=seeded(1))
    target = torch.rand(2, 7, 3, 2, generator=seeded(2)).softmax(1)
    total = 0.0
    for b in range(2):
        for y in range(3):
            for x in range(2):
                z, scores = target[b, :, y, x].numpy(), logits[b, :, y, x].numpy()
                log_p = scores - np.log(np.exp(scores).sum())
                total -= weights[z.argmax()].item() * (z * log_p).sum()
    assert colour_loss(logits, target, weights).item() == pytest.approx(total / 12, abs=1e-5)


def test_annealing_goes_from_the_mean_to_the_mode():
    bins = torch.tensor([[0.0, 0.0], [30.0, -30.0], [-60.0, 60.0]])
    p = torch.tensor([0.5, 0.3, 0.2])
    logits = (p.log() + 4)[None, :, None, None]  # a constant changes nothing
    assert annealed_mean(logits, bins, T=1).flatten().tolist() == pytest.approx([-3, 3], abs=1e-4)
    sharp = p ** (1 / 0.38)
    expected = (sharp / sharp.sum()) @ bins
    torch.testing.assert_close(annealed_mean(logits, bins).flatten(), expected, atol=1e-4, rtol=0)
    torch.testing.assert_close(annealed_mean(logits, bins, T=0.01).flatten(), bins[0], atol=1e-4, rtol=0)


# --- The method ----------------------------------------------------------------------------------------


def vit(**options):
    return ViT(**{**dict(image_size=8, patch=4, dim=8, depth=1, heads=2, hidden=8, classes=0), **options})


def test_features_by_place_of_both_kinds_of_encoder():
    torch.manual_seed(0)
    model, images = vit(), colours(2, 8, 12)
    assert torch.equal(feature_map(model, images)[:, :, 1, 2], model.tokens(images)[:, 1 + 5])
    cnn = ResNet(BasicBlock, (1, 1), classes=0, width=4).eval()
    assert torch.equal(feature_map(cnn, images), cnn.maps(images))


def test_the_encoder_sees_lightness_alone_and_the_target_is_the_mean_colour():
    torch.manual_seed(0)
    prior = torch.rand(313, generator=seeded(5))
    method = Colourisation(vit(), dim=8, scale=2, prior=prior / prior.sum())
    images = colours(3, 8, 8)
    batch = method.views(images)
    loss, told = method(batch)
    lab = rgb_to_lab(images)
    map = feature_map(method.encoder.network, (lab[:, :1] / 100).repeat(1, 3, 1, 1))  # (3, 8, 2, 2)
    torch.testing.assert_close(method.encoder.maps(images), map)
    logits = method.head(map)  # (3, 4 · 313, 2, 2), of each bin the 2 × 2 places one after the other
    logits = logits.view(3, 313, 2, 2, 2, 2).permute(0, 1, 4, 2, 5, 3).reshape(3, 313, 4, 4)
    ab = lab[:, 1:].reshape(3, 2, 4, 2, 4, 2).mean((3, 5))
    expected = colour_loss(logits, soft_encode(ab, ab_bins()), rebalancing(prior / prior.sum()))
    assert loss.item() == pytest.approx(expected.item(), abs=1e-5)
    assert told["chroma_true"].item() == pytest.approx(ab.norm(dim=1).mean().item(), abs=1e-4)


def test_colouring_keeps_the_lightness_and_needs_no_colours():
    torch.manual_seed(0)
    method = Colourisation(vit(), dim=8)
    images = 0.3 + 0.4 * colours(2, 8, 8)
    grey = lab_to_rgb(rgb_to_lab(images) * torch.tensor([1.0, 0.0, 0.0]).view(1, 3, 1, 1))
    coloured = method.colourise(grey)
    assert coloured.shape == images.shape and coloured.min() >= 0 and coloured.max() <= 1
    torch.testing.assert_close(coloured, method.colourise(images), atol=1e-3, rtol=0)
    torch.testing.assert_close(rgb_to_lab(coloured)[:, 0], rgb_to_lab(images)[:, 0], atol=0.5, rtol=0)


@pytest.mark.parametrize(
    "wrong, error, sentence",
    [
        (
            lambda: rgb_to_lab(torch.rand(1, 1, 4, 4)),
            ValueError,
            "images must have 3 channels, colours; got 1",
        ),
        (lambda: soft_encode(torch.rand(1, 3, 4, 4), ab_bins()), ValueError, "ab must have shape"),
        (lambda: rebalancing(torch.rand(3), 0), ValueError, "a mix above 0"),
        (
            lambda: annealed_mean(torch.rand(1, 2, 1, 1), torch.rand(2, 2), 0),
            ValueError,
            "T must be above 0; got 0",
        ),
        (
            lambda: Colourisation(vit(), 8, prior=torch.rand(3)),
            ValueError,
            r"the prior must have shape \(313,\)",
        ),
        (
            lambda: rgb_to_lab(255 * colours()),
            ValueError,
            "images must be numbers from 0 to 1; got ",
        ),
        (
            lambda: feature_map(nn.Linear(2, 2), colours()),
            TypeError,
            "features by place need a ViT, or an encoder with maps",
        ),
        (
            lambda: colour_loss(torch.rand(1, 2, 1, 1), torch.rand(1, 3, 1, 1), torch.rand(2)),
            ValueError,
            r"logits and target \(B, Q, h, w\)",
        ),
    ],
)
def test_wrong_use_is_named(wrong, error, sentence):
    with pytest.raises(error, match=sentence):
        wrong()
