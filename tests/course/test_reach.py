"""How far layers reach: receptive fields against paths that are walked, distances drawn, refusals."""

import numpy as np
import pytest
import torch
from matplotlib import pyplot

from course.show import reach

N = 9
PLACE = np.arange(N)
CONVOLUTION = abs(PLACE[:, None] - PLACE) <= 1
RECURRENCE = PLACE[:, None] >= PLACE


@pytest.fixture
def shown(monkeypatch):
    monkeypatch.setenv("MPLBACKEND", "Agg")
    figures = []
    monkeypatch.setattr(reach, "figure", lambda fig, alt: figures.append((fig, alt)))
    return figures


def test_what_layers_reach_equals_the_paths_that_are_walked():
    table = np.random.default_rng(0).uniform(size=(N, N)) < 0.2
    found = reach.through_layers(torch.from_numpy(table), 4)
    for output in range(N):
        heard = {output}
        for layer in range(4):
            heard = {j for i in heard for j in range(N) if table[i, j]}
            assert set(np.flatnonzero(found[layer, output])) == heard


def test_convolutions_grow_by_one_on_each_side_and_recurrence_by_nothing():
    found = reach.through_layers(CONVOLUTION, 3)
    for layer in range(3):
        assert (found[layer] == (abs(PLACE[:, None] - PLACE) <= layer + 1)).all()
    assert (reach.through_layers(RECURRENCE, 3) == RECURRENCE).all()


def test_receptive_fields_stand_side_by_side_with_their_share(shown):
    reach.receptive_fields(
        {name: reach.through_layers(table, 2) for name, table in [("conv", CONVOLUTION), ("RNN", RECURRENCE)]}
    )
    [(fig, alt)] = shown
    assert [ax.get_title(loc="center") for ax in fig.axes] == ["1 layer", "2 layers", "", ""]
    np.testing.assert_array_equal(fig.axes[0].images[0].get_array(), CONVOLUTION)
    np.testing.assert_array_equal(fig.axes[3].images[0].get_array(), RECURRENCE)
    assert "Share reached: conv: 31 %, 48 %; RNN: 56 %, 56 %." in alt  # 25, 39 and 45 of 81 pairs


def test_over_an_image_one_output_is_shown_as_a_map(shown):
    table = np.zeros((2, 6, 6), bool)
    table[0, 4, [1, 5]] = True
    table[1, 4] = True
    reach.receptive_fields_of({"conv": table}, query=4, grid=(2, 3))
    [(fig, alt)] = shown
    assert fig.axes[0].images[0].get_array().tolist() == [[0, 1, 0], [0, 0, 1]]
    assert [line[0] for line in fig.axes[0].lines[0].get_data()] == [1, 1]  # column 1, row 1
    assert "the patch in row 1, column 1" in alt and "conv: 33 %, 100 %" in alt


def test_every_head_is_a_dot_and_models_differ_in_more_than_colour(shown):
    one, other = np.array([[1.0, 3.0], [4.0, 8.0]]), torch.tensor([[2.0], [5.0]])
    reach.distances({"one": one, "other": other}, unit="patches")
    [(fig, alt)] = shown
    mean, heads, other_mean, other_heads = fig.axes[0].lines
    assert mean.get_ydata().tolist() == [2, 6] and sorted(heads.get_ydata()) == [1, 3, 4, 8]
    assert heads.get_marker() != other_heads.get_marker()
    assert str(mean._dash_pattern) != str(other_mean._dash_pattern)
    assert "one: in layer 0 heads from 1 to 3, mean 2; in layer 1 heads from 4 to 8, mean 6" in alt
    assert "in patches" in alt


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (
            lambda: reach.through_layers(np.ones((2, 3), bool), 2),
            r"boolean, of shape \(N, N\); got bool \(2, 3\)",
        ),
        (lambda: reach.through_layers(np.eye(3), 2), r"got float64 \(3, 3\)"),
        (lambda: reach.through_layers(CONVOLUTION, 0), "layers must be a whole number of at least 1; got 0"),
        (lambda: reach.receptive_fields({"a": CONVOLUTION}), r"a must be boolean, of shape \(layers, N, N\)"),
        (lambda: reach.receptive_fields({}), "equally many layers; got no network"),
        (
            lambda: reach.receptive_fields({"a": CONVOLUTION[None], "b": np.stack([CONVOLUTION] * 2)}),
            "equally many layers; got a 1, b 2",
        ),
        (
            lambda: reach.receptive_fields_of({"a": CONVOLUTION[None]}, 0, (2, 4)),
            r"9 tokens, but grid \(2, 4\)",
        ),
        (lambda: reach.receptive_fields_of({"a": CONVOLUTION[None]}, 9, (3, 3)), "query must be from 0 to 8"),
        (lambda: reach.distances({"a": np.ones(3)}), r"a must have shape \(layers, heads\); got \(3,\)"),
        (lambda: reach.distances({"a": -np.ones((1, 1))}), "a must not be negative, as no distance is"),
        (lambda: reach.distances({}), "1 to 4 models can be told apart; got 0"),
    ],
)
def test_wrong_use_is_named(call, sentence, shown):
    with pytest.raises(ValueError, match=sentence):
        call()
    assert not shown and pyplot.get_fignums() == []
