"""Two patches picked: the labels are RelViT's, the script finds all it needs, wrong shapes are refused."""

import base64
import html
import json
import re

import numpy as np
import pytest
import torch

from course.show.two_patches import two_patches
from course.ssl.relvit import relation_labels


@pytest.fixture(autouse=True)
def no_window(monkeypatch):
    monkeypatch.setenv("MPLBACKEND", "Agg")


def block():
    return two_patches(torch.rand(2, 6, 6), torch.rand(2, 9, 9, 9).softmax(dim=1))


def test_every_element_that_the_script_looks_for_is_on_the_page():
    page = html.unescape(re.search(r'srcdoc="([^"]*)"', block().html)[1])
    assert set(re.findall(r'element\("([\w-]+)"\)', page)) <= set(re.findall(r'\bid="([\w-]+)"', page))


def test_labels_cross_row_by_row():
    page = html.unescape(re.search(r'srcdoc="([^"]*)"', block().html)[1])
    data = json.loads(re.search(r'id="data">(.*?)</script>', page, re.DOTALL)[1])
    labels = np.frombuffer(base64.b64decode(data["labels"]["base64"]), np.uint8).reshape(9, 9)
    assert (labels == relation_labels(3, 3).numpy()).all()
    assert data["side"] == 3 and data["words"][labels[0, 4]] == "LU"


def test_it_is_told_in_words_and_has_a_still_picture():
    shown = block()
    assert "3 × 3 patches" in shown.alt and "81 pairs" in shown.alt and shown.png


@pytest.mark.parametrize(
    "images, shares",
    [
        ((2, 6, 6), (1, 9, 9, 9)),
        ((2, 6, 6), (2, 8, 9, 9)),
        ((2, 6, 6), (2, 9, 8, 8)),
        ((2, 7, 7), (2, 9, 9, 9)),
        ((6, 6), (2, 9, 9, 9)),
    ],
)
def test_shapes_that_do_not_fit_are_refused(images, shares):
    with pytest.raises(ValueError, match=r"images must have shape \(n, H, W\) and shares \(n, 9, N, N\)"):
        two_patches(torch.zeros(images), torch.zeros(shares))
