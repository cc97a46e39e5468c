"""A reader with a folder of their own, and a checkpoint that is made in a second."""

from dataclasses import replace

import pytest

from course.checkpoints import recipes
from course.checkpoints.recipes import RECIPES
from course.checkpoints.translating import Sentences, written_right
from course.data.number_words import number_words
from course.language.translate import Characters
from course.training.recipe import Recipe

PAIRS = number_words(40)


def few_numbers():
    return Sentences(PAIRS, Characters(text for pair in PAIRS for text in pair))


@pytest.fixture
def tiny(tmp_path, monkeypatch):
    """A checkpoint named "tiny" that a reader makes in a folder, tmp_path/checkpoints."""
    monkeypatch.setenv("COURSE_DATA", str(tmp_path))
    known = replace(
        RECIPES["translate-numbers"],
        recipe=Recipe(epochs=4, batch=12, lr=1e-2),
        train=few_numbers,
        describe=recipes._sizes(dim=8, hidden=8, dropout=0.1),
        scores=lambda method: written_right(method, PAIRS, number_words(40, "test")),
        more=lambda method, about: [],
        ships=False,
    )
    monkeypatch.setitem(RECIPES, "tiny", known)
    return known
