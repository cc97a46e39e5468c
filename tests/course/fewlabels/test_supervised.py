"""Supervised: the loss and accuracy against NumPy, what it draws, and that digits are learned."""

import numpy as np
import pytest
import torch
from torch import nn

from course.augment import Crop, CutMix, MixUp
from course.data.digits import digit_set
from course.fewlabels.supervised import Supervised
from course.vision.deit import DeiT
from course.vision.resnet import BasicBlock, CIFARResNet
from course.vision.vit import ViT

SMALL = dict(image_size=8, patch=2, dim=32, depth=2, heads=4, hidden=64, channels=1)


@pytest.fixture(scope="module")
def data():
    return digit_set().few(10)


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def slow_loss(logits, targets, smoothing):
    """Cross entropy of one distribution a row, by loops."""
    total = 0.0
    for row, target in zip(logits, targets):
        log_sum = np.log(sum(np.exp(x) for x in row))
        for x, share in zip(row, target):
            total -= ((1 - smoothing) * share + smoothing / len(row)) * (x - log_sum)
    return total / len(logits)


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
@pytest.mark.parametrize("mixed", [False, True])
def test_loss_and_accuracy_are_the_formula_s(smoothing, mixed):
    logits = torch.randn(6, 4, generator=seeded())
    labels = torch.tensor([0, 3, 2, 1, 1, 2])
    targets = nn.functional.one_hot(labels, 4).double()
    if mixed:
        targets = 0.7 * targets + 0.3 * targets[[1, 2, 3, 4, 5, 0]]
    method = Supervised(nn.Identity(), smoothing=smoothing)
    loss, told = method({"images": logits, "labels": targets.float() if mixed else labels})
    expected = slow_loss(logits.double().numpy(), targets.numpy(), smoothing)
    assert loss.item() == pytest.approx(expected, rel=1e-5)
    assert told["accuracy"].item() == pytest.approx(
        np.mean([row.argmax() == label for row, label in zip(logits.numpy(), labels.numpy())])
    )


def test_a_batch_is_images_and_their_labels(data):
    chosen = torch.tensor([7, 3, 3])
    batch = Supervised(nn.Identity()).batch(data, chosen)
    assert torch.equal(batch["images"], data.images[chosen].float() / 255)
    assert torch.equal(batch["labels"], data.labels[chosen])


def test_augmentation_precedes_mixing_and_the_same_numbers_give_the_same_batch(data):
    augment, mix = Crop(8, scale=(0.5, 1.0)), MixUp(1.0)
    method = Supervised(nn.Identity(), augment=augment, mix=mix)
    chosen = torch.arange(20)
    batch, again = (method.batch(data, chosen, seeded(3)) for _ in range(2))
    generator = seeded(3)
    images = augment(data.floats(chosen), generator)
    images, labels = mix(images, nn.functional.one_hot(data.labels[chosen], 10).float(), generator)
    assert torch.equal(batch["images"], images) and torch.equal(batch["labels"], labels)
    assert torch.equal(batch["images"], again["images"])
    assert not torch.equal(batch["images"], method.batch(data, chosen, seeded(4))["images"])


@pytest.mark.parametrize("options", [{}, {"smoothing": 0.1}, {"mix": CutMix(1.0)}], ids=str)
def test_digits_are_learned(data, options):
    torch.manual_seed(0)
    method = Supervised(CIFARResNet(BasicBlock, (1, 1), 10, 1, width=16), **options)
    optimiser = torch.optim.AdamW(method.groups(0.05), lr=3e-3)
    chosen, losses = torch.arange(len(data)), []
    for step in range(20):
        loss, told = method(method.batch(data, chosen, seeded(step)))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    assert losses[-1] < 0.95 * losses[0], losses
    assert not told["accuracy"].requires_grad


def test_compiles_in_one_graph_and_with_autocast(data):
    torch.manual_seed(0)
    method = Supervised(ViT(**SMALL, classes=10), smoothing=0.1)
    batch = method.batch(data, torch.arange(10))
    torch.compiler.reset()
    with torch.autocast("cpu", torch.bfloat16):
        found, _ = torch.compile(method, fullgraph=True, backend="eager")(batch)
        assert found.dtype == torch.float32
    torch.testing.assert_close(found, method(batch)[0], rtol=0.02, atol=0.02)


def test_wrong_use_is_named(data):
    method = Supervised(ViT(**SMALL, classes=8))
    with pytest.raises(ValueError, match="8 classes apart but there is a label 9: it needs a new head"):
        method(method.batch(data, torch.arange(len(data))))
    mixed = Supervised(ViT(**SMALL, classes=8), mix=MixUp())
    with pytest.raises(ValueError, match="8 classes apart but the data have 10: it needs a new head"):
        mixed(mixed.batch(data, torch.arange(4)))
    two = Supervised(DeiT(**SMALL, classes=10))
    with pytest.raises(TypeError, match="DeiT has a second head, for a teacher: train it with Distillation"):
        two(two.batch(data, torch.arange(4)))
    with pytest.raises(ValueError, match="smoothing must be at least 0 and below 1; got 1"):
        Supervised(nn.Identity(), smoothing=1)
