"""The benchmark of few images: its table, that it goes on where it stopped, and what ships of it."""

import json

import pytest

from benchmarks import few_images
from benchmarks.few_images import COUNTS, KEPT, NETWORKS, key, page
from course.fewlabels.few_images_recorded import RECORDED

FOUND = {key(name, count): [0.5, 0.6, 0.7] for name in NETWORKS for count in COUNTS}


def test_a_row_of_the_table_is_mean_and_spread():
    lines = page(FOUND).splitlines()
    assert lines[-4] == "| 50 |" + " 60.0 ± 10.0 |" * len(NETWORKS)
    assert lines[-1].startswith("| 1,438 |") and "over 3 seeds" in page(FOUND)


def test_only_what_is_missing_is_trained(monkeypatch, tmp_path):
    trained = []
    monkeypatch.setattr(few_images, "KEPT", tmp_path / "kept.json")
    monkeypatch.setattr(few_images, "measured", lambda make, *sets, seed: trained.append((make, seed)) or 0.4)
    found = {name: runs[:] for name, runs in FOUND.items()}
    found["MLP: 200"].pop()
    few_images.run(found, seeds=3)
    assert trained == [(NETWORKS["MLP"], 2)] and found["MLP: 200"] == [0.5, 0.6, 0.4]
    assert json.loads((tmp_path / "kept.json").read_text()) == found


def test_what_the_course_ships_is_what_was_measured():
    found = json.loads(KEPT.read_text(encoding="utf-8"))
    shipped = {
        key(name, None if count == 1438 else count): list(runs)
        for name, by_count in RECORDED.items()
        for count, runs in by_count.items()
    }
    assert shipped.keys() == found.keys()
    for name, runs in found.items():
        assert shipped[name] == pytest.approx(runs, abs=1e-4), name
