"""Digits in corners: where they stand, and that a net without positions cannot know it."""

import pytest
import torch
from torch import nn

from course.language.transformer_layers import EncoderLayer
from course.position import ConditionalPosition, LearnedPosition
from course.vision.what_and_where import WhatAndWhere, accuracy, in_a_corner, learn


def net(**places):
    torch.manual_seed(0)
    return WhatAndWhere(16, [EncoderLayer(16, 2, 32), EncoderLayer(16, 2, 32)], nn.Identity(), **places)


@pytest.mark.parametrize("side", [16, 24])
def test_a_digit_stands_in_its_corner_and_nothing_beside_it(side):
    digits = torch.rand(40, 8, 8) + 0.1
    placed, corners = in_a_corner(digits, side, torch.Generator().manual_seed(0))
    assert set(corners.tolist()) == {0, 1, 2, 3}
    for image, digit, corner in zip(placed[:, 0], digits, corners):
        rows = slice(None, 8) if corner < 2 else slice(-8, None)
        columns = slice(-8, None) if corner % 2 else slice(None, 8)
        assert torch.equal(image[rows, columns], digit)
        assert image.sum() == pytest.approx(digit.sum().item(), rel=1e-5)
    with pytest.raises(ValueError, match="side must be 16 or more"):
        in_a_corner(digits, 12, torch.Generator())


def test_without_positions_all_corners_are_one():
    model = net().eval()
    digit = torch.rand(1, 8, 8)
    said = []
    for seed in range(8):
        placed, _ = in_a_corner(digit, 16, torch.Generator().manual_seed(seed))
        said.append(torch.cat(model(placed), dim=1))
    assert torch.stack(said).std(dim=0).max() < 1e-5


@pytest.mark.parametrize("name", ["learned", "peg"])
def test_it_learns_where_with_either_kind_of_positions(name):
    places = {"learned": LearnedPosition((4, 4), 16, extra=1), "peg": ConditionalPosition(16, extra=1)}
    model = net(**{name: places[name]})
    learn(model, steps=120, lr=1e-2)
    what, where = accuracy(model)
    assert where > 0.6 and 0 <= what <= 1
    assert accuracy(model, 24)[1] > 0.25
