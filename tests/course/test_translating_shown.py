"""Shares right by length: what is told of the lines, and of a guess."""

import pytest

from course.show.translating import by_length

RIGHT = {"GRU": {2: 1.0, 14: 0.25}, "with attention": {2: 1.0, 14: 0.75}}


@pytest.fixture
def shown(monkeypatch):
    monkeypatch.setenv("MPLBACKEND", "Agg")
    told = []
    monkeypatch.setattr("course.show.translating.figure", lambda fig, alt: told.append((fig, alt)))

    def show(guess):
        by_length(RIGHT, guess, "letters right")
        return told[-1]

    return show


def test_every_line_is_told_and_the_guess_beside_it(shown):
    fig, alt = shown({14: 0.5, 4: None})
    assert "GRU 1.00 at 2, 0.25 at 14" in alt and alt.endswith("Your guess: 0.5 at 14.")
    *_, guess = fig.axes[0].get_lines()
    assert guess.get_xydata().tolist() == [[14, 0.5]]


def test_without_a_guess_it_says_where_one_goes(shown):
    fig, alt = shown({14: None})
    assert alt.endswith("Your guess: none.") and "no guess yet" in fig.axes[0].get_title(loc="left")
    assert len(fig.axes[0].get_lines()) == 2


def test_no_two_lines_look_alike(monkeypatch):
    figures = []
    monkeypatch.setattr("course.show.translating.figure", lambda fig, alt: figures.append(fig))
    by_length({f"model {number}": {2: 1.0} for number in range(6)}, {}, "letters right")
    looks = {(line.get_color(), line.get_linestyle()) for line in figures[0].axes[0].get_lines()}
    assert len(looks) == 6


def test_no_model_is_refused():
    with pytest.raises(ValueError, match="there is no model"):
        by_length({}, {}, "letters right")
