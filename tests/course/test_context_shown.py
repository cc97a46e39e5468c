"""The still figures of lesson 01: what they show is in the picture and in its alternative text."""

import pytest
import torch

from course.show import context


@pytest.fixture
def shown(monkeypatch):
    monkeypatch.setenv("MPLBACKEND", "Agg")
    figures = []
    monkeypatch.setattr(context, "figure", lambda fig, alt: figures.append((fig.axes, alt)))
    return figures


def test_pictures_in_rows(shown):
    context.pictures({"as they are": torch.rand(3, 8, 8), "shuffled": torch.rand(3, 8, 8)})
    [(axes, alt)] = shown
    assert len(axes) == 6 and alt == "Rows of 3 pictures: as they are; shuffled."


def test_a_guess_lies_beside_its_curve(shown):
    context.curves(
        [1, 2], {"a": [0.5, 0.25], "b": [1, 1]}, {"b": {2: 0.75}}, xlabel="x", ylabel="y", at=1.5, floor=0.1
    )
    [(axes, alt)] = shown
    lines = {line.get_label(): line for line in axes[0].lines}
    assert list(lines["your guess: b"].get_ydata()) == [0.75]
    assert lines["your guess: b"].get_color() == lines["b"].get_color()
    assert {"your guess: 1.5", "the least: 0.10"} <= lines.keys()
    assert "y over x: a 0.5 at 1, 0.25 at 2; b 1 at 1, 1 at 2." in alt


def test_every_letter_stands_at_its_numbers(shown):
    table = torch.arange(52.0).reshape(26, 2)
    context.letters(table)
    [(axes, alt)] = shown
    assert [(text.get_text(), text.get_position()) for text in axes[0].texts][2] == ("c", (4.0, 5.0))
    assert "e (8.0, 9.0)" in alt


def test_a_table_has_the_guess_in_each_cell_that_was_guessed(shown):
    context.against_guesses({"A": {"x": 93.2, "y": 10}, "B": {"x": 50, "y": 60}}, {"A": {"x": 90, "y": 50}})
    [(axes, alt)] = shown
    assert [text.get_text() for text in axes[0].texts] == ["93\nyou said 90", "10\nyou said 50", "50", "60"]
    assert "A, x: 93 (you said 90)" in alt and "B, y: 60." in alt


def test_ages_show_the_spread_of_runs(shown):
    context.ages({"old": [(1.0, 95), (3.0, 97)], "new": [(0.0, 96)]}, {"old": 80, "new": 90})
    [(axes, alt)] = shown
    assert "old: 96.0 of 100, 2.0 s, from 95.0 to 97.0 (your guess: 80)" in alt
    assert "new: 96.0 of 100, 0.0 s (your guess: 90)" in alt
    low, high = axes[0].get_xlim()
    assert low < 80 and high > 97
