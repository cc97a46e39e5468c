"""The two photographs: their sizes, their colours, and no third."""

import pytest

from course.data.photographs import photograph


def test_cut_to_multiples_and_from_zero_to_one():
    china = photograph()
    assert china.shape == (1, 3, 416, 640) and 0 <= china.min() < 0.05 and 0.95 < china.max() <= 1
    assert photograph("flower", multiple=50).shape == (1, 3, 400, 600)
    assert china[0, 2, :50].mean() > china[0, 0, :50].mean()  # a blue sky: colours are not turned round


def test_another_is_refused():
    with pytest.raises(ValueError, match="china"):
        photograph("cat")
