"""The beam search in a figure: what is refused, and what is said where scripts do not run."""

import pytest

from course.show.beam import beam_tree

TREE = {
    "": {"it": 0.5, "a": 0.4, "no": 0.1},
    "it": {"is": 0.4, "rains": 0.35, "■": 0.25},
    "it rains": {"■": 1.0},
    "a": {"dog": 1.0},
    "a dog": {"■": 1.0},
}


@pytest.fixture(autouse=True)
def no_window(monkeypatch):
    monkeypatch.setenv("MPLBACKEND", "Agg")


def test_the_most_probable_sentence_is_told_and_a_picture_stands_by():
    block = beam_tree(TREE)
    assert "A tree of 3 sentences" in block.alt and "“a dog”, with 0.400" in block.alt and block.png


@pytest.mark.parametrize(
    ("tree", "sentence"),
    [
        ({"it": {"is": 1.0}}, "the tree has no beginning"),
        ({"": {"it": 0.5, "a": 0.4}}, r"what follows “” has probabilities that sum to 0\.9"),
        ({"": {"it": 1.0}}, "no sentence of the tree ends"),
        ({"": {str(word): 1 / 20 for word in range(20)}}, "the tree has 20 ends, but only 14 can be drawn"),
    ],
)
def test_wrong_use_is_named(tree, sentence):
    with pytest.raises(ValueError, match=sentence):
        beam_tree(tree)
