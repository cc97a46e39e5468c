"""The still figures of lesson 02: each is shown once, closed, and told in words from its own numbers."""

import pytest
import torch

from course.show import attending


@pytest.fixture
def told(monkeypatch):
    """told(draw, *arguments): the alternative text of the one figure that is shown."""
    monkeypatch.setenv("MPLBACKEND", "Agg")
    shown = []
    monkeypatch.setattr("IPython.display.display", shown.append)

    def call(draw, *arguments):
        from matplotlib import pyplot

        draw(*arguments)
        assert pyplot.get_fignums() == []
        (block,) = shown
        assert "<img" in block.html
        return block.alt

    return call


def test_the_similarities_are_read_out_row_by_row(told):
    patches = torch.tensor([[4.0, 1.0], [3.0, 0.0], [0.0, 4.0]])
    assert told(attending.patches_and_table, patches, patches @ patches.T).endswith(
        "17 12 4; 12 9 0; 4 0 16."
    )


def test_arrows_are_as_long_as_they_are(told, monkeypatch):
    from matplotlib.axes import Axes

    aspects, keep = [], Axes.set_aspect
    monkeypatch.setattr(
        Axes, "set_aspect", lambda ax, aspect, **more: aspects.append(aspect) or keep(ax, aspect, **more)
    )
    told(attending.patches_and_table, torch.eye(3)[:, :2], torch.eye(3))
    assert aspects[0] == "equal"


def test_the_staircase_names_the_range_of_the_soft_line(told):
    angles = torch.linspace(-90, 90, 5)
    hard = torch.tensor([[1.0], [0.0], [0.0], [2.0], [2.0]])
    assert "between 0.4 and 1.6" in told(attending.staircase, angles, hard, 0.4 + 0.6 * hard)


def test_weights_of_zero_are_counted_and_left_blank(told, monkeypatch):
    from matplotlib.axes import Axes

    drawn, imshow = [], Axes.imshow

    def spy(ax, table, **options):
        drawn.append(table)
        return imshow(ax, table, **options)

    monkeypatch.setattr(Axes, "imshow", spy)
    causal = torch.ones(3, 3).tril() / torch.arange(1, 4)[:, None]
    alt = told(attending.weight_tables, {"no mask": torch.full((3, 3), 1 / 3), "causal": causal})
    assert "no mask: 0 of 9" in alt and "causal: 3 of 9" in alt
    blank = [torch.as_tensor(table).isnan() for table in drawn]
    assert not blank[0].any() and blank[1].equal(torch.ones(3, 3).triu(1).bool())


def test_each_query_is_told_with_what_it_looked_at(told):
    image = torch.zeros(8, 8)
    alt = told(attending.looked_at, [(image, "3, read as 8"), (image, "6")], [[(image, "α 0.03: 3")]] * 2)
    assert "3, read as 8: α 0.03: 3; 6: α 0.03: 3" in alt


def test_curves_against_beta_are_told_by_their_ends(told):
    alt = told(attending.against_beta, [1, 3000], {"with": [0.373, 0.989], "without": [0.508, 1.0]}, 100)
    assert "from 1 to 3,000" in alt and "with: from 0.373 to 0.989; without: from 0.508 to 1.000" in alt


@pytest.mark.parametrize("guess", [None, "all", 0])
def test_no_guess_is_not_drawn(told, monkeypatch, guess):
    from matplotlib.axes import Axes

    titles, keep = [], Axes.set_title
    monkeypatch.setattr(
        Axes, "set_title", lambda ax, text, **more: titles.append(text) or keep(ax, text, **more)
    )
    told(attending.against_beta, [1, 10], {"with": [0.4, 0.9]}, guess)
    assert titles == ["no guess yet"]


def test_a_question_is_told_with_the_weight_of_its_box(told):
    weights = {"before": torch.tensor([0.4, 0.6]), "after": torch.tensor([0.9, 0.1])}
    alt = told(attending.recalled, ["C", "A"], ["7", "?"], weights, 0)
    assert "asks for box C. before: 0.40 to the box asked for, 0.60 at most; after: 0.90" in alt
