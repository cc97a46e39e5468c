"""Maps of two captioners beside each other: shares that are told, and what is refused."""

import pytest
import torch

from course.show.word_looks import word_looks

MASK = torch.zeros(8, 8, dtype=torch.bool)
MASK[:4, :4] = True  # a quarter


def test_the_share_on_the_shape_is_told(capsys):
    inside, alike = torch.zeros(1, 4), torch.full((1, 4), 0.25)
    inside[0, 0] = 1
    word_looks(torch.rand(3, 8, 8), ["red"], {"sharp": inside, "flat": alike}, MASK)
    said = capsys.readouterr().out
    assert "sharp: red 100 %" in said and "flat: red 25 %" in said


def test_as_many_words_as_looks():
    with pytest.raises(ValueError, match="soft has 2 looks for 1 words"):
        word_looks(torch.rand(3, 8, 8), ["red"], {"soft": torch.ones(2, 4) / 4}, MASK)
