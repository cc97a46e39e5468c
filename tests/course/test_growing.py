"""The figures of lesson 06, before a browser sees them: what they hold, and what they refuse."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch

from course.position import sinusoidal_2d
from course.show.by_count import by_count
from course.show.growing import growing_grid
from course.show.squares import shuffled_squares
from tests.course.crossed import data_of

GRID = torch.cat([torch.ones(1, 16), sinusoidal_2d(4, 4, 16)])  # (17, 16), CLS first
NOISE = torch.randn(17, 16, generator=torch.Generator().manual_seed(0))
IMAGES = np.linspace(0, 1, 3 * 36).reshape(3, 6, 6)
ANSWERS = {"one": np.full((3, 2), 0.5), "other": np.array([[0.9, 0.1]] * 3)}


def test_it_starts_before_the_training():
    data = data_of(growing_grid(torch.stack([NOISE, GRID]), [0, 1], patch=(1, 2)))
    assert (data["side"], data["row"], data["column"], data["shares"]) == (4, 1, 2, [0.0, 1.0])
    assert data["alike"]["shape"] == [2, 16, 16]  # CLS is left out


@pytest.mark.parametrize(
    ("tables", "shares", "patch", "sentence"),
    [
        (GRID, [1], (0, 0), "tables must have shape"),
        (GRID[None, :-1], [1], (0, 0), "a square"),
        (GRID[None], [0, 1], (0, 0), "each moment needs its share"),
        (GRID[None], [1], (0, 4), r"patch must lie on the grid of 4 × 4; got \(0, 4\)"),
    ],
)
def test_tables_that_do_not_fit(tables, shares, patch, sentence):
    with pytest.raises(ValueError, match=sentence):
        growing_grid(tables, shares, patch)


def test_the_answers_cross_by_name():
    data = data_of(shuffled_squares(IMAGES, ANSWERS, ["cat", "dog"], label=1))
    assert (data["names"], data["label"]) == (["one", "other"], 1)
    assert data["images"]["shape"] == [3, 6, 6, 3] and data["answers"]["shape"] == [2, 3, 2]


@pytest.mark.parametrize(
    ("answers", "label", "sentence"),
    [
        ({}, 0, "there is room for 1 to 3 networks; got 0"),
        ({"one": np.ones((2, 2))}, 0, r"one must have shape \(images, classes\), \(3, 2\)"),
        (ANSWERS, 2, "label must be from 0 to 1; got 2"),
    ],
)
def test_answers_that_do_not_fit(answers, label, sentence):
    with pytest.raises(ValueError, match=sentence):
        shuffled_squares(IMAGES, answers, ["cat", "dog"], label)


# --- Accuracy against the number of images -------------------------------------------------------------


@pytest.fixture
def drawn(monkeypatch):
    """What `figure` was given: the axes, and the words."""
    kept = {}

    def keep(fig, alt):
        kept.update(ax=fig.axes[0], alt=alt)
        plt.close(fig)

    monkeypatch.setattr("course.show.by_count.figure", keep)
    return kept


def test_each_point_is_a_mean_in_percent_and_guesses_lie_beside_it(drawn):
    by_count({"CNN": {50: [0.8, 0.9], 200: [1.0, 1.0]}}, {"CNN": {50: 30, 200: None}})
    line, guess = drawn["ax"].lines
    assert list(line.get_xdata()) == [50, 200] and list(line.get_ydata()) == pytest.approx([85, 100])
    assert list(guess.get_xdata()) == [50] and list(guess.get_ydata()) == [30]
    assert drawn["alt"].endswith("CNN 85 at 50, 100 at 200.")


def test_without_a_guess_it_says_where_to_put_one(drawn):
    by_count({"CNN": {50: [0.8, 0.9]}}, {"CNN": {50: None}})
    assert "no guess yet" in drawn["ax"].get_title(loc="left") + drawn["ax"].get_title()


def test_a_guess_at_nothing():
    with pytest.raises(ValueError, match="nothing was measured under the name of the guess 'RNN'"):
        by_count({"CNN": {50: [0.8]}}, {"RNN": {50: 3}})
