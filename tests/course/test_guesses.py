"""Guesses beside measurements: drawn if there is one, never invented, and told in words."""

import math

import pytest

from course.show.guesses import beside_guesses, is_number


@pytest.fixture
def told(monkeypatch):
    """told(measured, guessed, unit): the alternative text of the figure."""
    monkeypatch.setenv("MPLBACKEND", "Agg")
    shown = []
    monkeypatch.setattr("IPython.display.display", shown.append)

    def call(*arguments, **options):
        beside_guesses(*arguments, **options)
        return shown[-1].alt

    return call


def test_both_are_told(told):
    said = told({"before": 0.0956, "after": 0.992}, {"before": None, "after": 0.5}, "weight")
    assert "weight. before: 0.0956 measured, no guess; after: 0.992 measured, 0.5 guessed." in said


def test_the_floor_is_told(told):
    said = told({"left on": 0.11}, {"left on": 0.3}, "cosine", floor=0.04)
    assert said.endswith("left on: 0.11 measured, 0.3 guessed; the floor is 0.04.")


@pytest.mark.parametrize("guess", [None, "half", math.nan, math.inf, True, [3]])
def test_what_is_no_number_is_no_guess(told, guess):
    assert not is_number(guess)
    assert told({"read": 94.3}, {"read": guess}, "of a hundred").endswith("94.3 measured, no guess.")


def test_a_guess_far_away_is_on_the_axis(told, monkeypatch):
    from matplotlib.axes import Axes

    limits, keep = [], Axes.set
    monkeypatch.setattr(
        Axes, "set", lambda ax, **options: limits.append(options.get("xlim")) or keep(ax, **options)
    )
    assert "1e-09" not in told({"a": 1e-9}, {"a": -400}, "")
    low, high = next(filter(None, limits))
    assert low < -400 and high > 0


def test_every_seed_is_drawn_and_not_every_name_needs_a_guess(told, monkeypatch):
    from matplotlib.axes import Axes

    drawn, keep = [], Axes.plot
    monkeypatch.setattr(
        Axes, "plot", lambda ax, *xy, **options: drawn.append(tuple(xy[0])) or keep(ax, *xy, **options)
    )
    said = told({"with": [90.0, 95.0], "without": 25.0}, {"with": 50}, "right of 100")
    assert (90.0, 95.0, 25.0) in drawn and (50.0,) in drawn
    assert "with: 90 to 95 measured, 50 guessed; without: 25 measured, no guess" in said


def test_a_guess_at_nothing_is_refused(told):
    with pytest.raises(ValueError, match="nothing was measured under the name of the guess 'perhaps'"):
        told({"a": 1}, {"perhaps": 2}, "")


def test_what_powers_of_ten_cannot_show_is_not_drawn():
    shown = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MPLBACKEND", "Agg")
        patch.setattr("IPython.display.display", shown.append)
        beside_guesses({"orders": 2e13}, {"orders": 0}, "orders", log=True)
    assert "no guess" in shown[0].alt
