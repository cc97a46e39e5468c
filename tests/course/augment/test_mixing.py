"""MixUp and CutMix: what is in the image and what the label says, image by image."""

import numpy as np
import pytest
import torch
from scipy import stats

from course.augment import CutMix, MixUp
from course.augment.mixing import beta, box_mask


def batch(B=40, H=9, W=12):
    """Image i holds i/B everywhere and belongs to class i: images and labels tell what came from where."""
    values = torch.arange(B) / B
    return values.view(B, 1, 1, 1).expand(B, 3, H, W).clone(), torch.eye(B)


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def test_mixup_mixes_images_as_labels():
    images, labels = batch()
    mixed, soft = MixUp(1.0)(images, labels, seeded())
    torch.testing.assert_close(soft.sum(1), torch.ones(40))
    assert len(soft.diagonal().unique()) > 30  # each its own λ
    torch.testing.assert_close(mixed[:, 0, 0, 0], soft @ (torch.arange(40) / 40))
    assert (soft > 0).sum(1).max() == 2
    share, partner = (soft - torch.diag(soft.diagonal())).max(1)
    partner = partner[share > 0]  # an image that keeps its place has none
    assert len(partner) > 30 and len(partner.unique()) == len(partner)  # a permutation


def test_cutmix_labels_are_the_pasted_area_exactly():
    images, labels = batch()
    mixed, soft = CutMix(1.0)(images, labels, seeded())
    seen = 0
    for i in range(40):
        own = mixed[i] == images[i]
        assert float(own.double().mean()) == pytest.approx(float(soft[i, i]), abs=1e-6)
        rows, columns = np.nonzero(~own[0].numpy())
        if len(rows):  # what was pasted is a full box, from one partner, at the same place
            area = (np.ptp(rows) + 1) * (np.ptp(columns) + 1)
            assert area == len(rows)
            partner = mixed[i, 0, rows[0], columns[0]]
            assert (mixed[i][~own] == partner).all() and float(soft[i, int((partner * 40).round())]) > 0
            seen += 1
    assert seen > 20


def test_boxes_against_the_papers_code_by_loops():
    share, x, y = torch.rand(3, 200, generator=seeded()).double().unbind(0)
    masks = box_mask(share, x, y, 9, 12)
    for lam, cx, cy, mask in zip(share.tolist(), x.tolist(), y.tolist(), masks):
        side = np.sqrt(1 - lam)
        width, height, cx, cy = int(12 * side), int(9 * side), int(cx * 12), int(cy * 9)
        x1, x2 = np.clip([cx - width // 2, cx + width // 2], 0, 12)
        y1, y2 = np.clip([cy - height // 2, cy + height // 2], 0, 9)
        expected = np.zeros((9, 12), bool)
        expected[y1:y2, x1:x2] = True
        assert (mask[0].numpy() == expected).all()


@pytest.mark.parametrize("alpha", [1e-300, 1e-4, 1e-3, 0.01, 0.2, 1, 8.0, 1e6])
def test_beta(alpha):
    drawn = beta(torch.zeros(20_000, 1, 1, 1), seeded(), alpha)
    variance = 1 / (4 * (2 * alpha + 1))
    assert drawn.dtype == torch.float64 and drawn.min() >= 0 and drawn.max() <= 1
    assert abs(drawn.mean() - 0.5) < 5 * (variance / 20_000) ** 0.5
    assert drawn.var() == pytest.approx(variance, rel=0.05)


@pytest.mark.parametrize("alpha", [0.2, 1.0, 8.0])
def test_beta_fits_its_distribution(alpha):
    drawn = beta(torch.zeros(20_000, 1, 1, 1), seeded(1), alpha)
    assert stats.kstest(drawn.numpy(), stats.beta(alpha, alpha).cdf).pvalue > 0.01


@pytest.mark.parametrize("mix", [MixUp(0.4), CutMix(1.0)])
def test_replay_and_dtype(mix):
    images, labels = torch.rand(8, 3, 6, 6, generator=seeded()), torch.eye(8)
    first, second = mix(images, labels, seeded(1)), mix(images, labels, seeded(1))
    assert all(torch.equal(a, b) for a, b in zip(first, second))
    assert not torch.equal(first[1], mix(images, labels, seeded(2))[1])
    mixed, soft = mix(images.bfloat16(), labels.double(), seeded(1))
    assert mixed.dtype == torch.bfloat16 and soft.dtype == torch.float64
    assert first[0].min() >= 0 and first[0].max() <= 1
