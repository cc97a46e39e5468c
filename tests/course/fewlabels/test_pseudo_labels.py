"""Pseudo-labels: the loss by loops, blindness for the labels of unlabelled images, and learning."""

import copy
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from course.augment import Compose, Crop
from course.data.digits import digit_set
from course.data.image_set import ImageSet
from course.fewlabels.pseudo_labels import PseudoLabels, pseudo_label_loss
from course.vision.resnet import BasicBlock, CIFARResNet
from course.vision.vit import ViT

SMALL = dict(image_size=8, patch=2, dim=32, depth=2, heads=4, hidden=64, channels=1, classes=10)
WEAK, STRONG = Compose([Crop(8, scale=(0.9, 1.0))]), Compose([Crop(8, scale=(0.4, 1.0))])


@pytest.fixture(scope="module")
def data():
    return digit_set().few(30)


@pytest.fixture
def method(data):
    torch.manual_seed(0)
    return PseudoLabels(ViT(**SMALL), data.few(4), weak=WEAK, strong=STRONG)


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def slow_loss(weak, strong, threshold):
    """One image after the other."""
    total, sure = 0.0, []
    for u, v in zip(weak, strong):
        q = np.exp(u) / sum(np.exp(x) for x in u)
        sure.append(bool(max(q) >= threshold))
        if sure[-1]:
            total += np.log(sum(np.exp(x) for x in v)) - v[int(np.argmax(q))]
    return total / len(weak), sure


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), threshold=st.sampled_from([0.0, 0.4, 0.7, 0.95]), size=st.integers(1, 9))
def test_the_loss_is_the_formula_s(seed, threshold, size):
    weak, strong = 3 * torch.randn(2, size, 5, generator=seeded(seed), dtype=torch.float64)
    loss, sure = pseudo_label_loss(weak, strong, threshold)
    expected, which = slow_loss(weak.numpy(), strong.numpy(), threshold)
    assert sure.tolist() == which
    assert loss.item() == pytest.approx(expected, rel=1e-4, abs=1e-6)


def test_a_gradient_reaches_the_strong_views_of_sure_images_only():
    weak = torch.tensor([[5.0, 0, 0], [0.1, 0, 0]], requires_grad=True)
    strong = torch.zeros(2, 3, requires_grad=True)
    pseudo_label_loss(weak, strong, 0.9)[0].backward()
    assert weak.grad is None
    torch.testing.assert_close(strong.grad, torch.tensor([[1 / 3 - 1, 1 / 3, 1 / 3], [0, 0, 0]]) / 2)


def test_labels_of_unlabelled_images_change_nothing(method, data):
    """Other labels, and none that can be read: the same batches, losses and weights."""

    class Blind(ImageSet):
        def __getattribute__(self, name):
            assert name != "labels" or not ready
            return super().__getattribute__(name)

    ready = False
    fields = (data.images, data.labels, data.classes, data.mean, data.std)
    others = [data, replace(data, labels=data.labels[torch.randperm(len(data))]), Blind(*fields)]
    ready, ends = True, []
    for other in others:
        twin = copy.deepcopy(method)
        train(twin, other, 3)
        ends.append(twin.state_dict())
    for end in ends[1:]:
        assert all(torch.equal(end[name], tensor) for name, tensor in ends[0].items())


def test_labels_of_labelled_images_do(method, data):
    twin = copy.deepcopy(method)
    twin.labelled = replace(method.labelled, labels=method.labelled.labels.roll(7))
    batches = [m.batch(data, torch.arange(70), seeded()) for m in (method, twin)]
    assert method(batches[0])[0] == twin(batches[0])[0]
    assert not torch.equal(batches[0]["labels"], batches[1]["labels"])


@pytest.mark.parametrize("chosen, ratio, count", [(70, 7, 10), (70, 1, 70), (3, 7, 1), (64, 7, 9)])
def test_a_batch_has_one_labelled_image_to_ratio_others(data, chosen, ratio, count):
    few = data.few(2)
    method = PseudoLabels(nn.Identity(), few, weak=same, strong=same, ratio=ratio)
    batch = method.batch(data, torch.arange(chosen), seeded())
    assert len(batch["images"]) == len(batch["labels"]) == count
    assert torch.equal(batch["weak"], data.floats(torch.arange(chosen)))
    for image, label in zip(batch["images"], batch["labels"]):
        same_image = (few.floats() == image).flatten(1).all(dim=1)
        assert label in few.labels[same_image]


def test_weak_and_strong_are_two_views_and_replay(method, data):
    first, again, other = (method.batch(data, torch.arange(20), seeded(n)) for n in (1, 1, 2))
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert all(not torch.equal(first[name], other[name]) for name in ("images", "weak", "strong"))
    distance = {
        name: (first[name] - data.floats(torch.arange(20))).square().mean() for name in ("weak", "strong")
    }
    assert 0 < distance["weak"] < distance["strong"]


def test_the_whole_loss_is_both_terms(data):
    torch.manual_seed(0)
    few = data.few(4)
    method = PseudoLabels(ViT(**SMALL), few, weak=WEAK, strong=STRONG, threshold=0.0, weight=0.3)
    train(method, data, 2)
    loss, told = method(method.batch(data, torch.arange(70), seeded()))
    assert told["sure"] == 1 and told["unlabelled_loss"] > 0
    torch.testing.assert_close(loss.detach(), told["labelled_loss"] + 0.3 * told["unlabelled_loss"])
    assert all(v.shape == () and not v.requires_grad for v in told.values())


def test_batch_norm_sees_all_three_at_once(data):
    model = CIFARResNet(BasicBlock, (1,), 10, 1, width=8)
    method = PseudoLabels(model, data.few(2), weak=WEAK, strong=STRONG)
    method(method.batch(data, torch.arange(14), seeded()))
    assert model.stem[1].num_batches_tracked == 1


def test_few_steps_lower_the_loss_and_raise_the_share_of_sure_ones(data):
    torch.manual_seed(0)
    model = CIFARResNet(BasicBlock, (1, 1), 10, 1, width=16)
    method = PseudoLabels(model, data.few(4), weak=WEAK, strong=STRONG, threshold=0.6, ratio=2)
    told = train(method, data, 40, lr=1e-2)
    assert told[-1]["labelled_loss"] < 0.5 * told[0]["labelled_loss"]
    assert told[0]["sure"] < 0.05 and told[-1]["sure"] > 0.1


def test_wrong_use_is_named(data):
    options = dict(weak=WEAK, strong=STRONG)
    with pytest.raises(ValueError, match="threshold must be at least 0 and below 1; got 1"):
        PseudoLabels(nn.Identity(), data, **options, threshold=1.0)
    with pytest.raises(ValueError, match="ratio must be a whole number of at least 1; got 0"):
        PseudoLabels(nn.Identity(), data, **options, ratio=0)
    with pytest.raises(ValueError, match="weight must be 0 or more; got -1"):
        PseudoLabels(nn.Identity(), data, **options, weight=-1)
    with pytest.raises(
        ValueError, match=r"must both have shape \(batch, classes\); got \(2, 3\) and \(3, 3\)"
    ):
        pseudo_label_loss(torch.rand(2, 3), torch.rand(3, 3), 0.5)


def same(images, generator):
    return images


def train(method, data, steps, lr=3e-3):
    optimiser = torch.optim.AdamW(method.groups(0.05), lr=lr)
    rows = []
    for step in range(steps):
        generator = seeded(step)
        chosen = torch.randperm(len(data), generator=generator)[:70]
        loss, told = method(method.batch(data, chosen, generator))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        rows.append({name: value.item() for name, value in told.items()})
    return rows
