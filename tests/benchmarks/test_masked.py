"""The benchmark of masked digits: it goes on where it stopped, its table, and what ships of it."""

import json

import pytest
import torch

from benchmarks import masked
from benchmarks.masked import KEPT, NAMES, VISIBLE, network, page
from course.ssl.masked_recorded import RECORDED


@pytest.fixture
def asked(monkeypatch, tmp_path):
    """Nothing is trained: how many patches each net would have seen, and the seed."""
    asked = []
    monkeypatch.setattr(masked, "KEPT", tmp_path / "kept.json")
    monkeypatch.setattr(masked, "learn", lambda net, steps, seed: asked.append((net.kept, seed)))
    monkeypatch.setattr(masked, "errors", lambda net: (0.05, 0.2))
    monkeypatch.setattr(masked, "probe", lambda features, each, seed: 0.5 + seed / 10)
    monkeypatch.setattr(masked, "fine_tune", lambda net, each, seed: [0.1] * 9 + [0.7])
    return asked


def test_only_what_is_missing_is_trained(asked):
    found = {"75 % hidden": [{"error": 0.04, "probe": 70.0, "tuned": [1.0] * 10}]}
    masked.run(found, seeds=2)
    assert asked == [(12, 0), (8, 0), (2, 0), (4, 0), (12, 1), (8, 1), (4, 1), (2, 1), (4, 1)]
    assert json.loads(masked.KEPT.read_text()) == found and found["75 % hidden"][0]["probe"] == 70.0
    masked.run(found, seeds=2)
    assert len(asked) == 9


def test_controls_and_the_table(asked):
    found = {}
    masked.run(found, seeds=2)
    assert all("error" in found[name][0] for name in VISIBLE) and "error" not in found[NAMES[-1]][0]
    assert "\n| 75 % hidden | 0.0500 | 55.0 ± 7.1 |" in page(found)
    assert page(found).count("| 70.0 ± 0.0 |") == len(NAMES)


def test_seeds_differ_and_the_share_does_not_change_the_first_weights():
    (a, b, c) = (network(seed, visible).positions for seed, visible in ((0, 4), (0, 12), (1, 4)))
    assert torch.equal(a, b) and not torch.equal(a, c)


def test_what_the_course_ships_is_what_was_measured():
    found = json.loads(KEPT.read_text(encoding="utf-8"))
    assert RECORDED.keys() == found.keys()
    for name, shipped in RECORDED.items():
        for what, runs in shipped.items():
            at = {"45 steps": 2, "fine-tuned": -1}.get(what)
            measured = [ran[what] if at is None else ran["tuned"][at] for ran in found[name]]
            assert list(runs) == measured, (name, what)
