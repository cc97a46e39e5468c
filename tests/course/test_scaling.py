"""The sharpness of a softmax over many keys: what is measured, and what the picture is handed."""

import html
import math
import re

import numpy as np
import pytest
import torch

from course.show import scaling

KEYS = 400


@pytest.fixture(scope="module")
def measured():
    return scaling.measure(keys=KEYS, draws=5)


def test_sharpness_at_its_two_ends():
    assert torch.allclose(scaling._sharpness(torch.zeros(8)), torch.tensor([1 / 8, 3.0]))
    one_has_it_all = torch.tensor([0.0, 90.0, 0.0])
    assert torch.allclose(scaling._sharpness(one_has_it_all), torch.tensor([1.0, 0.0]))


def test_quartiles_are_in_order_and_in_range(measured):
    for name, top in [("largest", 1), ("entropy", math.log2(KEYS))]:
        for values in (getattr(measured, name), getattr(measured, f"{name}_scaled")):
            assert values.shape == (len(scaling.WIDTHS), 3)
            assert (np.diff(values, axis=1) >= 0).all()
            assert (values >= 0).all() and (values <= top + 1e-4).all()


def test_only_the_unscaled_softmax_hardens_with_the_width(measured):
    def medians(values):
        return values[[0, -1], scaling.MIDDLE]  # at d = 4 and at d = 1,024

    narrow, wide = medians(measured.largest)
    assert narrow < 0.5 < 0.9 < wide
    assert (medians(measured.largest_scaled) < 0.1).all()
    narrow, wide = medians(measured.entropy)
    assert wide < 1 < narrow
    assert np.ptp(medians(measured.entropy_scaled)) < 0.5


def test_the_same_seed_measures_the_same():
    one, same, other = (scaling.measure(keys=20, draws=2, seed=seed).entropy for seed in (1, 1, 2))
    assert np.array_equal(one, same) and not np.array_equal(one, other)


def test_the_picture_stands_alone_and_says_what_it_is(measured, monkeypatch):
    monkeypatch.setenv("MPLBACKEND", "Agg")
    block = scaling.guess(measured)
    assert f"{KEYS} keys" in block.alt and "entropy" in block.alt
    assert block.png  # for viewers that remove scripts
    page = html.unescape(re.search(r'srcdoc="([^"]*)"', block.html)[1])
    assert f'"keys": {KEYS}' in page and 'id="reveal"' in page
    assert set(re.findall(r"https?://[^\s\"'<)]+", page)) <= {"http://www.w3.org/2000/svg"}
    assert set(scaling.GUESSED) < set(scaling.WIDTHS)
