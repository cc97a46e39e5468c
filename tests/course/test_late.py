"""The figure of a late sound, before a browser sees it: what crosses, and what is refused."""

import numpy as np
import pytest

from course.show.late import late_sound
from tests.course.crossed import data_of

RNG = np.random.default_rng(0)
FRAMES, NOTES, SOUNDS = RNG.random((2, 5, 4, 4)), RNG.integers(-1, 3, (2, 5)), RNG.uniform(-1, 1, (2, 50))


def rows(delays):
    drawn = {late: RNG.random((2, 10, 5)) for late in delays}
    return {late: each / each.sum(-1, keepdims=True) for late, each in drawn.items()}


def bands(delays):
    return {late: RNG.random((2, 10, 3)) for late in delays}


def figure(weights, heard, frames=FRAMES, notes=NOTES):
    return late_sound(frames, notes, ["one", "two"], weights, heard, SOUNDS, 10)


def test_a_map_for_every_delay_and_film_crosses():
    data = data_of(figure(rows([1, 0, -1]), bands([0, 1, -1])))
    assert data["delays"] == [-1, 0, 1] and data["titles"] == ["one", "two"]
    assert data["weights"]["levels"]["shape"] == [3, 2, 10, 5]
    assert data["bands"]["shape"] == [3, 2, 10, 3] and data["sounds"]["shape"] == [2, 50]


@pytest.mark.parametrize("delays", [[1, 2], [-1, 1], [0, 2]])
def test_a_gap_among_the_delays_is_refused(delays):
    with pytest.raises(ValueError, match="whole frames without a gap, 0 among them"):
        figure(rows(delays), bands(delays))


def test_other_films_are_refused():
    with pytest.raises(ValueError, match="do not belong to the same films"):
        figure(rows([0]), bands([0]), notes=NOTES[:, :3])
    with pytest.raises(ValueError, match="without a gap"):
        figure(rows([0]), bands([0, 1]))
