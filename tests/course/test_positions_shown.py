"""Positional encodings as images: similarities against loops, small maps where they belong, refusals."""

import math

import numpy as np
import pytest
import torch
from matplotlib import pyplot

from course.position import sinusoidal
from course.show import positions


@pytest.fixture
def shown(monkeypatch):
    monkeypatch.setenv("MPLBACKEND", "Agg")
    figures = []
    monkeypatch.setattr(positions, "figure", lambda fig, alt: figures.append((fig.axes, alt)))
    return figures


def test_similarity_equals_the_loops():
    table = torch.randn(5, 3, generator=torch.Generator().manual_seed(0))
    found = positions.similarity(table)
    for i, a in enumerate(table.tolist()):
        for j, b in enumerate(table.tolist()):
            expected = sum(x * y for x, y in zip(a, b)) / math.hypot(*a) / math.hypot(*b)
            assert found[i, j] == pytest.approx(expected, abs=2e-6)


def test_the_encoding_is_drawn_as_it_is_beside_its_similarity(shown):
    table = sinusoidal(12, 8)
    positions.encoding(table)
    [((left, right, *_), alt)] = shown
    np.testing.assert_allclose(left.images[0].get_array(), table.numpy())
    low, high = left.images[0].get_clim()
    assert low == -high
    np.testing.assert_allclose(right.images[0].get_array(), positions.similarity(table))
    near = np.mean([positions.similarity(table)[i, i + 4] for i in range(8)])
    assert "12 positions, one a row, of 8 channels" in alt and f"{near:.2f} 4 apart" in alt


def test_only_similarities_below_zero_ask_for_a_scale_around_it(shown):
    positions.encoding(np.eye(4))
    positions.encoding(np.array([[1.0, 0.0], [-1.0, 0.2]]))
    assert [axes[1].images[0].get_clim() for axes, _ in shown] == [(0, 1), (-1, 1)]


@pytest.mark.parametrize(("grid", "extra"), [((14, 14), 1), ((2, 4), 0), ((3, 2), 5)])
def test_each_patch_has_its_map_where_it_lies(grid, extra, shown):
    H, W = grid
    generator = torch.Generator().manual_seed(1)
    table = torch.randn(extra + H * W, 8, generator=generator)
    positions.grid_similarity(table, grid, extra)
    [((ax, _), alt)] = shown
    image = np.ma.filled(ax.images[0].get_array(), np.nan)
    fine = (image.shape[1] + 1) // W // W  # dots an entry
    expected = positions.similarity(table[extra:]).reshape(H, W, H, W)
    for row in range(H):
        for column in range(W):
            tile = image[row * (fine * H + 1) :, column * (fine * W + 1) :][: fine * H, : fine * W]
            np.testing.assert_array_equal(tile[::fine, ::fine], expected[row, column])
            assert expected[row, column, row, column] == pytest.approx(1)
    assert np.isnan(image[fine * H]).all()
    assert f"{H} × {W} maps, one a patch" in alt


def test_positions_of_a_row_are_told_apart_from_those_of_a_column(shown):
    columns_only = np.repeat([[1.0, 0, 0], [0, 1, 0], [1, 1, 0]], 2, axis=0).reshape(3, 2, 3).swapaxes(0, 1)
    positions.grid_similarity(columns_only.reshape(6, 3), (2, 3))  # 2 rows of 3 columns
    [(_, alt)] = shown
    other = (0 + 2 * 0.5**0.5) / 3  # between two different columns, on average
    assert alt.endswith(
        f"On average {other:.2f} with others in its row, 1.00 with others in its column, "
        f"{other:.2f} with all the rest."
    )


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: positions.encoding(torch.ones(1, 4, 8)), r"got \(1, 4, 8\): drop the batch"),
        (lambda: positions.encoding(torch.tensor([[1.0], [0.0]])), "position 1 is all zeros"),
        (lambda: positions.encoding(torch.tensor([[torch.nan]])), "positions must be finite"),
        (lambda: positions.grid_similarity(torch.ones(10, 2), (3, 3)), r"10 tokens, but grid \(3, 3\)"),
        (lambda: positions.grid_similarity(torch.ones(4, 2), (2, 2), 1), r"1 \+ 2 × 2 = 5"),
    ],
)
def test_wrong_use_is_named(call, sentence, shown):
    with pytest.raises(ValueError, match=sentence):
        call()
    assert not shown and pyplot.get_fignums() == []
