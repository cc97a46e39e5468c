"""Boxes and a question: what is asked stands in one box, and nothing gives the answer away."""

import pytest
import torch

from course.data.recall import ASKED, BOXES, DIGITS, LETTERS, boxes


def test_the_question_has_the_letter_of_one_box():
    letters, digits, place = boxes(500, torch.Generator().manual_seed(0))
    assert letters.shape == digits.shape == (500, BOXES + 1) and place.shape == (500,)
    found = letters[:, :-1] == letters[:, -1:]
    assert (found.sum(dim=1) == 1).all() and torch.equal(found.int().argmax(dim=1), place)
    assert (digits[:, -1] == ASKED).all() and (digits[:, :-1] < DIGITS).all()
    assert letters.unique().tolist() == list(range(LETTERS))


def test_no_place_and_no_digit_is_the_usual_one():
    _, digits, place = boxes(8000, torch.Generator().manual_seed(1))
    answers = digits.gather(1, place[:, None])
    assert place.bincount().min() > 800 and answers.flatten().bincount().min() > 650


def test_the_same_generator_gives_the_same_boxes():
    one, other = (boxes(3, torch.Generator().manual_seed(2)) for _ in range(2))
    assert all(map(torch.equal, one, other))


def test_no_example_is_refused():
    with pytest.raises(ValueError, match="count must be at least 1; got 0"):
        boxes(0)
