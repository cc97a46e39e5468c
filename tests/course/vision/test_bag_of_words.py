"""The descriptor against a slow loop, what a bag must not see, and how well it reads the digits."""

import subprocess
import sys

import numpy as np
import pytest
import torch

from course.data.digits import digits
from course.vision.bag_of_words import BagOfWords, gradients


def noise(*shape, seed=0):
    return np.random.default_rng(seed).random(shape)


def split():
    images, labels = digits()
    order = torch.randperm(len(images), generator=torch.Generator().manual_seed(0))
    images, labels = images[order], labels[order]
    return images[:1200], labels[:1200], images[1200:], labels[1200:]


@pytest.fixture(scope="module")
def small():
    images, labels, _, _ = split()
    return BagOfWords(words=32).fit(images[:300], labels[:300])


def test_reads_the_digits():
    images, labels, new, truth = split()
    accuracy = (BagOfWords().fit(images, labels).predict(new) == truth).float().mean().item()
    assert accuracy > 0.95  # 0.85 would do; a bin or a cell mixed up costs more than what is between


def describe_slowly(image, cells, pixels, stride):
    """One image (H, W), one patch, one cell, one pixel at a time."""
    H, W = image.shape
    side = cells * pixels

    def at(y, x):
        return image[min(max(y, 0), H - 1), min(max(x, 0), W - 1)]

    rows = []
    for top in range(0, H - side + 1, stride):
        for left in range(0, W - side + 1, stride):
            votes = np.zeros((8, cells, cells))
            for y in range(side):
                for x in range(side):
                    Y, X = top + y, left + x
                    dx, dy = (at(Y, X + 1) - at(Y, X - 1)) / 2, (at(Y + 1, X) - at(Y - 1, X)) / 2
                    length, degrees = (dx * dx + dy * dy) ** 0.5, np.degrees(np.arctan2(dy, dx)) % 360
                    lower = int(degrees // 45)
                    share = degrees / 45 - lower
                    votes[lower % 8, y // pixels, x // pixels] += length * (1 - share)
                    votes[(lower + 1) % 8, y // pixels, x // pixels] += length * share
            vector = votes.reshape(-1)
            vector = np.minimum(vector / np.linalg.norm(vector), 0.2)
            rows.append(vector / np.linalg.norm(vector))
    return np.array(rows)


@pytest.mark.parametrize(
    "H, W, cells, pixels, stride", [(8, 8, 2, 2, 1), (7, 9, 2, 3, 2), (6, 11, 1, 4, 3), (9, 8, 4, 2, 1)]
)
def test_descriptors_equal_a_loop(H, W, cells, pixels, stride):
    images = noise(3, H, W, seed=H * W)
    described = BagOfWords(words=2, cells=cells, pixels=pixels, stride=stride).describe(images)
    expected = [describe_slowly(image, cells, pixels, stride) for image in images]
    np.testing.assert_allclose(described, expected, atol=1e-6)


@pytest.mark.parametrize("bin", range(8))
def test_a_ramp_votes_for_its_direction(bin):
    y, x = np.mgrid[:5, :5] / 100
    angle = np.pi / 4 * bin
    ramp = 0.5 + np.cos(angle) * x + np.sin(angle) * y
    expected = np.zeros(8)
    expected[bin] = 0.01
    np.testing.assert_allclose(gradients(ramp[None])[0, 2, 2], expected, atol=1e-9)


def test_votes_sum_to_the_length_of_the_gradient():
    images = noise(2, 6, 7)
    np.testing.assert_allclose(
        gradients(images)[:, 1:-1, 1:-1].sum(-1),
        np.hypot(images[:, 1:-1, 2:] - images[:, 1:-1, :-2], images[:, 2:, 1:-1] - images[:, :-2, 1:-1]) / 2,
    )


def test_neither_brightness_nor_contrast_matters():
    images, bag = noise(2, 8, 8), BagOfWords(words=2)
    np.testing.assert_allclose(bag.describe(0.2 + 0.5 * images), bag.describe(images), atol=1e-6)


def test_a_flat_image_has_descriptors_of_zero():
    assert (BagOfWords(words=2).describe(np.full((1, 8, 8), 0.3)) == 0).all()


def test_histograms_are_counts_of_the_nearest_words(small):
    image = digits()[0][700:701]
    described = small.describe(image)[0]
    counts = np.zeros(32)
    for vector in described:
        counts[np.argmin([((vector - word) ** 2).sum() for word in small.vocabulary.cluster_centers_])] += 1
    assert counts.sum() == 25  # a patch of 4 × 4 has 5 × 5 places in 8 × 8
    np.testing.assert_allclose(small.histogram(image)[0], np.sqrt(counts / 25), atol=1e-6)


def test_histograms_have_length_one(small):
    histograms = small.histogram(digits()[0][:50])
    assert histograms.shape == (50, 32)
    assert histograms.dtype == torch.float32
    torch.testing.assert_close(histograms.norm(dim=1), torch.ones(50))


def test_where_a_patch_is_does_not_matter(small):
    """A shape on an empty ground, moved: the same patches in other places."""
    image = torch.zeros(1, 20, 20)
    image[:, 7:11, 7:11] = torch.from_numpy(noise(4, 4)).float()
    moved = image.roll((3, -2), dims=(1, 2))
    torch.testing.assert_close(small.histogram(moved), small.histogram(image))
    assert not torch.allclose(small.histogram(image.transpose(1, 2)), small.histogram(image))


def test_one_seed_one_result(small):
    images, labels, new, _ = split()
    again = BagOfWords(words=32).fit(images[:300], labels[:300])
    assert torch.equal(again.histogram(new), small.histogram(new))
    assert torch.equal(again.predict(new), small.predict(new))
    other = BagOfWords(words=32, seed=1).fit(images[:300], labels[:300])
    assert not torch.equal(other.histogram(new), small.histogram(new))


def test_arrays_tensors_and_channels_are_one(small):
    images = digits()[0][:20]
    expected = small.predict(images)
    assert expected.dtype == torch.int64
    assert torch.equal(small.predict(images.numpy()), expected)
    assert torch.equal(small.predict(images[:, None].expand(-1, 3, -1, -1)), expected)


def test_labels_need_not_start_at_zero():
    images, labels, _, _ = split()
    images, labels = images[labels < 2][:60], labels[labels < 2][:60]
    bag = BagOfWords(words=16).fit(images.numpy(), (labels * 10 - 3).numpy())
    assert set(bag.predict(images).tolist()) == {-3, 7}


def test_scikit_learn_is_imported_only_when_needed():
    code = "import sys, course.vision.bag_of_words; sys.exit('sklearn' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("wrong", [dict(words=0), dict(cells=1.5), dict(pixels=True), dict(stride=-1)])
def test_refuses_sizes_that_are_none(wrong):
    with pytest.raises(ValueError, match=f"{next(iter(wrong))} must be a whole number of at least 1"):
        BagOfWords(**wrong)


@pytest.mark.parametrize(
    "images, error, message",
    [
        (np.zeros((2, 8, 8), dtype=np.uint8), TypeError, "floating-point numbers; got uint8"),
        ([[0.0]], TypeError, "got list"),
        (np.zeros((8, 8)), ValueError, r"got \(8, 8\)"),
        (torch.zeros(0, 8, 8), ValueError, "not be empty"),
        (torch.full((1, 8, 8), 255.0), ValueError, "these reach from 255 to 255"),
        (torch.full((1, 8, 8), float("nan")), ValueError, "numbers from 0 to 1"),
        (torch.zeros(1, 8, 3), ValueError, "patches of 4 × 4 pixels do not fit into images of 8 × 3"),
    ],
)
def test_refuses_wrong_images(images, error, message):
    with pytest.raises(error, match=message):
        BagOfWords().describe(images)


@pytest.mark.parametrize(
    "labels, error, message",
    [
        (torch.zeros(4), TypeError, "whole numbers; got float32"),
        ([0, 1, 0, 1], TypeError, "got list"),
        (torch.arange(3), ValueError, r"shape \(4,\)"),
        (torch.zeros(4, dtype=torch.int64), ValueError, "at least 2 classes"),
    ],
)
def test_refuses_wrong_labels(labels, error, message):
    with pytest.raises(error, match=message):
        BagOfWords(words=8).fit(noise(4, 8, 8), labels)


def test_refuses_more_words_than_patches():
    with pytest.raises(ValueError, match="101 words need as many patches; these images have 100"):
        BagOfWords(words=101).fit(noise(4, 8, 8), torch.tensor([0, 1, 0, 1]))


def test_refuses_to_predict_before_fitting():
    with pytest.raises(RuntimeError, match="call fit"):
        BagOfWords().predict(noise(1, 8, 8))
