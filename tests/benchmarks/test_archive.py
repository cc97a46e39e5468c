"""The benchmark of the capstone's archive: its table, and that it goes on where it stopped."""

import json

from benchmarks import archive
from benchmarks.archive import METHODS, believing, one_by_one, page, run
from course.fewlabels.archive import archive as letters

FOUND = {name: [{"right": right, "seconds": 2.0} for right in (0.5, 0.6, 0.7)] for name in METHODS}


def test_a_row_of_the_table_is_mean_and_spread():
    assert page(FOUND).splitlines()[-1] == "| NT-Xent between hands | 60.0 ± 10.0 | 2.0 ± 0.0 |"
    assert "over 3 seeds" in page(FOUND)


def test_only_what_is_missing_is_trained(monkeypatch, tmp_path):
    monkeypatch.setattr(archive, "KEPT", tmp_path / "kept.json")
    found = {name: runs[:] for name, runs in FOUND.items()}
    found["nearest labelled image"].pop()
    run(found, seeds=3)
    assert 0.25 < found["nearest labelled image"][2]["right"] < 0.4
    assert json.loads((tmp_path / "kept.json").read_text()) == found


def test_what_is_believed_names_a_class_for_each_letter(monkeypatch):
    monkeypatch.setattr(archive, "STEPS", 2)
    given = letters(14, new=30)
    said = believing(one_by_one)(given.images, given.labels, given.unlabelled, given.unseen)
    assert said.shape == (30,) and said.max() < 10
