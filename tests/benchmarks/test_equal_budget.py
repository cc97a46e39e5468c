"""Methods at one budget: what is equal is equal, nothing is measured twice, each has its row."""

import json

import pytest
import torch

from benchmarks import equal_budget
from benchmarks.equal_budget import DATA, METHODS, POOLS, SIZE, UNIT, epochs, flops, made, page, run, runs
from course.data.by_name import load


@pytest.fixture
def measured(monkeypatch, tmp_path):
    """Nothing is trained: who was asked for, at which budget and seed."""
    asked = []

    def read(who, pool, budget, seed, *_):
        asked.append((seed, who, pool, budget))
        return {"knn": 0.5, "probe": 0.6 + seed / 10, "fine_tuned": 0.7}

    monkeypatch.setattr(equal_budget, "KEPT", tmp_path / "kept.json")
    monkeypatch.setattr(equal_budget, "read", read)
    return asked


def test_it_goes_on_where_it_stopped(measured):
    found = {"mae: patches, FLOPs": [{"knn": 0.1, "probe": 0.1, "fine_tuned": 0.1}]}
    run(found, seeds=2)
    assert (0, "mae", "patches", "FLOPs") not in measured
    assert len(measured) == len({*measured}) == 2 * (2 * len(POOLS) + 2 * len(METHODS) - 1) - 1
    assert json.loads(equal_budget.KEPT.read_text()) == found
    rows = [line for line in page(found).splitlines() if line.startswith("| ")][1:]
    assert len(rows) == len({*runs(1)}) and "| 50.0 ± 0.0 | 65.0 ± 7.1 | 70.0 ± 0.0 |" in rows[0]


def test_all_begin_with_the_same_weights_and_count_the_same_flops():
    data = load(DATA, size=SIZE)
    same = [name for name in METHODS if name not in ("ijepa", "relvit")]  # which have ViTs of their own
    first = [made(name, data, seed=1).encoder.embedding.projection.weight for name in same]
    assert all(torch.equal(first[0], other) for other in first)
    budget = epochs(UNIT, "images") * flops(UNIT)
    for name in METHODS:
        assert epochs(name, "images") == epochs(UNIT, "images")
        assert epochs(name, "FLOPs") * flops(name) == pytest.approx(budget, rel=0.05)
