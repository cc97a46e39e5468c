"""Patch filters: the pixels that are drawn, principal components against a known answer, refusals."""

import numpy as np
import pytest
import torch

from course.show import filters


@pytest.fixture
def shown(monkeypatch):
    monkeypatch.setenv("MPLBACKEND", "Agg")
    figures = []
    monkeypatch.setattr(filters, "figure", lambda fig, alt: figures.append((fig, alt)))
    return figures


RNG = np.random.default_rng(0)


def test_all_filters_lie_on_one_scale_with_zero_in_its_middle(shown):
    weights = np.stack([np.full((3, 2, 2), value) for value in (0.0, 0.5, -2.0)])
    filters.filters(torch.from_numpy(weights).requires_grad_())
    [(fig, alt)] = shown
    grey, brighter, black = [ax.images[0].get_array() for ax in fig.axes]
    assert np.allclose(grey, 0.5) and np.allclose(brighter, 0.625) and np.allclose(black, 0)
    assert "between 0 (filter 0) and 2 (filter 2)" in alt and "colours from −2 to 2" in fig.get_supxlabel()


def test_a_single_channel_is_drawn_around_zero(shown):
    filters.filters(RNG.normal(size=(40, 1, 4, 4)), count=9)
    [(fig, alt)] = shown
    drawn = [ax.images[0] for ax in fig.axes if ax.images]
    assert len(drawn) == 9 and {image.get_clim() for image in drawn} == {(-1, 1)}
    assert alt.startswith("The first 9 of 40 filters, each of 1 × 4 × 4")


def test_principal_components_find_the_directions_that_were_put_in():
    first, second = np.array([0, 0.6, -0.8, 0]), np.array([1.0, 0, 0, 0])
    amounts = RNG.normal(size=(500, 2)) * [3, 1]
    amounts -= amounts.mean(axis=0)
    amounts[:, 1] -= amounts[:, 0] * (amounts[:, 0] @ amounts[:, 1]) / (amounts[:, 0] @ amounts[:, 0])
    directions, share = filters.principal(7 + amounts @ np.stack([first, second]))
    np.testing.assert_allclose(directions[0], -first, atol=1e-6)  # the largest entry is positive
    np.testing.assert_allclose(directions[1], second, atol=1e-6)
    variances = (amounts**2).sum(axis=0)
    np.testing.assert_allclose(share[:2], variances / variances.sum(), rtol=1e-6)
    assert share.sum() == pytest.approx(1)


def test_only_components_that_explain_something_are_shown(shown):
    filters.components(RNG.normal(size=(4, 1, 5, 5)))  # four filters differ in three directions
    [(fig, alt)] = shown
    titles = [ax.get_title() for ax in fig.axes if ax.images]
    assert len(titles) == 3 and sum(float(title.rstrip(" %")) for title in titles) == pytest.approx(
        100, abs=0.2
    )
    assert all(np.abs(ax.images[0].get_array()).max() == pytest.approx(1) for ax in fig.axes if ax.images)
    assert "The first 3 principal components of 4 filters" in alt and "all 3 explain 100.0 %" in alt


@pytest.mark.parametrize("draw", [filters.filters, filters.components])
@pytest.mark.parametrize(
    ("weights", "sentence"),
    [
        (np.ones((4, 2, 3, 3)), r"\(count, 1 or 3 channels, height, width\); got \(4, 2, 3, 3\)"),
        (np.ones((64, 192)), r"got \(64, 192\)"),
        (np.full((4, 1, 3, 3), np.inf), "filters must be finite, but 36 entries"),
    ],
)
def test_wrong_filters_are_named(draw, weights, sentence, shown):
    with pytest.raises(ValueError, match=sentence):
        draw(weights)
    assert not shown


def test_filters_that_are_all_alike_have_no_components():
    with pytest.raises(ValueError, match="need rows that differ; got 4 that are all alike"):
        filters.components(np.ones((4, 1, 3, 3)))
