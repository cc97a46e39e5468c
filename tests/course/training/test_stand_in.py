"""What trains in place of a reader's own function: only what is equal to it, and never unsaid."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from course.training.stand_in import stand_in


def slow(x, weight, bias):
    """F.linear, row by row. x: (B, n) -> (B, m)"""
    return torch.stack([weight @ row + bias for row in x])


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(3, 2)

    def forward(self, x):
        return product(x, self.layer.weight, self.layer.bias)


def trained_by(own, fast=F.linear):
    """The function that the network calls within, with `own` as the reader's."""
    global product
    product = own
    with stand_in("product", fast, Network(), torch.randn(5, 3)):
        within = product
    assert product is own, "the reader's is back"
    return within


def test_an_equal_function_stands_in_and_that_is_said(capsys):
    assert trained_by(slow) is F.linear
    assert "A faster `product` works here in place of yours" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("own", "said"),
    [
        (lambda x, weight, bias: slow(x, weight, 0 * bias + 1), "5 of the images get other answers"),
        (lambda x, weight, bias: slow(x, weight, bias) * float("nan"), "5 of the images get other answers"),
        (lambda x, weight, bias: slow(x, weight, bias)[:, :1], "5 of the images get other answers"),
        (lambda x, weight, bias: slow(x, weight.detach(), bias), "other gradients reach the weights"),
    ],
)
def test_what_is_not_equal_stays_at_work_and_that_is_said(own, said, capsys):
    assert trained_by(own) is own
    assert (
        f"Your own `product` is at work: with a faster one in its place, {said}." in capsys.readouterr().out
    )


def test_what_cannot_be_called_in_its_place_does_not_stand_in(capsys):
    assert trained_by(slow, fast=lambda x: x) is slow
    assert "the network stops (TypeError)" in capsys.readouterr().out


def test_an_error_of_the_readers_own_is_left_to_the_training(capsys):
    def stops(x, weight, bias):
        raise ValueError("mine")

    assert trained_by(stops) is stops
    assert capsys.readouterr().out == ""


def test_the_readers_own_is_back_after_an_error():
    global product
    product = slow
    with pytest.raises(KeyboardInterrupt), stand_in("product", F.linear, Network(), torch.randn(5, 3)):
        raise KeyboardInterrupt
    assert product is slow
