"""The benchmark of few labels goes on where it stopped, and its page has a row for each strategy."""

import json

import pytest

from benchmarks import few_labels
from benchmarks.few_labels import COUNTS, IN_ORDER, NAMES, page, run
from course.fewlabels.few_labels_recorded import BELIEVED, RECORDED
from course.fewlabels.rounds import THRESHOLDS, Round


@pytest.fixture
def measured(monkeypatch, tmp_path):
    """Nothing is trained: which strategy was asked for, with how many labels and which seed."""
    asked = []

    class Shared:
        def __init__(self, images, few, seed):
            self.seed, self.few = seed, few

        def with_labels(self, few):
            return Shared(None, few, self.seed)

    def scored(name, given, test):
        asked.append((name, len(given.few) // 10, given.seed))
        return 0.5 + given.seed / 10

    monkeypatch.setattr(few_labels, "KEPT", tmp_path / "kept.json")
    monkeypatch.setattr(few_labels, "given", Shared)
    monkeypatch.setattr(few_labels, "scored", scored)
    monkeypatch.setattr(few_labels, "rounds", lambda *_, seed: [Round(0, 0, 0.5), Round(100, 20 + seed, 0.4)])
    return asked


def test_it_goes_on_where_it_stopped(measured):
    found = {f"{NAMES[0]}: {IN_ORDER[0]}": [0.9]}
    run(found, seeds=2)
    assert len(measured) == 2 * len(NAMES) * len(COUNTS) - 1 and (NAMES[0], IN_ORDER[0], 0) not in measured
    assert json.loads(few_labels.KEPT.read_text()) == found
    run(found, seeds=2)
    assert len(measured) == 2 * len(NAMES) * len(COUNTS) - 1
    assert sorted(IN_ORDER) == list(COUNTS)


def test_the_page_has_a_row_for_each_strategy_and_threshold(measured):
    found = {}
    run(found, seeds=2)
    told = page(found)
    assert all(f"\n| {name} | 55.0 ± 7.1 |" in told for name in NAMES)
    assert all(f"\n| {threshold} | 0 / 0, 50.0 | 100 / 20, 40.0 |" in told for threshold in THRESHOLDS)


def test_what_the_course_ships_is_what_was_measured():
    found = json.loads(few_labels.KEPT.read_text(encoding="utf-8"))
    for name, by_count in RECORDED.items():
        for count, runs in by_count.items():
            assert list(runs) == pytest.approx(found[f"{name}: {count}"], abs=1e-4), (name, count)
    assert RECORDED.keys() == {*NAMES} and BELIEVED.keys() == {*THRESHOLDS}
    for threshold, by_seed in BELIEVED.items():
        for ours, theirs in zip(by_seed, found[f"threshold {threshold}"], strict=True):
            for one, other in zip(ours, theirs, strict=True):
                assert one == pytest.approx(other, abs=1e-4), threshold
