"""The drawing of attention, step by step: what is refused, and what is said where scripts do not run."""

import pytest
import torch

from course.show.mechanism import mechanism

Q, K, V = torch.tensor([[1.0, 0.0]]), torch.tensor([[4.0, 1.0], [0.0, 4.0]]), torch.eye(2)


@pytest.fixture(autouse=True)
def no_window(monkeypatch):
    monkeypatch.setenv("MPLBACKEND", "Agg")


def test_the_best_key_is_told_and_a_picture_stands_by():
    block = mechanism(Q, K, V, queries=["left"], keys=["a", "c"])
    assert "Query left gives most weight, 0.94, to key a" in block.alt and block.png


@pytest.mark.parametrize(
    ("arrays", "names", "sentence"),
    [
        ((Q[0], K, V), {}, r"q must have shape \(length, width\); got \(2,\)"),
        ((torch.ones(1, 4), torch.ones(2, 4), V), {}, "q has width 4, but only 3 numbers can be drawn"),
        ((Q, torch.ones(7, 2), torch.ones(7, 1)), {}, "there are 7 keys, but only 6 can be drawn"),
        ((Q, K, V[:1]), {}, "each key needs a value, but there are 2 keys and 1 values"),
        ((Q, torch.ones(2, 3), V), {}, "q has width 2 but k has width 3"),
        ((Q, K, V), {"keys": ["a"]}, "there are 2 keys but 1 names for them"),
    ],
)
def test_wrong_use_is_named(arrays, names, sentence):
    with pytest.raises(ValueError, match=sentence):
        mechanism(*arrays, **names)
