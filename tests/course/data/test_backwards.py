"""Strings to be written backwards: what they hold, and who gets how many letters right."""

from itertools import islice

import pytest
import torch

from course.data.backwards import END, VOCABULARY, backwards, letters_right, strings


def test_labels_are_the_letters_from_the_last_to_the_first_and_then_the_end():
    source, labels = strings(5, 4)
    assert source.shape == labels.shape == (5, 5)
    assert torch.equal(labels[:, :4], source[:, :4].flip(1))
    assert (source[:, 4] == END).all() and (labels[:, 4] == END).all()
    assert source[:, :4].min() >= 4 and source.max() < VOCABULARY


def test_batches_have_one_length_each_and_follow_the_seed():
    lengths = [source.shape[1] - 1 for source, _ in islice(backwards(2, longest=5), 60)]
    assert set(lengths) == {2, 3, 4, 5}
    one, same, other = (next(backwards(3, seed=seed))[0] for seed in (0, 0, 1))
    assert torch.equal(one, same) and not torch.equal(one, other)


def test_shares_are_counted_by_place_and_a_text_that_stops_is_wrong_behind():
    lengths = (2, 8)
    assert letters_right(lambda source, most: source[:, :-1].flip(1), lengths) == {2: 1.0, 8: 1.0}
    halves = letters_right(lambda source, most: source[:, :-1].flip(1)[:, : most // 2], lengths)
    assert halves == {2: 0.5, 8: 0.5}
    assert letters_right(lambda source, most: source * 0, lengths) == {2: 0.0, 8: 0.0}
    with pytest.raises(ValueError, match="L must be"):
        letters_right(lambda source, most: source, (0,))
