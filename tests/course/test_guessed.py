"""Guesses beside what was measured, and a row of letters as an image."""

import numpy as np
import pytest

from course.show import guessed as module
from course.show.guessed import guessed
from course.show.letter_row import SIDE, letter_row


@pytest.fixture
def shown(monkeypatch):
    monkeypatch.setenv("MPLBACKEND", "Agg")
    figures = []
    monkeypatch.setattr(module, "figure", lambda fig, alt: figures.append((fig.axes[0], alt)))
    return figures


def test_every_seed_and_every_guess_is_drawn(shown):
    guessed({"with": [90.0, 95.0], "without": 25.0}, {"with": 50}, "right of 100", floor=25.4)
    ((ax, alt),) = shown
    points = {tuple(map(float, line.get_xdata())) for line in ax.lines if len(line.get_xdata())}
    assert {(90.0, 95.0), (25.0,), (50.0,)} <= points
    assert "with: 90 to 95, guessed 50; without: 25" in alt


def test_a_guess_at_nothing_is_refused():
    with pytest.raises(ValueError, match="'perhaps'"):
        guessed({"with": 1.0}, {"perhaps": 2}, "x")


def test_letters_are_squares_in_a_row():
    image = letter_row("ab•")
    assert image.shape == (SIDE, 3 * SIDE)
    assert 0 <= image.min() < 0.2 and image.max() == 1
    assert not np.array_equal(image[:, :SIDE], image[:, SIDE : 2 * SIDE])
    with pytest.raises(ValueError, match="no letter"):
        letter_row("")
