"""The smallest Transformer: it learns with places, has a floor without them, refuses what does not fit."""

import pytest
import torch
from torch import nn

from course.data.letters import letters
from course.language.one_layer import EVERY, OneLayer, accuracy, learn
from course.multihead import MultiHeadAttention
from course.position import sinusoidal


def net(positions=True, questions=1, seed=0):
    torch.manual_seed(seed)
    return OneLayer(MultiHeadAttention(32, 4), 32, sinusoidal(16, 32) if positions else None, questions)


def test_shapes():
    assert net(questions=3)(letters(5)).shape == (5, 16, 3, 18)
    assert net()(letters(5, L=9)).shape == (5, 9, 1, 18)  # shorter than its table of places


def test_the_marker_finds_what_is_behind_it_only_where_places_are_known():
    found = []
    for positions in (True, False):
        one = net(positions)
        learn(one, ["after"], steps=250)
        found += accuracy(one, ["after"])
    assert found[0] > 0.9
    assert 0.2 < found[1] < 0.32


def test_the_curve_counts_what_was_asked():
    one = net()
    curve = learn(one, ["copy"], steps=3 * EVERY)
    assert len(curve) == 3 and 0 <= curve[0] < curve[-1] <= 1
    assert accuracy(one, ["copy"])[0] > 0.95


def test_a_seed_learns_the_same_again_and_threads_are_given_back():
    before = torch.get_num_threads()
    curves = [learn(net(), ["reverse"], steps=EVERY, seed=3) for _ in range(2)]
    assert curves[0] == curves[1]
    assert torch.get_num_threads() == before


def test_positions_that_do_not_fit():
    with pytest.raises(ValueError, match=r"positions must have shape \(L, 32\)"):
        OneLayer(nn.Identity(), 32, sinusoidal(16, 64))
