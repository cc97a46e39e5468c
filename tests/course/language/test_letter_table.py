"""Letters as vectors: the pairs of English, and what a table of d numbers costs in bits."""

import math

import pytest
import torch

from course.language.letter_table import LETTERS, entropy, learn_table, letter_pairs


def test_pairs_are_counted_inside_words(monkeypatch):
    monkeypatch.setattr("pydoc_data.topics.topics", {"one": "Ab ba", "two": "abé-ab"})
    pairs = letter_pairs()
    a, b = LETTERS.index("a"), LETTERS.index("b")
    assert (pairs[a, b], pairs[b, a], pairs.sum()) == (3, 1, 4)


def test_entropy_of_pairs():
    assert entropy(torch.eye(26)) == 0  # the next letter is known
    assert entropy(torch.ones(26, 26)) == pytest.approx(math.log2(26))


def test_no_table_beats_the_entropy_and_one_hot_reaches_it():
    pairs = torch.rand(26, 26, generator=torch.Generator().manual_seed(0)) ** 4
    one_hot, kept = learn_table(pairs, 26, torch.eye(26))
    assert entropy(pairs) <= one_hot + 1e-5 < entropy(pairs) + 0.01
    assert torch.equal(kept, torch.eye(26))  # what is handed in is not learnt
    narrow, learnt = learn_table(pairs, 2)
    assert narrow > one_hot + 0.05 and learnt.shape == (26, 2)


def test_a_table_that_does_not_fit_is_refused():
    with pytest.raises(ValueError, match=r"table must have shape \(26, 3\); got \(26, 4\)"):
        learn_table(torch.ones(26, 26), 3, torch.eye(26, 4))
