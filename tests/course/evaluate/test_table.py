"""Scores with their spread, and what a table may say of them."""

import math

import numpy as np
import pytest

from course.evaluate import Row, Score, as_markdown
from course.evaluate.table import RANDOM, SUPERVISED


def score(*values):
    return Score(values, tuple(range(len(values))))


def row(name, knn, probe=None, fine_tuned=None, share=0.1, **options):
    options = {"labels": 120, "steps": 90, "minutes": 1.5, **options}
    return Row(name, share, knn=score(*knn), probe=score(*(probe or knn)), fine_tuned=fine_tuned, **options)


def test_mean_and_spread():
    values = (0.8, 0.9, 0.85)
    assert score(*values).mean == pytest.approx(np.mean(values))
    assert score(*values).std == pytest.approx(np.std(values, ddof=1))
    assert str(score(*values)) == "85.0 ± 5.0"
    assert str(score(0.913)) == "91.3" and math.isnan(score(0.913).std)
    for values, seeds in (((), ()), ((0.1,), (0, 1))):
        with pytest.raises(ValueError, match="a value for each seed, at least one"):
            Score(values, seeds)


def test_beyond_the_spread():
    low, high = score(0.7, 0.72, 0.74), score(0.75, 0.77, 0.79)  # 72 ± 2 and 77 ± 2
    assert high.beats(low) and not low.beats(high)
    near = score(0.73, 0.75, 0.77)  # 75 ± 2: every seed above the mean of `low`, and the bars meet
    assert not near.beats(low) and not high.beats(near) and not low.beats(low)
    assert not score(0.99).beats(low) and not high.beats(score(0.01))  # one seed says nothing


def test_rows_of_several_seeds_become_one():
    parts = [
        Row("a", 0.1, 12, 90, minutes, Score((knn,), (seed,)), Score((0.5,), (seed,)), tuned)
        for seed, minutes, knn, tuned in (
            (3, 1.0, 0.7, Score((0.9,), (3,))),
            (5, 2.0, 0.8, Score((0.6,), (5,))),
        )
    ]
    joined = Row.joined(parts)
    assert joined.knn == Score((0.7, 0.8), (3, 5)) and joined.fine_tuned == Score((0.9, 0.6), (3, 5))
    assert joined.minutes == 1.5 and joined.probe.std == 0 and (joined.name, joined.steps) == ("a", 90)
    assert Row.joined([row("b", (0.5,))]).fine_tuned is None


def test_what_the_table_says():
    rows = [
        row(RANDOM, (0.70, 0.72, 0.74), (0.80, 0.82, 0.84), steps=0, minutes=0.0),
        row(SUPERVISED, (0.1, 0.1, 0.1), fine_tuned=score(0.78, 0.80, 0.82)),
        row("good", (0.90, 0.91, 0.92), (0.60, 0.61, 0.62)),
        row("same", (0.71, 0.73, 0.75), (0.79, 0.81, 0.83)),
    ]
    text = as_markdown(rows)
    lines = text.splitlines()
    assert lines[0] == "**10 % of the labels, 120 images, 3 seeds:** accuracy in %"
    assert f"| {RANDOM} | 0 | 0.0 | 72.0 ± 2.0 | 82.0 ± 2.0 | – |" in lines
    assert f"| {SUPERVISED} | 90 | 1.5 | 10.0 ± 0.0 | 10.0 ± 0.0 | 80.0 ± 2.0 |" in lines
    table = [line for line in lines if line.startswith("|")]
    assert len(table) == 6 and {line.count("|") for line in table} == {7}
    said = [line for line in lines if line.startswith("- ")]
    assert said == [
        f"- good: better than {RANDOM} (kNN); worse than {RANDOM} (linear probe).",
        f"- good: better than {SUPERVISED} (kNN); worse than {SUPERVISED} (linear probe).",
        f"- same: no different from {RANDOM} beyond the spread (kNN, linear probe).",
        f"- same: worse than {SUPERVISED} (kNN); "
        f"no different from {SUPERVISED} beyond the spread (linear probe).",
    ]


def test_one_seed_is_called_one_and_judges_nothing():
    rows = [row(RANDOM, (0.1,)), row(SUPERVISED, (0.2,), fine_tuned=score(0.2)), row("a", (0.9,))]
    text = as_markdown(rows)
    assert "1 seed:" in text and "one seed has no spread" in text
    assert f"better than {RANDOM}" not in text and "±" not in text and "90.0" in text


def test_a_table_for_each_share_and_none_without_its_baselines():
    rows = [
        row(name, (0.1, 0.2), fine_tuned=score(0.1, 0.2), share=share, labels=labels)
        for share, labels in ((0.01, 12), (1.0, 1200))
        for name in (RANDOM, SUPERVISED, "a")
    ]
    text = as_markdown(rows)
    assert "**1 % of the labels, 12 images, 2 seeds:**" in text
    assert "**100 % of the labels, 1,200 images, 2 seeds:**" in text
    assert text.count("| | steps") == 2
    with pytest.raises(ValueError, match=f"needs a row named '{RANDOM}'"):
        as_markdown([row for row in rows if row.name != RANDOM])
    assert SUPERVISED not in as_markdown([row for row in rows if row.name != SUPERVISED])
