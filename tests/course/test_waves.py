"""Sliders through positions, and steps through several heads: where they start, what they refuse."""

import pytest

from course.show.head_flow import head_flow
from course.show.waves import WIDTHS, waves
from tests.course.crossed import data_of


def test_they_start_where_they_are_told():
    data = data_of(waves(d=8, p=5))
    assert (data["d"], data["p"], data["widths"]) == (8, 5, WIDTHS)
    assert all(d % 2 == 0 for d in WIDTHS)  # each sine with its cosine
    assert data_of(head_flow(L=8, h=2))["start"] == {"L": 8, "h": 2}


def test_heads_divide_the_width():
    data = data_of(head_flow())
    assert all(data["d"] % h == 0 for h in data["choices"]["h"])


@pytest.mark.parametrize("call", [lambda: waves(d=7), lambda: waves(p=64), lambda: head_flow(h=3)])
def test_what_is_not_on_a_slider(call):
    with pytest.raises(ValueError, match=r"slider|from 0 to 63"):
        call()
