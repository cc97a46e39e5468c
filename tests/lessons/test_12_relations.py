"""Lesson 12: its numbers are computed, a slip makes the finale worse, half of it has no traceback."""

import json
import re
import statistics
from functools import cache

import pytest
import torch

from course.fewlabels import relations_first as first
from course.ssl.relvit import angle_labels, distance_labels, relation_labels
from grader import catalogue
from tests.test_lessons import LESSONS, ROOT, assert_waiting, assigned, half_filled

(LESSON,) = [lesson for lesson in LESSONS if lesson.name == "12_relations"]
SOURCE = LESSON.source.read_text(encoding="utf-8")
relations_of, scaled_distances, grid_places, angle_between, FourTasks = (
    catalogue.reference(name)
    for name in ("relations_of", "scaled_distances", "grid_places", "angle_between", "FourTasks")
)
TABLES = relation_labels(4, 4), distance_labels(4, 4), angle_labels(4, 4)
QUIET, LOUD = "100 labels", "100 labels, loud"  # as benchmarks/relations.py names them
TOLD = ("labels alone", "all four first")


# -- numbers in the text -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "n, corner, floor", [(3, 11.11, 22.22), (4, 14.06, 20.31), (5, 16.0, 20.0), (8, 19.14, 20.70)]
)
def test_chance_and_floor(n, corner, floor):
    labels = relations_of(n, n)
    share = 100 * torch.bincount(labels.flatten(), minlength=9) / n**4
    assert share.max().item() == pytest.approx(corner, abs=0.005)
    assert (share[0] + share[4]).item() == pytest.approx(floor, abs=0.005)


def test_the_floor_is_lowest_on_5_by_5():
    floors = {n: ((n - 1) / (2 * n)) ** 2 + 1 / n**2 for n in range(3, 100)}
    assert min(floors, key=floors.__getitem__) == 5


def test_the_readers_tables_are_the_librarys():
    p = grid_places(4, 4) + 2
    angles = angle_between(p[:, None], p[None], 1e-6)
    angles = 2 * angles / angles.max() - 1
    assert torch.equal(relations_of(4, 4), TABLES[0])
    torch.testing.assert_close(scaled_distances(4, 4).float(), TABLES[1])
    torch.testing.assert_close(angles.float(), TABLES[2], atol=2e-3, rtol=0)  # ε moves the diagonal
    ray = angles[:, 0].reshape(4, 4).diagonal()
    assert (ray < -0.99).all() and (angles[:, 0] < -0.99).sum() == 4


def test_rounding_makes_nan_and_epsilon_mends_it():
    p = grid_places(8, 8).float() + 4
    nans = {eps: int(angle_between(p, p, eps).isnan().sum()) for eps in (0.0, 1e-3)}
    assert nans[0.0] > 0 and nans[1e-3] == 0


def test_of_six_gains_one_is_misprinted():
    printed = re.findall(r'"([\w -]+): ([\d.]+) → ([\d.]+), \+([\d.]+)"', _quiz())
    off = [
        name for name, before, after, gain in printed if round(float(after) - float(before), 2) != float(gain)
    ]
    assert len(printed) == 6 and off == ["CIFAR-100"]
    for _, before, after, _ in printed:  # the lesson's own table holds the same
        assert f"({before}, " in SOURCE and f", {after}, " in SOURCE


def _quiz() -> str:
    return catalogue.file_of("wrong_difference").read_text(encoding="utf-8")


RECORDED = {  # what the lesson calls it: what the benchmark does, and which accuracy
    "labels alone": ("labels alone", QUIET),
    "labels alone, loud": ("labels alone", LOUD),
    "all four first, loud": ("all four", LOUD),
    "scattered first, loud": ("all four, scattered", LOUD),
    "shortcut first": ("all four, positions on", QUIET),
}


def test_what_is_recorded_is_the_benchmarks():
    kept = _kept("relations")
    recorded = {name: _shares(kept[mix], what) for name, (mix, what) in RECORDED.items()}
    assert assigned(LESSON, "recorded") == recorded
    mean = {name: statistics.fmean(shares) for name, shares in recorded.items()}
    assert 27 < mean["labels alone, loud"] - mean["labels alone"] < 33  # "about 30 points"
    loud = {name: statistics.fmean(_shares(runs, LOUD)) for name, runs in kept.items() if LOUD in runs[0]}
    assert (round(min(loud.values()), 1), round(max(loud.values()), 1)) == (86.5, 88.7)
    told = [
        f"{mean[f'{name}, loud']:.1f} ± {statistics.stdev(recorded[f'{name}, loud']):.1f}" for name in TOLD
    ]
    assert all(one in SOURCE for one in told)


def test_what_frozen_features_are_worth_is_the_benchmark_s():
    kept = _kept("equal-budget")
    knn = [
        statistics.fmean(_shares(kept[f"{who}: patches, images"], "knn"))
        for who in ("relvit", "random encoder")
    ]
    assert [round(share) for share in knn] == [60, 26]


def _kept(name):
    return json.loads((ROOT / "benchmarks" / "results" / f"{name}.json").read_text(encoding="utf-8"))


def _shares(runs, what):
    """Per cent, a seed each."""
    return [round(100 * run[what], 1) for run in runs]


@pytest.mark.parametrize("side, half, one", [(4, 46, 62), (8, 50, 76)])
def test_the_widest_angle_from_half_a_side_and_from_one_step(side, half, one):
    for off, told in ((side / 2, half), (1, one)):
        p = grid_places(side, side) + off
        assert round(angle_between(p[:, None], p[None], 1e-9).rad2deg().max().item()) == told
    assert f"{half}° on {side} × {side}" in SOURCE and f"{one}°" in SOURCE


# -- the finale, and slips in it -----------------------------------------------------------------------------


class WithCLS(FourTasks):
    """A slip: the last patch is left out, and CLS is taken for the first."""

    def forward(self, tokens, *tables):
        return super().forward(torch.cat([tokens[:, :1], tokens[:, :-1]], dim=1), *tables)


@cache
def learnt():
    """The lesson's network and heads, taught by digits, and the losses of each step: (150, 4)"""
    encoder, heads = first.encoder(0), FourTasks(first.DIM, first.N)
    return encoder, heads, first.learn(encoder, heads, TABLES, first.some_digits(), steps=150)


def told_by_learnt() -> torch.Tensor:
    """Which pairs of unseen digits it tells rightly: (B, N, N), bool"""
    encoder, heads, _ = learnt()
    return first.logits(encoder, heads.relations, first.unseen()).argmax(dim=1) == TABLES[0]


def told(kind, draw, images, positions=False) -> torch.Tensor:
    """Which pairs are told rightly: (B, N, N), bool"""
    encoder, heads = first.encoder(0, positions), kind(first.DIM, first.N)
    first.learn(encoder, heads, TABLES, draw, steps=150)
    return first.logits(encoder, heads.relations, images).argmax(dim=1) == TABLES[0]


def test_in_noise_only_positions_tell_the_relations():
    snow = first.noise(50, torch.Generator().manual_seed(99))
    without, shortcut = (
        told(FourTasks, first.noise, snow, positions).float().mean().item() for positions in (False, True)
    )
    assert 0.1406 < without < 0.2031 and shortcut > 0.9


def test_digits_are_above_the_floor_and_a_slip_brings_them_down():
    digits, images = first.some_digits(), first.unseen()
    right, slip = (hits.float().mean().item() for hits in (told_by_learnt(), told(WithCLS, digits, images)))
    assert right > 0.23  # the floor is 0.203
    assert slip < right - 0.02


def test_scattered_digits_stay_between_always_lu_and_the_floor():
    right = told(FourTasks, first.scattered(first.some_digits()), first.unseen()).float().mean().item()
    assert 0.1406 < right < 0.17  # "about 15"


def test_places_end_lowest_and_angles_highest_though_they_fall_furthest():
    _, _, losses = learnt()
    left = 100 * losses / first.blind(first.twins(first.unseen()), *TABLES)
    begin, end = (
        part.mean(dim=0) for part in (left[:10], left[-10:])
    )  # relations, distances, angles, places
    assert (int(end.argmin()), int(end.argmax()), int((begin - end).argmax())) == (3, 2, 2)
    assert (end < 100).all() and begin[2] > 130


def test_loud_positions_leave_nothing_to_gain():
    """The lesson says that labels alone and relations first came out alike."""
    encoder, _, _ = learnt()
    alone, relations = (
        100 * first.fine_tuned(first.louder(net), 100, steps=200) for net in (first.encoder(0), encoder)
    )
    assert abs(alone - relations) < 1.5 and alone == pytest.approx(87.5, abs=1.5)


def test_the_hard_classes_turn_with_the_digits():
    """CU and CD (1 and 7) are told where digits stand, LC and RC (3 and 5) where they lie."""
    digits, lying = first.some_digits(), first.unseen().mT
    for hits, easy, hard in (
        (told_by_learnt(), (1, 7), (3, 5)),
        (told(FourTasks, lambda B, chance: digits(B, chance).mT, lying), (3, 5), (1, 7)),
    ):
        hits = hits.float().mean(dim=0)  # (N, N)
        one, other = (
            statistics.fmean(hits[TABLES[0] == c].mean().item() for c in pair) for pair in (easy, hard)
        )
        assert one > other + 0.1


# -- half a notebook, and none -------------------------------------------------------------------------------


def test_a_notebook_half_filled_ends_without_a_traceback_of_ours():
    """Training is cut short: each cell runs, or says in one line what it waits for."""
    assert_waiting(half_filled(LESSON, 7))
