"""The still figures of the lesson on cost: what they show is in the picture and in its alternative text."""

import math

import pytest

from course.show import cost_stills

LENGTHS = [64, 128, 256, 512]
CURVES = {"MLP": [4, 8, 16, 32], "attention": [2, 6, 18, 60]}


@pytest.fixture
def shown(monkeypatch):
    monkeypatch.setenv("MPLBACKEND", "Agg")
    figures = []
    monkeypatch.setattr(cost_stills, "figure", lambda fig, alt: figures.append((fig.axes[0], alt)))
    return figures


def words(axes):
    return [text.get_text() for text in axes.texts]


def test_bars_end_at_their_size_and_say_it(shown):
    cost_stills.bars({"your guess": 0.5, "the table": 4096.0}, "GiB")
    [(axes, alt)] = shown
    assert [bar.get_x() + bar.get_width() for bar in axes.patches] == pytest.approx([0.5, 4096])
    assert words(axes) == ["0.5 GiB", "4,096 GiB"]
    assert "your guess 0.5 GiB, the table 4,096 GiB" in alt


@pytest.mark.parametrize("guess", [1e-4, 2.0, 1e7])
def test_a_guess_is_in_the_picture_however_wrong(shown, guess):
    cost_stills.against_guess({50: 2.05, 784: 2.77}, {50: 1.0, 784: guess}, ylabel="ratio")
    [(axes, alt)] = shown
    low, high = axes.get_ylim()
    assert low < guess < high
    assert guess in axes.lines[1].get_ydata()
    assert f"2.77 at L = 784 (your guess: {guess:,g})" in alt


def test_a_guess_that_no_logarithm_can_show_is_left_out(shown):
    cost_stills.against_guess({50: 2.05, 784: 2.77}, {50: 0, 784: 2.0}, ylabel="ratio")
    [(axes, _)] = shown
    assert list(axes.lines[0].get_xdata()) == [50, 784]
    assert list(axes.lines[1].get_xdata()) == [784]


@pytest.mark.parametrize("length", [80.0, 200.0, 500.0])
def test_the_readers_length_is_a_line_where_it_is_on_the_axis(shown, length):
    cost_stills.crossing(LENGTHS, CURVES, line=length, title="One block")
    [(axes, alt)] = shown
    assert list(axes.lines[2].get_xdata()) == [length, length]
    assert words(axes) == [f"yours: L = {length:,.0f}"]
    assert alt.startswith("One block. FLOPs over L: attention passes MLP between L = 128 and 256; yours")


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (math.nan, "answer the exercise above"),
        (-1536.0, "L = -1,536, is not on this axis"),
        (1e6, "L = 1,000,000, is not on this axis"),
    ],
)
def test_where_there_is_no_line_a_sentence_says_why(shown, length, said):
    cost_stills.crossing(LENGTHS, CURVES, line=length, title="One block")
    [(axes, alt)] = shown
    assert len(axes.lines) == 2
    assert said in words(axes)[0]
    assert said in alt


def test_curves_that_never_cross_are_described_so(shown):
    cost_stills.crossing(LENGTHS, {"MLP": [1, 2, 3, 4], "attention": [2, 3, 4, 5]}, line=100, title="")
    assert "attention above MLP throughout" in shown[0][1]


def test_shares_of_a_whole_and_a_guess_at_one_of_them(shown):
    cost_stills.shares({"MLPs": 60e9, "pairs": 20e9}, {"pairs": 30}, "FLOPs")
    [(axes, alt)] = shown
    assert [bar.get_width() for bar in axes.patches] == [75, 25]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["MLPs  75.0 %", "pairs  25.0 %"]
    assert [list(axes.lines[0].get_xdata()), list(axes.lines[0].get_ydata())] == [[30], [1]]
    assert "pairs 25.0 %. Your guess: pairs 30 %" in alt


def test_a_guess_that_was_not_made_is_not_drawn_and_stops_nothing(shown):
    cost_stills.bars({"your guess": None, "the table": 4096.0, "a laptop": 16.0}, "GiB")
    cost_stills.against_guess({50: 3.0, 784: 4.0}, {50: None, 784: None}, "times")
    cost_stills.crossing(LENGTHS, CURVES, None, "One block")
    cost_stills.shares({"pairs": 1, "MLPs": 3}, {"pairs": None}, "FLOPs")
    assert all("your guess: " not in alt and "None" not in alt for _, alt in shown)
    assert "no guess" in shown[1][1] and "no guess yet" in shown[2][1] and "none yet" in shown[3][1]
