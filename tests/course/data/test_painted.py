"""Digits in two colours each: the paper says nothing about the digit, and is easily read."""

import pytest
import torch

from course.data.painted import PAPERS, painted


def test_shapes_and_always_the_same():
    train, test = painted(), painted("test")
    assert train.images.shape == (1438, 3, 8, 8) and test.images.shape == (359, 3, 8, 8)
    assert torch.equal(train.images, painted().images)


def test_it_can_be_asked_for_the_digit_and_for_the_colour():
    test = painted("test")
    assert test.about("digit") is test
    assert test.about("colour").classes == PAPERS and torch.equal(test.about("colour").labels, test.papers)
    with pytest.raises(ValueError, match="what must be"):
        test.about("ink")


def test_a_paper_says_nothing_about_the_digit():
    train = painted()
    together = torch.zeros(10, 8).index_put_((train.labels, train.papers), torch.ones(()), accumulate=True)
    expected = together.sum(1, keepdim=True) * together.sum(0) / together.sum()
    assert ((together - expected) ** 2 / expected).sum() < 92  # χ² of 63 degrees of freedom: 1 in 100


def test_strokes_stand_out_in_some_channel_of_nearly_all():
    images = painted("test").floats().flatten(2)  # (N, 3, 64)
    contrast = (images.amax(dim=2) - images.amin(dim=2)).amax(dim=1)  # (N,)
    assert contrast.min() > 0.1 and (contrast > 0.3).float().mean() > 0.95
