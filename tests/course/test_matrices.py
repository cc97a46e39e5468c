"""Matrices with numbers: what is written in the cells, on which scale, and what is refused."""

import math

import numpy as np
import pytest
import torch
from matplotlib import pyplot
from matplotlib.colors import to_rgb

from course.show import matrices, palette


@pytest.fixture
def shown(monkeypatch):
    monkeypatch.setenv("MPLBACKEND", "Agg")
    figures = []
    monkeypatch.setattr(matrices, "figure", lambda fig, alt: figures.append((fig.axes, alt)))
    return figures


def words(axes):
    return [text.get_text() for text in axes.texts]


def test_every_cell_holds_its_number_and_the_text_reads_them_out(shown):
    matrices.matrices({"A": torch.tensor([[0.25, 0.75], [1.0, 0.0]])}, ["x", "y"], ["p", "q"])
    [((table, _), alt)] = shown
    assert words(table) == ["0.25", "0.75", "1.00", "0.00"]
    assert "2 × 2 cells, query by key, colours from 0 to 1" in alt
    assert "A, row by row: x: 0.25 0.75, y: 1.00 0.00." in alt


def test_side_by_side_a_colour_means_the_same_number(shown):
    matrices.matrices({"raw": 8 * np.eye(2), "scaled": np.eye(2)})
    [((raw, scaled, _), alt)] = shown
    assert raw.images[0].get_clim() == scaled.images[0].get_clim() == (0, 8)
    assert raw.images[0].get_cmap().name == palette.sequential and "colours from 0 to 8" in alt


def test_with_a_negative_entry_zero_is_the_middle(shown):
    matrices.matrices({"one": np.array([[3.0, -0.5]]), "other": np.array([[1.0, 2.0]])})
    [((one, other, _), _)] = shown
    assert one.images[0].get_clim() == other.images[0].get_clim() == (-3, 3)
    assert one.images[0].get_cmap().name == "RdBu_r"
    assert words(one) == ["3.00", "−0.50"]


def test_what_is_not_allowed_is_hatched_and_not_looked_at(shown):
    allowed = np.tril(np.ones((3, 3), bool))
    scores = np.where(allowed, 0.5, -np.inf)
    matrices.matrices({"": torch.from_numpy(scores)}, allowed=allowed, digits=1)
    [((table, _), alt)] = shown
    assert words(table) == ["0.5"] * 6
    assert np.isnan(np.ma.filled(table.images[0].get_array(), np.nan)).sum() == 3
    assert len(table.collections[0].get_paths()) == 3 and table.collections[0].get_hatch() == "///"
    assert "0: 0.5 – –" in alt and alt.endswith("3 cells are hatched and not allowed.")


def test_a_large_matrix_has_colours_alone_and_is_told_by_its_extremes(shown):
    values = np.linspace(0, 0.5, 1600).reshape(40, 40)
    values[7, 31] = 0.9
    matrices.matrices({"a": values, "b": values}, digits=1)
    [((table, *_), alt)] = shown
    assert words(table) == []
    assert "a, entries from 0.0, the largest, 0.9, in row 7, column 31" in alt
    assert table.figure.get_figwidth() == pytest.approx(matrices.WIDEST)


def test_of_few_different_numbers_is_told_where_they_are(shown):
    dense, sealed, lone = np.ones((3, 16, 16))
    dense[6:10, 6:10] = sealed[4:12, 4:12] = lone[3, 2] = 0
    matrices.matrices({"dense": dense, "sealed": sealed, "lone": lone, "all": np.ones((16, 16))}, digits=0)
    [(_, alt)] = shown
    assert "dense, 0 in 16 cells, rows 6 to 9 and columns 6 to 9, 1 elsewhere; " in alt
    assert "sealed, 0 in 64 cells, rows 4 to 11 and columns 4 to 11, 1 elsewhere; " in alt
    assert "lone, 0 in 1 cell, row 3 and column 2, 1 elsewhere; all, 1 everywhere." in alt


def test_a_table_of_single_figures_is_read_out_as_far_as_nine_by_nine(shown):
    table = np.arange(81).reshape(9, 9) % 9
    matrices.matrices({"": table}, digits=0, axes=("", ""))
    [(_, alt)] = shown
    assert alt.startswith("9 × 9 cells, colours from 0 to 8: row by row: 0: 0 1 2 3 4 5 6 7 8, 1: 0 1")


def test_a_small_matrix_takes_little_room(shown):
    matrices.matrices({"": np.eye(2)})
    [((table, _), _)] = shown
    assert table.figure.get_figwidth() < 3


def test_numbers_fit_into_their_cells(shown):
    matrices.matrices({"a": np.full((3, 4), -123.456), "b": np.ones((3, 4))})
    [(axes, _)] = shown
    figure = axes[0].figure
    figure.canvas.draw()
    for text in axes[0].texts:
        box, cell = text.get_window_extent(), axes[0].get_window_extent()
        assert box.width < cell.width / 4 and text.get_fontsize() >= 11


@pytest.mark.parametrize("cmap", ["viridis", "RdBu_r", "gray"])
def test_numbers_stand_out_from_every_colour(cmap, monkeypatch):
    monkeypatch.setenv("MPLBACKEND", "Agg")
    _, ax = pyplot.subplots()
    values = np.linspace(0, 1, 64).reshape(8, 8)
    image = ax.imshow(values, cmap=cmap)
    matrices.numbered(ax, image, values, digits=2)

    def luminance(rgb):
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    for text, value in zip(ax.texts, values.flat):
        one, other = luminance(to_rgb(text.get_color())), luminance(image.to_rgba(value)[:3])
        assert (max(one, other) + 0.05) / (min(one, other) + 0.05) >= 4.5


def test_a_small_negative_number_is_written_without_its_sign():
    assert matrices._number(-0.004, 2) == "0.00" and matrices._number(-0.006, 2) == "−0.01"


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (dict(tables={"A": np.ones(3)}), r"A must have shape \(rows, columns\); got \(3,\)"),
        (dict(tables={"": np.ones((1, 2, 2))}), r"the table must have shape \(rows, columns\); got"),
        (dict(tables={"A": [[1, math.nan]]}), "A must be finite, but 1 entries are NaN"),
        (dict(tables={"A": np.eye(2), "B": np.eye(3)}), r"must have one shape; got A \(2, 2\), B \(3, 3\)"),
        (dict(tables={}), "must have one shape; got none"),
        (dict(tables={"A": np.eye(2)}, rows=["x"]), "there are 2 rows but 1 names for them"),
        (dict(tables={"A": np.eye(2)}, columns=list("abc")), "there are 2 columns but 3 names for them"),
        (dict(tables={"A": np.eye(2)}, allowed=np.ones(2)), r"allowed must have the shape of A, \(2, 2\)"),
    ],
)
def test_wrong_use_is_named(call, sentence, shown):
    with pytest.raises(ValueError, match=sentence):
        matrices.matrices(**call)
    assert not shown and pyplot.get_fignums() == []
