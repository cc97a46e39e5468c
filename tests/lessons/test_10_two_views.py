"""Lesson 10: its losses are the library's, its texts are true, and a slip makes the finale worse."""

import math
import re

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from course import checkpoints
from course.checkpoints.looking import looked_at, overlap
from course.data.clutter import clutter
from course.data.painted import painted
from course.record import Record
from course.show.sphere import start
from course.ssl import dino, simclr
from course.ssl.in_seconds import CELLS, Projected, SmallEncoder, contrast, distil, judged, student
from grader import catalogue
from grader.exercise import Matching
from tests.test_lessons import LESSONS, assert_waiting, half_filled

(LESSON,) = [lesson for lesson in LESSONS if lesson.name == "10_two_views"]
TEXT = " ".join(line.removeprefix("# ") for line in LESSON.source.read_text(encoding="utf-8").splitlines())
contrast_logits, nt_xent, dino_loss, distil_step, attention_mass, on_the_sphere = (
    catalogue.reference(name)
    for name in (
        "contrast_logits",
        "nt_xent",
        "dino_loss",
        "distil_step",
        "attention_mass",
        "on_the_sphere",
    )
)
TRAIN, TEST = painted(), painted("test")


# -- the same losses -----------------------------------------------------------------------------------------


def test_the_readers_losses_are_the_librarys():
    z1, z2 = torch.randn(2, 6, 8, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(nt_xent(z1, z2, 0.3), simclr.nt_xent(z1, z2, 0.3))
    said, center = torch.randn(5, 4, 7), torch.randn(7)
    taught = said[:2] + 0.1
    ours = dino_loss(said, taught, center, 0.1, 0.04)
    torch.testing.assert_close(ours, dino.dino_loss(said, taught, center, 0.1, 0.04))


def test_the_readers_mass_is_the_cards():
    method, _ = checkpoints.load("supervised-clutter")
    pictures = clutter(50, seed=1)
    record: Record = {}
    with torch.no_grad():
        method.encoder.features(pictures.floats(), record)
    weights = torch.stack(record["weights"])[:, :, :, 0, 1:].mean(dim=2)
    assert torch.equal(attention_mass(weights, 0.6), looked_at(method.encoder, pictures.floats()))


@pytest.mark.parametrize(
    ("weights", "mass", "taken"),
    [
        ([0.25, 0.5, 0.25], 0.5, [False, True, False]),  # reached exactly: no patch more
        ([1.0, 1.0, 1.0, 1.0], 0.5, [True, True, False, False]),
        ([0.5, 0.3, 0.2], 0.0, [False, False, False]),
        ([0.5, 0.3, 0.2], 1.0, [True, True, True]),
    ],
)
def test_a_mass_takes_the_fewest_patches(weights, mass, taken):
    assert attention_mass(torch.tensor(weights), mass).tolist() == taken


# -- what is learnt, and a slip in it ------------------------------------------------------------------------


def encoder(loss, **options):
    torch.manual_seed(0)
    net = Projected(SmallEncoder())
    for _ in contrast(net, TRAIN.floats(), loss, **options):
        pass
    return net.encoder


def knn(net, what="digit"):
    return judged(net, TRAIN.about(what), TEST.about(what))


def next_row(z1, z2, tau):
    """The finale's slip: each view's twin is taken for the row above it."""
    logits = contrast_logits(z1, z2, tau)
    return F.cross_entropy(logits, torch.arange(len(logits)).roll(1))


@pytest.fixture(scope="module")
def untrained():
    torch.manual_seed(0)
    return knn(SmallEncoder())


def test_the_readers_loss_learns_digits_and_a_slip_makes_it_no_better_than_untrained(untrained):
    honest, slipped = (knn(encoder(loss, batch=16, steps=500)) for loss in (nt_xent, next_row))
    assert honest > untrained + 6 and slipped < untrained + 3


def test_with_colours_kept_the_colour_is_all_it_learns(untrained):
    changed, kept = (encoder(nt_xent, batch=64, steps=150, colours=colours) for colours in (True, False))
    assert knn(changed) > untrained + 4 and knn(kept) < untrained - 5
    assert knn(kept, "colour") > 98 > knn(changed, "colour")


def test_the_four_cells_are_what_the_exercise_and_the_text_say():
    first, last, right = {}, {}, []
    for letter, switches in CELLS.items():
        first[letter], *_, last[letter] = distil(net := student(), TRAIN.floats(), distil_step, **switches)
        right.append(knn(net.encoder))
    assert min(right) > 72 and max(right) < 81 and max(right) - min(right) < 5  # kNN tells none from another
    assert last["A"].entropy < 0.1 and last["A"].outputs < 1.5 and last["A"].loss < 0.1  # sharpening alone
    assert last["D"].entropy > math.log(128) - 0.25 and last["D"].outputs > 105  # centring alone
    assert last["C"].loss == pytest.approx(last["C"].entropy, abs=0.05)  # neither: they agree
    assert 1 < last["B"].entropy < 4.6 and last["B"].outputs > 5  # both
    assert last["A"].loss == pytest.approx(0.04, abs=0.015) and "The loss is 0.04" in TEXT
    assert last["D"].loss == pytest.approx(5.46, abs=0.1) and "The loss, 5.46, is" in TEXT
    assert "5.46 here, where ln K is 4.85" in TEXT
    for letter in CELLS:  # and each of them says nearly the same of every view
        before, after = (math.log(m.outputs) - m.entropy for m in (first[letter], last[letter]))
        assert before == pytest.approx(0.9 if CELLS[letter]["sharpening"] else 0.3, abs=0.05)
        assert after < 0.01 and "less than 0.01 in *all four* cells" in TEXT
        assert first[letter].rank == pytest.approx(7.4, abs=0.1) and 1.3 < last[letter].rank < 3.1
    asked = catalogue.find("four_cells")
    assert isinstance(asked, Matching)
    assert asked.pairs == {"a": "3", "b": "1", "c": "4", "d": "2"}


# -- numbers in the text -------------------------------------------------------------------------------------


def test_numbers_that_are_worked_out():
    assert f"{math.log(2 * 4096 - 1):.2f}" == "9.01" and "ln 8,191 = 9.01" in TEXT
    assert round(math.exp(0.4), 1) == 1.5 and round(math.exp(4)) == 55 and "55 times" in TEXT
    assert f"{math.log(31):.2f}" == "3.43" and f"{math.log(128):.2f}" == "4.85"
    assert math.log(0.5) / math.log(0.996) == pytest.approx(173, abs=0.1)


def spread(tau: float, steps: int) -> tuple[float, float]:
    """Uniformity and the angle to the nearest other image, as the figure's script moves the points."""
    x, noise = start()
    N = len(x)
    twin = np.roll(np.arange(2 * N), N)
    for _ in range(steps):
        raw = (x + noise).reshape(-1, 3)
        long = np.linalg.norm(raw, axis=1, keepdims=True)
        v = raw / long
        e = np.exp((v @ v.T - 1) / tau) * (1 - np.eye(2 * N))
        share = e / e.sum(axis=1, keepdims=True)
        share[np.arange(2 * N), twin] -= 1
        g = (share + share.T) @ v / tau / (2 * N)
        g = (g - (g * v).sum(axis=1, keepdims=True) * v) / long
        x = x - 0.1 * min(1, tau) * N * (g[:N] + g[N:])
        x /= np.linalg.norm(x, axis=1, keepdims=True)
    near = np.degrees(np.arccos((x @ x.T - 2 * np.eye(N)).max(axis=1))).mean()
    apart = ((x[:, None] - x) ** 2).sum(-1)[~np.eye(N, dtype=bool)]
    return float(np.log(np.exp(-2 * apart).mean())), float(near)


def test_what_the_sphere_shows():
    notch = 0.05 * 40 ** (8 / 20)  # the slider's nearest to 0.2
    found = {name: spread(tau, 300) for name, tau in {"2": 2.0, "0.2": notch, "0.05": 0.05}.items()}
    assert [round(near) for _, near in found.values()] == [30, 43, 41]
    assert [f"{uniform:.1f}" for uniform, _ in found.values()][:2] == ["-2.4", "-2.6"]
    assert "30° from one another" in TEXT and "43° apart" in TEXT and "41° after 300 steps" in TEXT


def test_attention_follows_the_objective_as_the_text_says():
    pictures = clutter(300, seed=1)
    found = {}
    for name in ("dino-clutter", "supervised-clutter"):
        method, card = checkpoints.load(name)
        layers = looked_at(method.encoder, pictures.floats())
        found[name] = [overlap(layer, pictures.masks) for layer in layers]
        untrained = card["scores"][0]["beside"]["untrained"]
        assert found[name][-1] > untrained + 0.1
        assert re.search(rf"for {card['minutes']:.0f}\b", TEXT.partition("Ours are toys")[2])
    assert found["dino-clutter"][-1] > found["supervised-clutter"][-1] + 0.05  # the last layer
    assert abs(found["dino-clutter"][1] - found["supervised-clutter"][1]) < 0.05  # the second
    assert min(found["dino-clutter"][1], found["supervised-clutter"][1]) > max(
        found["dino-clutter"][-1] - 0.01, found["supervised-clutter"][-1]
    )
    assert "(best on this grid 0.67)" in card["scores"][0]["what"] and "reaches is 0.67" in TEXT


# -- half a notebook, and none -------------------------------------------------------------------------------


def test_a_notebook_half_filled_ends_without_a_traceback_of_ours():
    assert_waiting(half_filled(LESSON, 7))
