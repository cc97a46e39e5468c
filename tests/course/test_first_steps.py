"""The stills of the first lesson, with a guess and without one."""

import pytest
import torch

from course.show import first_steps


@pytest.fixture
def told(monkeypatch):
    monkeypatch.setenv("MPLBACKEND", "Agg")
    said = []
    monkeypatch.setattr(first_steps, "figure", lambda fig, alt: said.append(alt))
    return said


@pytest.mark.parametrize(("guess", "words"), [(3, "your guess: slope 3"), (None, "no guess yet")])
def test_a_line_and_its_guess(told, guess, words):
    x = torch.linspace(-1, 1, 8)
    first_steps.line_and_loss(x, 3 * x, 0.0, 1.0, guess, [4.0, 3.0])
    assert words in told[0] and "slope 0.00" in told[0]


@pytest.mark.parametrize(("guess", "words"), [(50, "your guess 50"), (None, "these ten 91")])
def test_what_ten_means_read(told, guess, words):
    first_steps.means_of_digits(torch.zeros(10, 64), guess, 91.0)
    assert words in told[0] and ("your guess" in told[0]) == (guess is not None)
