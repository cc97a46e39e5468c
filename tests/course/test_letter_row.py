"""A row of letters as an image."""

import numpy as np
import pytest

from course.show.letter_row import SIDE, letter_row


def test_letters_are_squares_in_a_row():
    image = letter_row("ab•")
    assert image.shape == (SIDE, 3 * SIDE)
    assert 0 <= image.min() < 0.2 and image.max() == 1
    assert not np.array_equal(image[:, :SIDE], image[:, SIDE : 2 * SIDE])
    with pytest.raises(ValueError, match="no letter"):
        letter_row("")
