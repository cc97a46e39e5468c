"""Predict, then reveal: what is refused, and what is said where scripts do not run."""

import pytest
import torch

from course.show.predict import predict_cell, predict_number, predict_patch


@pytest.fixture(autouse=True)
def no_window(monkeypatch):
    monkeypatch.setenv("MPLBACKEND", "Agg")


def test_the_question_is_the_alternative_text_and_a_picture_stands_by():
    block = predict_number("How many heads?", 12, 1, 32)
    assert block.alt == "How many heads? Guess first, then reveal the answer." and block.png


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (
            lambda: predict_patch("?", torch.rand(8, 8), torch.rand(4)),
            r"answer must have shape \(rows, columns\); got",
        ),
        (
            lambda: predict_patch("?", torch.randn(8, 8), torch.rand(4, 4)),
            "image must hold numbers from 0 to 1",
        ),
        (
            lambda: predict_cell("?", torch.rand(2, 3), "ab", "cd"),
            "the table has 3 columns but 2 names for them",
        ),
        (lambda: predict_cell("?", torch.full((1, 1), torch.nan), "a", "b"), "answer must be finite"),
        (lambda: predict_number("?", 7, 0, 5), "the answer must lie on the slider, from 0 to 5; got 7"),
        (lambda: predict_number("?", 3, 5, 0), "the answer must lie on the slider"),
    ],
)
def test_wrong_use_is_named(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()
