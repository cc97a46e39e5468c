"""The figures of lesson 10, before a browser sees them: what they hold, and what they refuse."""

import numpy as np
import pytest

from course.show.sphere import sphere, start
from course.show.twins import find_the_twin, similarities
from tests.course.test_growing import data_of

VIEWS = np.random.default_rng(0).random((2, 8, 3, 4, 4))


def test_each_view_and_its_twin_point_at_one_another():
    data = data_of(find_the_twin({"one way": VIEWS}))
    assert data["names"] == ["one way"] and data["kinds"][0]["views"]["shape"] == [2, 8, 4, 4, 3]


def test_a_player_who_sees_colours_finds_equal_ones():
    colours = np.random.default_rng(1).random((1, 4, 3))
    found = similarities(np.concatenate([colours, colours], axis=1))
    assert np.allclose(found[0, :4, 4:].diagonal(), 1) and found[0, 0, 1] < 0.99


@pytest.mark.parametrize("shape", [(8, 3, 4, 4), (2, 6, 3, 4, 4), (2, 8, 1, 4, 4)])
def test_other_shapes_are_refused(shape):
    with pytest.raises(ValueError, match=r"must have shape \(rounds, 8, 3, H, W\)"):
        find_the_twin({"views": np.zeros(shape)})


def test_a_sphere_starts_with_units_and_refuses_other_temperatures():
    places, noise = start()
    assert np.allclose(np.linalg.norm(places, axis=1), 1) and noise.shape == (2, 16, 3)
    assert data_of(sphere(0.5))["tau"] == 0.5
    with pytest.raises(ValueError, match=r"from 0.05 to 2; got 3"):
        sphere(3)
