"""Distillation: both losses by loops, a teacher that stays as it is, and a student that comes near it."""

import numpy as np
import pytest
import torch
from torch import nn

from course.augment import MixUp
from course.data.digits import digit_set
from course.fewlabels.distillation import Distillation
from course.fewlabels.supervised import Supervised
from course.vision.deit import DeiT
from course.vision.resnet import BasicBlock, CIFARResNet
from course.vision.vit import ViT

SMALL = dict(image_size=8, patch=2, dim=32, depth=2, heads=4, hidden=64, channels=1, classes=10)


class Fixed(nn.Module):
    """Says the same of any images."""

    def __init__(self, *logits):
        super().__init__()
        self.said = [nn.Parameter(x) for x in logits]

    def forward(self, images):
        return self.said[0] if len(self.said) == 1 else tuple(self.said)


@pytest.fixture(scope="module")
def data():
    return digit_set().few(5)


@pytest.fixture(scope="module")
def teacher(data):
    """A ResNet that knows its few digits."""
    torch.manual_seed(0)
    method = Supervised(CIFARResNet(BasicBlock, (1, 1), 10, 1, width=16))
    train(method, data, 25)
    return method.encoder


def seeded(seed=0):
    return torch.Generator().manual_seed(seed)


def train(method, data, steps):
    optimiser = torch.optim.AdamW(method.groups(0.05), lr=3e-3)
    rows = []
    for step in range(steps):
        loss, told = method(method.batch(data, torch.arange(len(data)), seeded(step)))
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        rows.append({"loss": loss.item(), **{name: value.item() for name, value in told.items()}})
    return rows


def softmax(row, tau=1.0):
    powers = [np.exp(x / tau) for x in row]
    return [power / sum(powers) for power in powers]


def slow_loss(logits, distilled, teacher, targets, alpha, tau, hard):
    total = 0.0
    for s, d, t, y in zip(logits, distilled, teacher, targets):
        own = -sum(share * np.log(p) for share, p in zip(y, softmax(s)))
        if hard:
            taught = -np.log(softmax(d)[int(np.argmax(t))])
        else:
            pairs = zip(softmax(t, tau), softmax(d, tau))
            taught = tau**2 * sum(p * (np.log(p) - np.log(q)) for p, q in pairs)
        total += (1 - alpha) * own + alpha * taught
    return total / len(logits)


@pytest.mark.parametrize("hard", [False, True])
@pytest.mark.parametrize("alpha, tau", [(0.5, 3.0), (0.9, 1.0), (0.0, 2.0), (1.0, 4.0)])
@pytest.mark.parametrize("heads", [1, 2])
@pytest.mark.parametrize("mixed", [False, True])
def test_the_loss_is_the_formula_s(hard, alpha, tau, heads, mixed):
    logits, distilled, taught = 2 * torch.randn(3, 6, 4, generator=seeded())
    labels = torch.tensor([0, 3, 2, 1, 1, 2])
    targets = nn.functional.one_hot(labels, 4).float()
    if mixed:
        targets = 0.7 * targets + 0.3 * targets[[1, 2, 3, 4, 5, 0]]
    student = Fixed(*(logits, distilled)[:heads])
    method = Distillation(student, Fixed(taught), alpha=alpha, tau=tau, hard=hard)
    loss, told = method({"images": torch.zeros(6, 1), "labels": targets if mixed else labels})
    second = (logits, distilled)[heads - 1]
    numbers = (x.double().numpy() for x in (logits, second, taught, targets))
    assert loss.item() == pytest.approx(slow_loss(*numbers, alpha, tau, hard), rel=1e-5)
    agree = np.mean([a.argmax() == b.argmax() for a, b in zip(second.numpy(), taught.numpy())])
    assert told["agreement"].item() == pytest.approx(agree)


def test_a_perfect_student_has_nothing_to_learn():
    logits = torch.randn(6, 4, generator=seeded())
    student = Fixed(logits.clone())
    loss, told = Distillation(student, Fixed(logits), alpha=1.0)(
        {"images": torch.zeros(6, 1), "labels": torch.zeros(6, dtype=torch.int64)}
    )
    loss.backward()
    assert loss.item() == pytest.approx(0, abs=1e-6) and told["agreement"] == 1
    assert student.said[0].grad.abs().max() < 1e-6


def test_the_teacher_stays_as_it_is_and_out_of_the_optimiser(teacher, data):
    method = Distillation(ViT(**SMALL), teacher).train()
    assert not any(module.training for module in method.teacher.modules())
    before = {name: tensor.clone() for name, tensor in teacher.state_dict().items()}
    train(method, data, 2)
    for name, tensor in method.teacher.network.state_dict().items():
        assert torch.equal(tensor, before[name]), name
    grouped = [id(p) for group in method.groups(0.05) for p in group["params"]]
    assert sorted(grouped) == sorted(id(p) for p in method.encoder.parameters())


def test_teacher_and_student_see_the_same_mixed_images(teacher, data):
    seen = []

    class Watching(nn.Module):
        def forward(self, images):
            seen.append(images)
            return images.flatten(1)[:, :10]

    method = Distillation(Watching(), Watching(), mix=MixUp(1.0))
    method(method.batch(data, torch.arange(10), seeded()))
    assert len(seen) == 2 and torch.equal(*seen)
    assert not torch.equal(seen[0], data.floats(torch.arange(10)))


@pytest.mark.parametrize("hard", [False, True])
@pytest.mark.parametrize("student", [ViT, DeiT])
def test_a_student_comes_to_agree_without_any_label(teacher, data, student, hard):
    torch.manual_seed(0)
    rows = train(Distillation(student(**SMALL), teacher, alpha=1.0, hard=hard), data, 30)
    assert rows[-1]["loss"] < 0.7 * rows[0]["loss"]
    assert rows[-1]["agreement"] > rows[0]["agreement"] + 0.3


def test_wrong_use_is_named(data):
    method = Distillation(ViT(**SMALL), Fixed(torch.rand(5, 8)))
    with pytest.raises(ValueError, match=r"teacher has shape \(5, 8\) but logits has \(5, 10\)"):
        method(method.batch(data, torch.arange(5)))
    with pytest.raises(ValueError, match="alpha must be between 0 and 1; got 2"):
        train(Distillation(ViT(**SMALL), ViT(**SMALL), alpha=2), data, 1)
