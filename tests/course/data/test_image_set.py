"""Sets of images: parts of them, in proportion and by seed; normalisation; what is no set."""

import dataclasses

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from course.data import ImageSet, digit_set, digits
from course.data.image_set import expect_alike, measured


def a_set(labels, channels=3, classes=None):
    labels = torch.as_tensor(labels, dtype=torch.int64)
    N = len(labels)
    images = torch.randint(256, (N, channels, 4, 5), generator=torch.Generator().manual_seed(0))
    images[:, 0, 0, 0] = torch.arange(N)  # so that each knows its number
    names = tuple("abcdefgh"[: classes or int(labels.max()) + 1])
    return ImageSet(images.to(torch.uint8), labels, names, (0.5,) * channels, (0.25,) * channels)


def numbers(part):
    return part.images[:, 0, 0, 0].tolist()


def test_taking_keeps_images_and_labels_together():
    whole = a_set([0, 1, 2, 0])
    part = whole.take([3, 1])
    assert numbers(part) == [3, 1] and part.labels.tolist() == [0, 1]
    assert part.classes == whole.classes and part.mean == whole.mean and len(part) == 2
    assert len(whole.take([])) == 0 and numbers(whole.take(torch.tensor([2]))) == [2]


@settings(max_examples=60, deadline=None)
@given(
    labels=st.lists(st.integers(0, 3), min_size=1, max_size=120),
    shares=st.lists(st.floats(0.05, 0.9), min_size=1, max_size=3).filter(lambda shares: sum(shares) <= 1),
    seed=st.integers(0, 9),
)
def test_parts_are_apart_and_each_has_its_share_of_every_class(labels, shares, seed):
    whole = a_set(labels, classes=4)
    parts = whole.split(*shares, seed=seed)
    found = [set(numbers(part)) for part in parts]
    assert sum(map(len, found)) == len(set().union(*found)) == sum(map(len, parts))  # no image twice
    for part in parts:
        assert torch.equal(part.labels, whole.labels[numbers(part)])
    for label in set(labels):
        total = labels.count(label)
        for share, part in zip(shares, parts):
            count = int((part.labels == label).sum())
            if total * min(shares) >= 1.5:
                assert abs(count - share * total) <= 1
            if total >= len(shares):
                assert count >= 1
        in_parts = [int((part.labels == label).sum()) > 0 for part in parts]
        assert in_parts == sorted(in_parts, reverse=True), "a rare class is in the first parts"
    if sum(shares) > 1 - 1e-12:
        assert sum(map(len, parts)) == len(whole)


def test_a_split_follows_its_seed():
    whole = a_set([0, 1] * 30)
    first, again, other = (whole.split(0.5, 0.5, seed=seed)[0] for seed in (1, 1, 2))
    assert numbers(first) == numbers(again) != numbers(other)
    train, test = whole.split(0.8, 0.2)
    assert (len(train), len(test)) == (48, 12)
    assert train.labels.bincount().tolist() == [24, 24]
    assert numbers(train) != list(range(48)), "the first images are not all of it"


def test_the_only_image_of_a_class_is_one_to_train_on():
    train, test = a_set([0] * 10 + [1]).split(0.8, 0.2)
    assert train.labels.bincount().tolist() == [8, 1] and test.labels.tolist() == [0, 0]


def test_few_are_nested_and_balanced():
    whole = a_set([0] * 20 + [1] * 30 + [2] * 40)
    one, five = whole.few(1, seed=3), whole.few(5, seed=3)
    assert five.labels.tolist() == [0] * 5 + [1] * 5 + [2] * 5
    assert set(numbers(one)) < set(numbers(five))
    assert numbers(one) != numbers(whole.few(1, seed=4))
    with pytest.raises(ValueError, match="21 images of each class were asked for, but a has 20"):
        whole.few(21)


def test_normalised_against_a_loop():
    whole = a_set([0, 1, 0])
    mean, std = measured(whole.images)
    whole = dataclasses.replace(whole, mean=mean, std=std)
    got = whole.normalised()
    for n in range(3):
        for c in range(3):
            expected = (whole.images[n, c].double() / 255 - mean[c]) / std[c]
            assert (got[n, c] - expected).abs().max() < 1e-5
    assert got.mean(dim=(0, 2, 3)).abs().max() < 1e-5
    assert (got.std(dim=(0, 2, 3), correction=0) - 1).abs().max() < 1e-5
    assert torch.equal(whole.normalised(torch.tensor([2, 0])), got[[2, 0]])
    assert whole.floats().max() <= 1 and whole.floats(slice(1)).shape == (1, 3, 4, 5)


def test_measured_in_chunks_and_of_a_flat_channel(monkeypatch):
    images = a_set([0] * 50).images
    images[:, 1] = 51
    whole = measured(images)
    monkeypatch.setattr("course.data.image_set.CHUNK", 7)
    for chunked, at_once in zip(measured(images), whole):
        assert chunked == pytest.approx(at_once)
    pixels = images[:, 0].double() / 255
    assert whole[0][:2] == pytest.approx((pixels.mean().item(), 0.2))
    assert whole[1][:2] == pytest.approx((pixels.std(correction=0).item(), 1))


def test_sets_that_meet_are_alike():
    train = a_set([0, 1])
    expect_alike(train, a_set([1], classes=2))
    with pytest.raises(ValueError, match=r"train on are \(3, 4, 5\) and images to test on \(1, 4, 5\)"):
        expect_alike(train, a_set([0, 1], channels=1))
    with pytest.raises(ValueError, match=r"have different classes: c$"):
        expect_alike(train, a_set([0, 1], classes=3))
    with pytest.raises(ValueError, match="have different classes: their order"):
        expect_alike(train, dataclasses.replace(train, classes=("b", "a")))


def test_the_training_sets_normalisation():
    train, test = a_set([0, 1]), a_set([0, 1])
    train = dataclasses.replace(train, mean=(0.1, 0.2, 0.3))
    assert test.like(train).mean == (0.1, 0.2, 0.3) and test.mean == (0.5, 0.5, 0.5)


def test_to_another_device_and_frozen():
    there = a_set([0, 1]).to("meta")
    assert there.images.device.type == there.labels.device.type == "meta"
    with pytest.raises(dataclasses.FrozenInstanceError):
        there.labels = None
    assert repr(a_set([0, 1])) == "ImageSet(2 images of 3 × 4 × 5, 2 classes)"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"images": torch.zeros(2, 3, 4, 4)}, r"of uint8; got \(2, 3, 4, 4\) of float32"),
        ({"images": torch.zeros(2, 4, 4, dtype=torch.uint8)}, r"\(count, channels, height, width\)"),
        ({"labels": torch.tensor([0, 1, 1])}, "2 images need as many labels; got 3"),
        ({"labels": torch.tensor([0.0, 1.0])}, "of int64; got .* of float32"),
        ({"labels": torch.tensor([0, 2])}, "labels of 2 classes must be from 0 on; got 0 … 2"),
        ({"labels": torch.tensor([-1, 0])}, "got -1 … 0"),
        ({"mean": (0.5,)}, "3 channels need as many numbers of mean and std; got 1 and 3"),
    ],
)
def test_what_is_no_set(change, sentence):
    with pytest.raises(ValueError, match=sentence):
        dataclasses.replace(a_set([0, 1]), **change)


def test_what_is_no_tensor():
    with pytest.raises(TypeError, match="images and labels must be tensors; got uint8 and list"):
        dataclasses.replace(a_set([0, 1]), labels=[0, 1])


@pytest.mark.parametrize("shares", [(), (0.5, 0.6), (0.0, 0.5), (-0.1,)])
def test_shares_that_make_no_sense(shares):
    with pytest.raises(ValueError, match="shares must be above 0 and sum to at most 1"):
        a_set([0, 1]).split(*shares)


def test_the_digits_as_a_set():
    images, labels = digits()
    found = digit_set()
    assert found.images.shape == (1797, 1, 8, 8) and torch.equal(found.labels, labels)
    assert (found.floats()[:, 0] - images).abs().max() < 0.002
    assert found.classes[3] == "3"
