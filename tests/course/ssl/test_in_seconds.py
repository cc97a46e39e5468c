"""Contrast and self-distillation in seconds: what is told, and that it is the loss handed in that learns."""

import math

import torch

from course.data.painted import painted
from course.ssl.dino import dino_loss
from course.ssl.in_seconds import (
    OUTPUTS,
    WIDTH,
    Projected,
    SmallEncoder,
    contrast,
    crops,
    distil,
    judged,
    student,
)
from course.ssl.simclr import nt_xent

IMAGES = painted().floats(slice(64))


def net() -> Projected:
    torch.manual_seed(0)
    return Projected(SmallEncoder())


def step(said, taught, center, tau_s, tau_t, m):
    return dino_loss(said, taught, center, tau_s, tau_t), m * center + (1 - m) * taught.mean(dim=(0, 1))


def test_sizes():
    made = net()
    assert sum(p.numel() for p in made.encoder.parameters()) == 38_016
    assert made.encoder.features(IMAGES).shape == (64, WIDTH) and made.features(IMAGES).shape == (64, 32)


def test_crops_keep_or_change_colours():
    image = torch.full((20, 3, 8, 8), 0.5) * torch.tensor([1.0, 0.5, 0.2])[:, None, None]
    generator = torch.Generator().manual_seed(0)
    assert torch.allclose(crops(0.5, colours=False)(image, generator), image, atol=1e-5)
    assert not torch.allclose(crops(0.5)(image, generator), image, atol=0.1)


def test_contrast_hands_the_loss_two_views_and_repeats_itself():
    seen = []

    def loss(z1, z2, tau):
        seen.append((z1.shape, z2.shape, tau))
        return nt_xent(z1, z2, tau)

    first = list(contrast(net(), IMAGES, loss, batch=16, steps=3))
    assert first == list(contrast(net(), IMAGES, nt_xent, batch=16, steps=3))
    assert seen == [((16, 32), (16, 32), 0.2)] * 3 and 1 < first[0] < math.log(31) + 1


def test_distil_tells_its_moments_and_keeps_the_centre_where_it_is_off():
    centres = []

    def watched(said, taught, center, tau_s, tau_t, m):
        assert said.shape == (4, 8, OUTPUTS) and taught.shape == (2, 8, OUTPUTS)
        centres.append((center.abs().max().item(), tau_t))
        return step(said, taught, center, tau_s, tau_t, m)

    told = list(distil(student(), IMAGES, watched, batch=8, steps=3, centring=False, sharpening=False))
    assert centres == [(0.0, 0.1)] * 3 and [one.step for one in told] == [0, 1, 2]
    assert all(0 < one.entropy < math.log(OUTPUTS) and 1 <= one.outputs <= OUTPUTS for one in told)
    centres.clear()
    list(distil(student(), IMAGES, watched, batch=8, steps=3))
    assert centres[0] == (0.0, 0.04) and centres[2][0] > 0


def test_judged_is_a_share_of_100_and_leaves_the_mode():
    encoder = net().encoder.train()
    train = painted()
    found = judged(encoder, train, train.take(range(50)))
    assert 50 < found <= 100 and encoder.training
