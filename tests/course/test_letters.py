"""Rows of letters: one marker each, and answers that a loop over the row gives as well."""

import pytest
import torch

from course.data.letters import ALPHABET, MARKER, NOT_ASKED, QUESTIONS, SIGNS, ask, commonest, letters


@pytest.fixture
def rows():
    return letters(200, torch.Generator().manual_seed(0))


def test_each_row_has_one_marker_and_never_last(rows):
    assert rows.shape == (200, 16)
    assert ((rows == MARKER).sum(dim=1) == 1).all()
    assert not (rows[:, -1] == MARKER).any()
    assert rows.min() == 0 and rows.max() == MARKER == len(ALPHABET) == len(SIGNS) - 1


BY_HAND = {  # of one row and a place in it
    "copy": lambda row, p: row[p],
    "reverse": lambda row, p: row[len(row) - 1 - p],
    "sort": lambda row, p: sorted(row)[p],
    "before": lambda row, p: row[p - 1],
    "equal": lambda row, p: row.count(row[p]),
    "after": lambda row, p: row[p + 1] if row[p] == MARKER else NOT_ASKED,
    "marked": lambda row, p: row[row.index(MARKER) + 1],
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_answers_are_those_of_a_loop(rows, question):
    expected = [[BY_HAND[question](row, p) for p in range(16)] for row in rows.tolist()]
    assert ask(rows, question).tolist() == expected


def test_the_commonest_letter_is_no_marker(rows):
    for row, letter in zip(rows.tolist(), commonest(rows).tolist(), strict=True):
        assert row.count(letter) == max(row.count(one) for one in range(MARKER))


def test_what_cannot_be_asked():
    with pytest.raises(ValueError, match="two places or more"):
        letters(3, L=1)
    with pytest.raises(ValueError, match="question"):
        ask(letters(2), "why")
