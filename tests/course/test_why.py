"""Why this weight: what the figure says of itself, and what it refuses."""

import pytest
import torch

from course.attention import attention_weights, causal_mask
from course.show.why import why_this_weight

GENERATOR = torch.Generator().manual_seed(0)
Q, K, V = (torch.randn(*shape, generator=GENERATOR) for shape in ((3, 4), (5, 4), (5, 2)))


@pytest.fixture(autouse=True)
def no_window(monkeypatch):
    monkeypatch.setenv("MPLBACKEND", "Agg")


def test_the_alternative_text_tells_the_weight():
    weight = attention_weights(Q, K)[2, 3].item()
    block = why_this_weight(Q, K, V, query=2, key=3, keys=list("abcde"))
    assert f"Why query 2 gives weight {weight:.3g} to key d" in block.alt and block.png


@pytest.mark.parametrize(
    ("change", "error", "sentence"),
    [
        (
            dict(q=Q[None]),
            ValueError,
            r"q must have shape \(length, width\); got \(1, 3, 4\): pick one of the batch",
        ),
        (dict(k=K[:, :3]), ValueError, "q has width 4 but k has width 3"),
        (dict(v=V[:4]), ValueError, "each key needs a value, but there are 5 keys and 4 values"),
        (dict(v=torch.ones(5, 17)), ValueError, "v has width 17, but only 16 can be read"),
        (
            dict(k=torch.ones(25, 4), v=torch.ones(25, 2)),
            ValueError,
            "there are 25 keys, but only 24 can be read",
        ),
        (dict(mask=causal_mask(3)), ValueError, r"mask has shape \(3, 3\), which does not fit"),
        (dict(mask=torch.ones(3, 5)), TypeError, "mask must be boolean, True where attending is allowed"),
        (dict(keys=["a"]), ValueError, "there are 5 keys but 1 names for them"),
        (dict(query=3), ValueError, "query must be from 0 to 2; got 3"),
        (dict(q=Q * torch.nan), ValueError, "q must be finite, but 12 entries are NaN"),
    ],
)
def test_wrong_use_is_named(change, error, sentence):
    with pytest.raises(error, match=sentence):
        why_this_weight(**{**dict(q=Q, k=K, v=V), **change})
