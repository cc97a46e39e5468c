"""The tensor that is cut: the still is what the norms share, and what does not fit is refused."""

import html
import json
import re

import numpy as np
import pytest
import torch

from course.norm import normalise
from course.show.norm_cut import norm_cut, shared

B, N, D, GROUPS = 3, 4, 6, 2
AXES = {"batch": (0, 1), "layer": (2,), "instance": (1,)}


@pytest.mark.parametrize("name", ["batch", "layer", "instance", "group"])
def test_a_cell_depends_on_those_that_are_shown_as_sharing_and_no_other(name):
    """By the gradient of the first cell's result."""
    x = torch.randn(B, N, D, generator=torch.Generator().manual_seed(0), requires_grad=True)
    if name == "group":
        y = normalise(x.unflatten(2, (GROUPS, -1)), (1, 3)).flatten(2)
    else:
        y = normalise(x, AXES[name])
    (gradient,) = torch.autograd.grad(y[0, 0, 0], x)
    assert np.array_equal(gradient.numpy() != 0, shared(B, N, D, GROUPS)[name])


def test_the_last_batch_is_shown_and_the_others_are_remembered():
    batches = torch.randn(5, B, N, D, generator=torch.Generator().manual_seed(1))
    page = html.unescape(re.search(r'srcdoc="([^"]*)"', norm_cut(batches).html)[1])
    data = json.loads(re.search(r'id="data">(.*?)</script>', page, re.DOTALL)[1])
    assert data["x"]["shape"] == [B, N, D] and data["mean"]["shape"] == [D]
    assert data["x"]["base64"] != norm_cut(batches.flip(0)).html


@pytest.mark.parametrize(
    ("batches", "groups", "words"),
    [
        (np.zeros((3, 4, 6)), 2, "must have shape"),
        (np.zeros((1, 3, 4, 6)), 2, "must have shape"),
        (np.zeros((2, 3, 4, 6)), 4, "6 channels cannot be divided into 4 groups"),
    ],
)
def test_what_does_not_fit(batches, groups, words):
    with pytest.raises(ValueError, match=words):
        norm_cut(batches, groups)
