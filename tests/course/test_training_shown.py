"""Learning curves and embeddings: means, bands, classes told apart, and numbers that the text gives."""

import numpy as np
import pytest
import torch
from matplotlib import pyplot

from course.show import training

RNG = np.random.default_rng(0)


@pytest.fixture
def shown(monkeypatch):
    monkeypatch.setenv("MPLBACKEND", "Agg")
    figures = []
    monkeypatch.setattr(training, "figure", lambda fig, alt: figures.append((fig.axes[0], alt)))
    return figures


def test_a_line_is_the_mean_and_its_band_holds_every_seed(shown):
    runs = np.array([[3.0, 2.0, 1.0], [5.0, 2.5, 0.0]])
    training.curves({"ViT": torch.from_numpy(runs), "CNN": [4.0, 3.0, 2.0]}, ylabel="loss")
    [(ax, alt)] = shown
    assert ax.lines[0].get_ydata().tolist() == [4, 2.25, 0.5]
    assert ax.lines[0].get_xdata().tolist() == [1, 2, 3]
    (band,) = ax.collections  # a single seed has none
    corners = {tuple(corner) for corner in band.get_paths()[0].vertices.tolist()}
    assert {(1, 3), (1, 5), (2, 2), (2, 2.5), (3, 0), (3, 1)} <= corners
    assert str(ax.lines[0]._dash_pattern) != str(ax.lines[1]._dash_pattern)
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["ViT, 2 seeds", "CNN, 1 seed"]
    assert alt == "loss over epoch 1 to 3: ViT from 4 to 0.5 (0 to 1 over 2 seeds); CNN from 4 to 2."


def test_a_legend_covers_no_line(shown):
    training.curves({name: RNG.uniform(size=(3, 10)) for name in "abcd"})
    [(ax, _)] = shown
    ax.figure.canvas.draw()
    assert ax.get_legend().get_window_extent().x0 >= ax.get_window_extent().x1


def test_steps_lie_where_the_axis_says(shown):
    training.curves({"a": [1.0, 2.0]}, x=[10, 100], xlabel="step")
    [(ax, alt)] = shown
    assert ax.lines[0].get_xdata().tolist() == [10, 100] and "over step 10 to 100" in alt


EPOCHS = [
    {"epoch": 0.5, "loss": 2.0, "rank": 99.0, "lr": 0.1, "images_per_second": 5.0},  # a rank of a batch
    {"epoch": 1.0, "loss": 1.0, "rank": 2.0, "entropy": 0.5, "spread": 0.3, "lr": 0.1},
    {"epoch": 1.5, "loss": 0.5, "rank": float("nan"), "entropy": float("nan"), "spread": float("nan")},
    {"epoch": 2.0, "loss": 0.25, "rank": 3.0, "entropy": 0.7, "spread": 0.2},
]


def test_a_training_is_told_a_measure_a_panel_with_what_it_means():
    fig = training.history(EPOCHS, "mae with vit-mini/2, on 200 images of digits", directions=63)
    panels = {ax.get_ylabel(): ax for ax in fig.axes if ax.get_visible()}
    assert list(panels) == ["loss", "effective rank", "entropy, nats", "spread"]
    assert fig._suptitle.get_text() == "mae with vit-mini/2, on 200 images of digits"
    assert {ax.get_xlabel() for ax in panels.values()} == {"epoch"}
    assert panels["loss"].lines[0].get_xydata().tolist() == [[0.5, 2], [1, 1], [1.5, 0.5], [2, 0.25]]
    assert panels["effective rank"].lines[0].get_xydata().tolist() == [[1, 2], [2, 3]]
    assert panels["effective rank"].get_title(loc="left").endswith("at the end: 3 of at most 63")
    assert panels["entropy, nats"].get_title(loc="left").endswith("at the end: 0.7 of at most 4.14")  # log 63


def test_no_words_of_a_training_run_into_each_other():
    rows = [dict.fromkeys(training.TOLD, 0.123456) | {"epoch": float(epoch)} for epoch in (1, 2)]
    fig = training.history(rows, "m" * 60, directions=255)
    fig.canvas.draw()
    boxes = [ax._left_title.get_window_extent() for ax in fig.axes if ax.get_visible()]
    assert len(boxes) == len(training.TOLD)
    assert all(box.x1 <= fig.bbox.width for box in boxes)
    assert not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[:i])


def test_a_training_of_one_epoch_can_be_seen_and_one_of_none_is_no_picture():
    fig = training.history(EPOCHS[1:2], "x")
    assert {ax.lines[0].get_marker() for ax in fig.axes if ax.get_visible()} == {"o"}
    assert training.history([], "x") is None


def blobs(classes, each=20):
    """Classes that are apart in the third dimension alone, which two components leave out."""
    vectors = RNG.normal(size=(classes * each, 3)) * [100, 50, 1e-3]
    labels = np.repeat(np.arange(classes), each)
    vectors[:, 2] += labels
    return vectors, labels


def test_points_are_where_the_first_two_components_put_them(shown):
    vectors, labels = blobs(3)
    training.embeddings(torch.from_numpy(vectors), torch.from_numpy(labels), names=["cat", "dog", "cow"])
    [(ax, _)] = shown
    centred = vectors - vectors.mean(axis=0)
    _, _, directions = np.linalg.svd(centred, full_matrices=False)
    for label, line in enumerate(ax.lines):
        expected = centred[labels == label] @ directions[:2].T
        np.testing.assert_allclose(
            np.abs(np.stack(line.get_data(), axis=1)), np.abs(expected), rtol=1e-3, atol=1e-2
        )
    assert [line.get_label() for line in ax.lines] == ["cat", "dog", "cow"]


def test_ten_classes_are_told_apart_without_colour(shown):
    training.embeddings(*blobs(10))
    [(ax, _)] = shown
    assert len({line.get_marker() for line in ax.lines}) == 10


def test_the_text_says_what_the_plane_loses(shown):
    flat = RNG.normal(size=(60, 2)) * [3, 2]
    labels = (flat[:, 0] > 0).astype(int)
    flat[:, 0] += 20 * labels
    training.embeddings(np.c_[flat, np.zeros(60)], labels)
    crowded = np.repeat(RNG.normal(size=(30, 2)), 4, axis=0) * [
        9,
        8,
    ]  # four points at each place, seen from above,
    height = np.tile([0.0, 0.1, 3.0, 3.1], 30)  # and two floors, each of one class
    training.embeddings(
        np.c_[crowded + 0.2 * RNG.normal(size=crowded.shape), height], (height > 1).astype(int)
    )
    (_, apart), (_, mixed) = shown
    assert "60 vectors of 2 classes" in apart and "holds 100 % of the variance" in apart
    assert "same class for 100 % of them in the plane, for 100 % in all 3 dimensions" in apart
    assert float(mixed.split("same class for ")[1].split(" %")[0]) < 70 and "for 100 % in all 3" in mixed


def test_the_nearest_neighbour_is_another_point():
    points = np.array([[0.0, 0], [1, 0], [5, 0], [6, 0]], np.float32)
    assert training._same_class_next(points, np.array([0, 1, 1, 1])) == 0.5  # 0 → 1, 1 → 0, 2 ↔ 3


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: training.curves({}), "1 to 4 lines can be told apart; got 0"),
        (lambda: training.curves({name: [1.0] for name in "abcde"}), "1 to 4 lines can be told apart; got 5"),
        (lambda: training.curves({"a": np.ones((2, 2, 2))}), r"a must have shape \(seeds, steps\); got"),
        (lambda: training.curves({"a": [1, np.nan]}), "a must be finite, but 1 entries are NaN"),
        (lambda: training.curves({"a": [1, 2], "b": [1]}), "as many steps as the axis, 2; got a 2, b 1"),
        (lambda: training.curves({"a": [1, 2]}, x=[1]), "as many steps as the axis, 1; got a 2"),
        (
            lambda: training.embeddings(np.ones((4, 1)), np.zeros(4)),
            r"vectors must have shape .* got \(4, 1\)",
        ),
        (lambda: training.embeddings(np.ones((5001, 2)), np.zeros(5001)), "take a sample of them"),
        (lambda: training.embeddings(np.eye(3), [0, 1]), r"there are 3 and labels \(2,\)"),
        (lambda: training.embeddings(np.eye(3), [0, 1, 2], names=["a", "b"]), "labels 0 to 2, 2 names"),
        (lambda: training.embeddings(np.eye(3), [0, 1, 10]), "10 can be marked; got labels 0 to 10"),
        (lambda: training.embeddings(np.eye(3), [0, 1, 0.5]), "labels must be whole numbers; got 0.5"),
    ],
)
def test_wrong_use_is_named(call, sentence, shown):
    with pytest.raises(ValueError, match=sentence):
        call()
    assert not shown and pyplot.get_fignums() == []
