"""Deletion and insertion against a model whose curves are known, and against loops."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from course.show import faithfulness
from course.show.faithfulness import RANDOM, curves

GENERATOR = torch.Generator().manual_seed(0)
ROWS, COLUMNS, PATCH = 2, 3, 4
IMAGE = torch.rand(3, ROWS * PATCH, COLUMNS * PATCH, generator=GENERATOR)
VALUE = torch.tensor([[0.30, 0.05, 0.20], [0.10, 0.25, 0.10]])  # what each patch gives; in all 1


def means(images):
    return images.unfold(2, PATCH, PATCH).unfold(3, PATCH, PATCH).mean(dim=(1, 4, 5))  # (B, rows, columns)


def linear(images):
    """Each patch gives VALUE times the share of its content that is there: with zeros, all or nothing."""
    return (VALUE * means(images) / means(IMAGE[None])).sum(dim=(1, 2))


def test_the_curves_of_a_linear_model_are_those_of_the_sums():
    found = curves(linear, IMAGE, {"perfect": VALUE}, baseline="zeros")["perfect"]
    taken = np.concatenate([[0], np.cumsum([0.30, 0.25, 0.20, 0.10, 0.10, 0.05])])
    np.testing.assert_allclose(found.share, np.arange(7) / 6)
    np.testing.assert_allclose(found.insertion, [taken], atol=1e-6)
    np.testing.assert_allclose(found.deletion, [1 - taken], atol=1e-6)
    area = sum((taken[i] + taken[i + 1]) / 2 / 6 for i in range(6))
    assert found.insertion_area == pytest.approx([area]) and found.deletion_area == pytest.approx([1 - area])


def test_the_perfect_map_is_best_its_opposite_worst_and_chance_between():
    found = curves(linear, IMAGE, {"perfect": VALUE, "opposite": -VALUE}, baseline="zeros", orders=40)
    best, worst, chance = found["perfect"], found["opposite"], found[RANDOM]
    assert chance.deletion.shape == (40, 7)
    assert (best.deletion_area <= chance.deletion_area + 1e-6).all()
    assert (chance.deletion_area <= worst.deletion_area + 1e-6).all()
    assert (worst.insertion_area <= chance.insertion_area + 1e-6).all()
    assert (chance.insertion_area <= best.insertion_area + 1e-6).all()
    assert worst.deletion_area == pytest.approx(
        best.insertion_area
    )  # what one takes first the other takes last
    spread = chance.deletion_area.std() / math.sqrt(40)
    assert abs(chance.deletion_area.mean() - 0.5) < 4 * spread and spread > 0  # half of all, on average


@settings(max_examples=25, deadline=None)
@given(
    st.integers(1, 3),
    st.integers(1, 4),
    st.integers(1, 3),
    st.sampled_from(["zeros", "mean", "blur"]),
    st.data(),
)
def test_any_model_is_asked_about_the_images_that_loops_make(rows, columns, patch, baseline, data):
    N = rows * columns
    steps = data.draw(st.integers(1, N))
    generator = torch.Generator().manual_seed(data.draw(st.integers(0, 99)))
    image = torch.randn(2, rows * patch, columns * patch, generator=generator)
    ranks = torch.randint(0, 3, (rows, columns), generator=generator)  # with ties
    direction = torch.randn(image.shape, generator=generator)

    def predict(images):
        return ((images * direction).sum(dim=(1, 2, 3)) / 3).sigmoid()

    found = curves(predict, image, {"a": ranks}, steps, baseline, orders=1)["a"]
    empty = faithfulness.BASELINES[baseline](image)
    order = sorted(range(N), key=lambda n: (-ranks.flatten()[n].item(), n))  # ties row by row
    for step in range(steps + 1):
        gone, come = image.clone(), empty.clone()
        for n in order[: step * N // steps]:
            y, x = n // columns * patch, n % columns * patch
            gone[:, y : y + patch, x : x + patch] = empty[:, y : y + patch, x : x + patch]
            come[:, y : y + patch, x : x + patch] = image[:, y : y + patch, x : x + patch]
        assert found.deletion[0, step] == pytest.approx(predict(gone[None]).item(), abs=1e-5)
        assert found.insertion[0, step] == pytest.approx(predict(come[None]).item(), abs=1e-5)


def test_both_curves_run_between_the_image_and_the_baseline():
    for baseline in ("blur", "mean", "zeros"):
        for found in curves(linear, IMAGE, {"a": VALUE}, 2, baseline).values():
            np.testing.assert_allclose(found.deletion[:, 0], 1, atol=1e-6)
            np.testing.assert_allclose(found.deletion[:, -1], found.insertion[:, 0], atol=1e-6)
            np.testing.assert_allclose(found.insertion[:, -1], 1, atol=1e-6)


def test_baselines():
    mean = faithfulness.BASELINES["mean"](IMAGE)
    np.testing.assert_allclose(mean[1], torch.full_like(mean[1], IMAGE[1].mean().item()), rtol=1e-5)
    assert not faithfulness.BASELINES["zeros"](IMAGE).any()
    blur = faithfulness.BASELINES["blur"]
    np.testing.assert_allclose(
        blur(torch.full((2, 5, 7), 0.3)), torch.full((2, 5, 7), 0.3), rtol=1e-5
    )  # the border too
    dot = torch.zeros(1, 31, 31)
    dot[0, 15, 15] = 1
    spot = blur(dot)[0]
    assert spot.sum().item() == pytest.approx(1) and (spot > 0).sum() == 11 * 11
    assert (spot[15, 15] / spot[15, 18]).item() == pytest.approx(math.exp(9 / 50), rel=1e-4)


def test_ties_go_row_by_row():
    assert faithfulness.order(np.ones((3, 3), np.float32)).tolist() == list(range(9))
    assert faithfulness.order(np.float32([[0, 1], [1, 0]])).tolist() == [1, 2, 0, 3]
    many = np.random.default_rng(0).integers(0, 3, size=(64, 64)).astype(np.float32)
    expected = sorted(range(64 * 64), key=lambda n: (-many.flat[n], n))
    assert faithfulness.order(many).tolist() == expected


def test_an_image_of_bytes_is_refused():
    with pytest.raises(TypeError, match="image must be a tensor of floating-point numbers; got uint8"):
        curves(linear, (255 * IMAGE).byte(), {"a": VALUE})


def test_random_orders_come_from_the_seed():
    one, same, other = (
        curves(linear, IMAGE, {"a": VALUE}, baseline="zeros", orders=3, seed=seed)[RANDOM].deletion
        for seed in (1, 1, 2)
    )
    assert np.array_equal(one, same) and not np.array_equal(one, other)
    assert len(np.unique(one, axis=0)) > 1


def test_nothing_is_tracked_and_batches_stay_small():
    sizes = []

    def predict(images):
        sizes.append(len(images))
        assert not torch.is_grad_enabled()
        return (images * torch.ones(1, requires_grad=True)).mean(dim=(1, 2, 3))

    curves(predict, torch.rand(1, 16, 16).numpy(), {"a": torch.rand(16, 16)})
    assert max(sizes) <= faithfulness.BATCH


def test_the_figure_gives_the_areas(monkeypatch):
    monkeypatch.setenv("MPLBACKEND", "Agg")
    figures = []
    monkeypatch.setattr(faithfulness, "figure", lambda fig, alt: figures.append((fig, alt)))
    measured = curves(linear, IMAGE, {"perfect": VALUE, "opposite": -VALUE}, baseline="zeros")
    faithfulness.deletion_and_insertion(measured)
    [(fig, alt)] = figures
    deletion, insertion = fig.axes
    assert deletion.get_title(loc="left") == "deletion: lower is better"
    areas = [f"{measured[name].deletion_area[0]:.3f}" for name in ("perfect", "opposite")]
    chance = measured[RANDOM].insertion_area
    told = f"{chance.mean():.3f} ({chance.min():.3f} to {chance.max():.3f})"
    assert [text.get_text() for text in deletion.get_legend().get_texts()][:2] == [
        f"perfect: {areas[0]}",
        f"opposite: {areas[1]}",
    ]
    assert insertion.get_legend().get_texts()[2].get_text() == f"5 × random: {told}"
    assert f"deletion, perfect {areas[0]}" in alt and f"insertion, random {told}" in alt
    np.testing.assert_allclose(deletion.lines[0].get_ydata(), measured["perfect"].deletion[0])
    assert len({str(line._dash_pattern) for line in deletion.lines}) == 3
    fig.canvas.draw()
    for ax in fig.axes:
        legend = ax.get_legend().get_window_extent()
        assert legend.y1 < ax.xaxis.get_tightbbox().y0 and legend.x1 <= fig.bbox.x1


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (dict(image=IMAGE[None]), r"image must have shape \(channels, height, width\); got \(1, 3, 8, 12\)"),
        (dict(image=IMAGE * torch.nan), "image must be finite, but 288 entries are NaN"),
        (dict(maps={"a": VALUE[0]}), r"maps must have shape \(rows, columns\); got \(3,\)"),
        (
            dict(maps={"a": torch.ones(3, 3)}),
            "a map of 3 × 3 patches does not divide an image of 8 × 12 pixels",
        ),
        (dict(maps={"a": VALUE, "b": VALUE.T}), r"must have one shape; got a \(2, 3\), b \(3, 2\)"),
        (dict(maps={"a": VALUE * torch.inf}), "a must be finite"),
        (dict(maps={}), "1 to 3 maps can be compared with random orders; got none"),
        (dict(maps={RANDOM: VALUE}), "compared with random orders; got random"),
        (
            dict(maps=dict.fromkeys("abcd", VALUE)),
            "1 to 3 maps can be compared with random orders; got a, b, c, d",
        ),
        (dict(steps=7), "steps must be from 1 to the number of patches, 6; got 7"),
        (dict(steps=0), "steps must be from 1 to the number of patches, 6; got 0"),
        (dict(baseline="grey"), "baseline must be 'blur', 'mean' or 'zeros'; got 'grey'"),
        (dict(orders=0), "orders must be a whole number of at least 1; got 0"),
        (
            dict(predict=lambda images: images.mean(dim=(2, 3))),
            r"one number an image, \(7,\); got \(7, 3\)",
        ),
        (
            dict(predict=lambda images: images.mean(dim=(1, 2, 3)).log() * 0 / 0),
            "predict's answer must be finite",
        ),
    ],
)
def test_wrong_use_is_named(change, sentence):
    with pytest.raises(ValueError, match=sentence):
        curves(**{**dict(predict=linear, image=IMAGE, maps={"a": VALUE}, orders=7), **change})
