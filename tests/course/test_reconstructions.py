"""Reconstructions: masked | reconstructed | original, and the error where something was hidden."""

import numpy as np
import pytest
import torch
from matplotlib import pyplot

from course.show import reconstructions as module
from course.show.reconstructions import reconstructions

RNG = np.random.default_rng(0)
IMAGES = RNG.uniform(size=(2, 3, 8, 12)).astype(np.float32)
HIDDEN = np.zeros((2, 2, 3), bool)
HIDDEN[0, 0, 1] = HIDDEN[1, 1, 2] = HIDDEN[1, 0, 0] = True


@pytest.fixture
def shown(monkeypatch):
    monkeypatch.setenv("MPLBACKEND", "Agg")
    figures = []
    monkeypatch.setattr(module, "figure", lambda fig, alt: figures.append((fig, alt)))
    return figures


def test_the_error_counts_hidden_patches_alone(shown):
    guess = torch.from_numpy(IMAGES) + 0.5  # wrong everywhere
    guess[0, :, 0:4, 4:8] -= 0.4  # and by 0.1 in the hidden patch of the first image
    guess[1, :, 0:4, 0:4] -= 0.5  # right in one of the two of the second
    reconstructions(torch.from_numpy(IMAGES), guess, torch.from_numpy(HIDDEN))
    [(fig, alt)] = shown
    assert alt.startswith(
        "2 images of 8 × 12: masked, reconstructed, original. 25 % of the patches are hidden"
    )
    assert alt.endswith("Mean squared error on the hidden patches: 0.01, 0.12.")
    assert [fig.axes[i].get_xlabel() for i in (1, 4)] == ["squared error 0.01", "squared error 0.12"]


def test_hidden_patches_are_hatched_where_they_lie(shown):
    reconstructions(IMAGES, IMAGES, HIDDEN)
    [(fig, _)] = shown
    assert [ax.get_title(loc="center") for ax in fig.axes[:3]] == ["masked", "reconstructed", "original"]
    (patch,) = fig.axes[0].collections[0].get_paths()
    assert patch.get_extents().bounds == (3.5, -0.5, 4, 4)
    assert fig.axes[0].collections[0].get_hatch()
    assert len(fig.axes[3].collections[0].get_paths()) == 2
    assert not fig.axes[2].collections
    np.testing.assert_array_equal(
        fig.axes[2].images[0].get_array(), np.moveaxis((255 * IMAGES[0]).round(), 0, -1)
    )


def test_a_single_grey_image_will_do_and_a_small_overshoot_is_clipped(shown):
    image = np.ones((1, 1, 4, 4))
    reconstructions(image, 1.2 * image, np.ones((1, 2, 2), bool))
    [(fig, alt)] = shown
    assert (np.asarray(fig.axes[1].images[0].get_array()) == 255).all()
    assert alt.endswith("0.04.")  # the error is not clipped


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            dict(images=IMAGES[0]),
            r"images must have shape \(count, channels, height, width\); got \(3, 8, 12\)",
        ),
        (dict(reconstructed=IMAGES[:1]), r"the images' shape, \(2, 3, 8, 12\); got \(1, 3, 8, 12\)"),
        (
            dict(reconstructed=4 * IMAGES - 2),
            "reconstructed must lie about 0 to 1; got .*: undo its normalisation",
        ),
        (dict(images=IMAGES - 0.5, reconstructed=IMAGES), "images must hold numbers from 0 to 1"),
        (dict(hidden=HIDDEN[:1]), r"of shape \(2, rows, columns\), for 2 images; got bool \(1, 2, 3\)"),
        (dict(hidden=HIDDEN.astype(int)), "hidden must be boolean"),
        (dict(hidden=np.ones((2, 3, 3), bool)), "a grid of 3 × 3 patches does not divide 8 × 12 pixels"),
        (dict(hidden=HIDDEN & [[[True]], [[False]]]), "nothing of image 1 is hidden"),
    ],
)
def test_wrong_use_is_named(change, sentence, shown):
    with pytest.raises(ValueError, match=sentence):
        reconstructions(**{**dict(images=IMAGES, reconstructed=IMAGES, hidden=HIDDEN), **change})
    assert not shown and pyplot.get_fignums() == []
