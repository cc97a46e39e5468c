"""The alignment viewer: what crosses to the browser, and what it refuses."""

import pytest
import torch

from course.show.align import alignment

WEIGHTS = torch.randn(2, 3, 4, 5, generator=torch.Generator().manual_seed(0)).softmax(-1)


@pytest.fixture(autouse=True)
def no_window(monkeypatch):
    monkeypatch.setenv("MPLBACKEND", "Agg")


def test_spaces_can_be_seen_and_the_sentences_are_told():
    block = alignment(WEIGHTS, list("le ch"), list("the "))
    assert "“the ”, with 5 source tokens, “le ch”" in block.alt and "2 layers of 3 heads" in block.alt
    assert "␣" in block.html or "\\u2423" in block.html
    assert block.png


@pytest.mark.parametrize(
    ("weights", "source", "target", "sentence"),
    [
        (WEIGHTS, "abcd", "efgh", "source has 4 tokens, but the weights are about 5"),
        (WEIGHTS, "abcde", "efg", "target has 3 tokens, but the weights are about 4"),
        (WEIGHTS[0], "abcde", "efgh", r"must have shape \(layers, heads, queries, keys\); got \(3, 4, 5\)"),
        (WEIGHTS.mT, "abcd", "efghi", "each row of weights must sum to one"),
    ],
)
def test_wrong_use_is_named(weights, source, target, sentence):
    with pytest.raises(ValueError, match=sentence):
        alignment(weights, list(source), list(target))
