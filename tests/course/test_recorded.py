"""A recorded run against its cost: what is in the picture and in its alternative text."""

import pytest

from course.show import recorded


def test_each_seed_and_each_guess_is_drawn(monkeypatch):
    monkeypatch.setenv("MPLBACKEND", "Agg")
    shown = []
    monkeypatch.setattr(recorded, "figure", lambda fig, alt: shown.append((fig.axes[0], alt)))
    recorded.against_cost({"vit": (7.0, [90.0, 92.0]), "cnn": (4.0, [99.0, 98.0])}, {"vit": 97, "cnn": None})
    [(axes, alt)] = shown
    seeds, guesses = axes.lines
    assert sorted(seeds.get_ydata()) == [90, 92, 98, 99]
    assert list(guesses.get_xdata()) == [7.0] and list(guesses.get_ydata()) == [97]
    assert "vit 91.0 % (90.0 to 92.0) at 7.0 MFLOPs, 97 guessed" in alt and "no guess" in alt
    with pytest.raises(ValueError, match="nothing was recorded under the name of the guess 'cvt'"):
        recorded.against_cost({"vit": (7.0, [90.0])}, {"cvt": 1})
