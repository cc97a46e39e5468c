"""Lesson 02: the numbers that its text tells of the digits and of the boxes, computed again."""

import re
from functools import cache
from pathlib import Path

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from course.attention import SelfAttention, attention
from course.data import digits
from course.data.recall import boxes
from grader import catalogue

LESSON = "02_attention"
SOURCE = Path(__file__).resolve().parents[2] / "solutions" / LESSON / f"{LESSON}.py"
TEXT = " ".join(line.removeprefix("# ") for line in SOURCE.read_text(encoding="utf-8").splitlines())
BETAS = (1, 10, 100, 1000)
LAST = 300
EACH = 140


@cache
def data():
    """Images of unit length (1797, 64), labels (1797,), and labels as one-hot (1797, 10)."""
    images, labels = digits()
    return F.normalize(images.flatten(1), dim=-1), labels, F.one_hot(labels, 10).float()


def read(beta, keys):
    """How the last 300 images are read, by keys that are given by their places: (300,)"""
    x, _, one_hot = data()
    return attention(beta * x[-LAST:], x[keys], one_hot[keys]).argmax(dim=-1)


def percent(said):
    return round(100 * (said == data()[1][-LAST:]).float().mean().item(), 1)


def known():
    return torch.arange(1797 - LAST)


def balanced():
    labels = data()[1][:-LAST]
    return torch.cat([(labels == digit).nonzero()[:EACH, 0] for digit in range(10)])


def test_the_table_of_the_balanced_experiment_is_what_comes_out():
    rows = re.findall(r"^# \| ([\d,]+) \| ([\d.]+) \| ([\d.]+) \|$", SOURCE.read_text(), re.MULTILINE)
    written = {int(beta.replace(",", "")): (float(a), float(b)) for beta, a, b in rows}
    assert written == {
        beta: (percent(read(beta, known())), percent(read(beta, balanced()))) for beta in BETAS
    }


def test_what_is_never_read_is_what_has_fewest_keys():
    said = read(1, known()).bincount(minlength=10)
    assert (said == 0).nonzero().flatten().tolist() == [2, 8, 9]  # the title of the exercise
    assert said.argmax() == 3
    keys = data()[1][:-LAST].bincount()
    assert keys[[2, 8, 9]].max() <= 149 and keys[3] == keys.max() == 152
    assert read(1, balanced()).bincount(minlength=10).min() > 20
    x = data()[0]
    scores = x[-LAST:] @ x[known()].T / 8
    assert scores.min() >= 0 and scores.max() <= 1 / 8  # within 0.125 of each other, as the exercise says


def test_nearly_equal_weights_compare_with_mean_images():
    x, labels, _ = data()
    kept = balanced()
    means = torch.stack([x[kept][labels[kept] == digit].mean(dim=0) for digit in range(10)])
    nearest = percent((x[-LAST:] @ means.T).argmax(dim=-1))
    assert f"the last line of the output, {nearest}" in TEXT


def test_fewer_than_all_keys_do_not_decide_the_third_image():
    x, _, one_hot = data()
    kept = balanced()
    weights = attention(300 * x[[-71]], x[kept], torch.eye(len(kept)))[0]
    best = weights.argsort(descending=True)
    said = {n: (weights[best[:n]] @ one_hot[kept][best[:n]]).argmax().item() for n in (5, 20, 50, 1400)}
    assert said == {5: 3, 20: 3, 50: 8, 1400: 8}
    assert weights[best[:5]].sum() < 0.15  # nine tenths of the weight lie elsewhere


def correct(beta, mask, divide=True):
    x, labels, one_hot = data()
    shares = attention(beta * x, x, one_hot, mask) / (mask.float() @ one_hot if divide else 1)
    return 100 * (shares.argmax(dim=-1) == labels).float().mean().item()


def test_with_and_without_oneself():
    everyone, others = torch.ones(1797, 1797, dtype=torch.bool), ~torch.eye(1797, dtype=torch.bool)
    gaps = {beta: correct(beta, everyone) - correct(beta, others) for beta in (1, 10, 100, 300, 1000)}
    assert max(gaps, key=gaps.get) == 300 and gaps[1] == pytest.approx(0.8, abs=0.1)
    assert correct(1000, everyone) == 100 and f"{correct(1000, others):.1f} %" == "99.0 %"
    undivided = correct(1, everyone, divide=False) - correct(1, others, divide=False)
    assert int(undivided) == 13 and "costs 13 points at β = 1" in TEXT


def test_how_much_the_own_key_weighs():
    x = data()[0]
    own = {beta: 1797 * attention(beta * x, x, torch.eye(1797)).diagonal().mean().item() for beta in (1, 300)}
    assert own[1] == pytest.approx(1.04, abs=0.005) and own[300] == pytest.approx(450, abs=5)
    assert "weighs 1.04 keys" in catalogue.find("leak").why["d"]


def test_it_is_the_writers_hand():
    away = (torch.arange(1797)[:, None] - torch.arange(1797)).abs()
    others = ~torch.eye(1797, dtype=torch.bool)
    hidden = torch.rand(1797, 1797, generator=torch.Generator().manual_seed(0)) < 260 / 1797
    alone = correct(1000, others)
    assert alone - correct(1000, others & ~hidden) < 0.5
    assert alone - correct(1000, away > 130) == pytest.approx(3, abs=0.3)
    assert correct(1000, away > 130) - correct(1000, away > 300) < 0.3


@pytest.mark.parametrize("seed", range(3))
def test_one_layer_learns_which_box_to_look_at(seed):
    torch.manual_seed(seed)
    letter, digit, answer = nn.Embedding(16, 32), nn.Embedding(11, 32), nn.Linear(32, 10)
    look = SelfAttention(32)
    parameters = [p for module in (letter, digit, answer, look) for p in module.parameters()]
    optimizer = torch.optim.Adam(parameters, lr=0.01)
    for _ in range(200):
        letters, contents, place = boxes(128)
        optimizer.zero_grad()
        said = answer(look(letter(letters) + digit(contents))[:, -1])
        F.cross_entropy(said, contents.gather(1, place[:, None])[:, 0]).backward()
        optimizer.step()
    letters, contents, place = boxes(1000)
    output, weights = look(letter(letters) + digit(contents), return_weights=True)
    right = answer(output[:, -1]).argmax(dim=-1) == contents.gather(1, place[:, None])[:, 0]
    assert right.float().mean() > 0.99
    assert weights[:, -1].gather(1, place[:, None]).mean() > 0.9
