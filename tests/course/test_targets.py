"""Four targets side by side: what fits is drawn, what does not is refused, directions are the widest."""

import numpy as np
import pytest
import torch

from course.show.targets import four_targets, main_directions


def given(**other):
    arrays = dict(
        picture=torch.rand(3, 8, 12),
        unit=torch.randn(6, 48),
        histograms=torch.rand(2, 3, 9),
        features=torch.randn(6, 5),
        patch=4,
    )
    return {**arrays, **other}


def test_it_is_drawn_and_told(capsys):
    four_targets(**given())
    assert "8 × 12 pixels, four times" in capsys.readouterr().out


@pytest.mark.parametrize(
    "other, said",
    [
        (dict(unit=torch.randn(6, 16)), "unit must have shape"),
        (dict(features=torch.randn(5, 5)), "features must have shape"),
        (dict(histograms=torch.rand(3, 3, 9)), "histograms must have shape"),
    ],
)
def test_what_does_not_fit_is_refused(other, said):
    with pytest.raises(ValueError, match=said):
        four_targets(**given(**other))


def test_main_directions_are_those_in_which_vectors_differ_most():
    vectors = np.zeros((5, 4), dtype=np.float32)
    vectors[:, 2], vectors[:, 0] = np.arange(5), [0.5, -1, 1, -1, 0.5]
    first = main_directions(vectors)[:, 0]
    np.testing.assert_allclose(abs(np.diff(first)), 0.25, atol=1e-6)
