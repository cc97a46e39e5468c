"""DINO's loss by loops, and the order in which centre, teacher and temperatures move."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from course.ssl.dino import DINO, Head, dino_loss, entropy
from course.vision.vit import ViT

SMALL = dict(image_size=8, patch=2, dim=12, depth=1, heads=2, hidden=16, classes=0, channels=1)
OPTIONS = dict(out=7, hidden=10, bottleneck=5, crops=3)


def draws(seed, *shapes):
    generator = torch.Generator().manual_seed(seed)
    return [torch.randn(shape, generator=generator) for shape in shapes]


def softmax(numbers):
    top = [math.exp(number) for number in numbers]
    return [number / sum(top) for number in top]


def by_loops(student, teacher, center, tau_s, tau_t):
    total, pairs = 0.0, 0
    for t in range(len(teacher)):
        for s in range(len(student)):
            if s == t:
                continue
            pairs += 1
            for b in range(student.shape[1]):
                p = softmax([(g - c).item() / tau_t for g, c in zip(teacher[t, b].double(), center.double())])
                q = softmax([g.item() / tau_s for g in student[s, b].double()])
                total -= sum(pk * math.log(qk) for pk, qk in zip(p, q)) / student.shape[1]
    return total / pairs


@settings(max_examples=25, deadline=None)
@given(st.integers(2, 5), st.integers(1, 4), st.integers(1, 6), st.integers(0, 1000))
def test_the_loss_by_loops(S, B, K, seed):
    student, teacher, center = draws(seed, (S, B, K), (2, B, K), (K,))
    loss = dino_loss(student, teacher, center, 0.5, 0.3)
    assert loss.item() == pytest.approx(by_loops(student, teacher, center, 0.5, 0.3), abs=1e-4, rel=1e-4)


def test_no_gradient_reaches_the_teacher():
    student, teacher = (x.requires_grad_() for x in draws(0, (4, 3, 5), (2, 3, 5)))
    dino_loss(student, teacher, torch.zeros(5), 0.1, 0.04).backward()
    assert teacher.grad is None and student.grad.abs().sum() > 0


def test_entropy():
    assert entropy(torch.full((2, 8), 1 / 8)).item() == pytest.approx(math.log(8))
    assert entropy(torch.eye(8)).item() == 0


def test_the_head():
    head = Head(6, 10, 5, 7)
    mlp = 6 * 10 + 10 + 10 * 10 + 10 + 10 * 5 + 5
    assert sum(p.numel() for p in head.parameters()) == mlp + 5 * 7
    x = draws(0, (4, 6))[0]
    logits = head(x)
    assert logits.abs().max() <= 1 + 1e-6  # cosines
    z = head.mlp(x)
    for b in range(4):
        for k in range(7):
            cosine = torch.cosine_similarity(z[b], head.prototypes[k], dim=0)
            torch.testing.assert_close(logits[b, k], cosine, atol=1e-5, rtol=1e-5)


@pytest.fixture
def method():
    torch.manual_seed(0)
    return DINO(ViT(**SMALL), 12, frozen=0.1, warm_up=0.5, **OPTIONS)


@pytest.fixture
def batch(method):
    return method.views(torch.rand(4, 1, 8, 8), torch.Generator().manual_seed(1))


def test_views(batch):
    assert batch["global"].shape == (8, 1, 8, 8) and batch["local"].shape == (12, 1, 4, 4)
    assert not torch.allclose(batch["global"][:4], batch["global"][4:], atol=0.01)


def test_the_whole_by_its_parts(method, batch):
    method.center.copy_(draws(2, (7,))[0])
    loss, told = method(batch)
    student = [
        method.head(method.encoder.features(x)) for x in (*batch["global"].split(4), *batch["local"].split(4))
    ]
    teacher = [method.teacher(x) for x in batch["global"].split(4)]
    expected = dino_loss(torch.stack(student), torch.stack(teacher), method.center, 0.1, 0.04)
    torch.testing.assert_close(loss, expected)
    p = ((torch.cat(teacher) - method.center) / 0.04).softmax(-1)
    torch.testing.assert_close(told["teacher_entropy"], entropy(p))
    assert 1 <= told["outputs"] <= 7


def test_the_centre_moves_behind_the_loss_to_the_raw_logits(method, batch):
    center = draws(2, (7,))[0]
    method.center.copy_(center)
    raw = method.teacher(batch["global"])
    first, _ = method(batch)
    second, _ = method(batch)  # as when gradients are accumulated
    assert torch.equal(first, second) and torch.equal(method.center, center)
    method.after_step(0.0)
    torch.testing.assert_close(method.center, 0.9 * center + 0.1 * raw.mean(dim=0))
    assert method.seen_count == 0
    method.eval()
    method(batch)
    assert method.seen_count == 0  # looking does not move it


def test_the_teacher_follows_along_a_cosine(method):
    with torch.no_grad():
        for p in method.encoder.parameters():
            p.add_(1.0)
    before = method.teacher.network.encoder.cls.clone()
    method.seen_count += 1
    method.after_step(0.5)
    torch.testing.assert_close(method.teacher.network.encoder.cls, before + 0.002)
    method.after_step(1.0)
    torch.testing.assert_close(method.teacher.network.encoder.cls, before + 0.002)
    assert method.teacher.network.encoder is not method.encoder


def test_the_temperature_warms_up(method):
    found = []
    for progress in (0.0, 0.25, 0.5, 1.0):
        method.after_step(progress)
        found.append(method.tau_t.item())
    assert found == pytest.approx([0.04, 0.055, 0.07, 0.07])


def test_the_last_layer_is_frozen_at_first(method, batch):
    method(batch)[0].backward()
    assert method.head.prototypes.grad.abs().sum() == 0
    assert method.head.mlp[0].weight.grad.abs().sum() > 0
    loss = method(batch)[0]
    method.after_step(0.1)
    free = method(batch)[0]
    torch.testing.assert_close(free, method(batch)[0])
    free.backward()
    assert method.head.prototypes.grad.abs().sum() > 0
    assert loss.isfinite()


def test_wrong_use(method):
    with pytest.raises(
        ValueError, match=r"student and teacher must have shape .* \(3, 2, 5\) and \(2, 2, 4\)"
    ):
        dino_loss(torch.zeros(3, 2, 5), torch.zeros(2, 2, 4), torch.zeros(5), 0.1, 0.04)
    with pytest.raises(ValueError, match="the student must see the teacher's crops and more; got 1, 2"):
        dino_loss(torch.zeros(1, 2, 5), torch.zeros(2, 2, 5), torch.zeros(5), 0.1, 0.04)
    with pytest.raises(ValueError, match="tau_t, a temperature, must be above 0; got -1"):
        DINO(ViT(**SMALL), 12, tau_t=-1, **OPTIONS)
    with pytest.raises(ValueError, match="crops, the number of small ones, must be 0 or more; got -2"):
        DINO(ViT(**SMALL), 12, **{**OPTIONS, "crops": -2})
    with pytest.raises(ValueError, match="progress must be from 0 to 1"):
        method.after_step(2.0)
