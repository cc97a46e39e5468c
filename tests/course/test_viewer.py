"""The attention viewer: what crosses to the browser, and what it refuses."""

import base64
import zlib

import numpy as np
import pytest
import torch

from course.show import maps
from course.show.viewer import Attention, attention_viewer
from tests.course.crossed import data_of

IMAGE = np.linspace(0, 1, 60 * 40 * 3).reshape(60, 40, 3)


@pytest.fixture(autouse=True)
def no_window(monkeypatch):
    monkeypatch.setenv("MPLBACKEND", "Agg")


def random_weights(layers: int, heads: int, N: int, seed: int = 0) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return (2 * torch.randn(layers, heads, N, N, generator=generator)).softmax(-1)


def unpacked(array):
    sent = base64.b64decode(array["base64"])
    values = np.frombuffer(zlib.decompress(sent) if array["deflated"] else sent, dtype=array["dtype"])
    return values.reshape(array["shape"])


def rows(sent):
    levels, largest = unpacked(sent["levels"]), unpacked(sent["largest"])
    return levels / 255 * largest[..., None]


def test_weights_cross_as_bytes_within_a_500th_of_each_rows_largest():
    weights = random_weights(3, 2, 1 + 4 * 6)
    sent = data_of(attention_viewer(weights, IMAGE, (4, 6)))
    (model,) = sent["models"]
    assert model["raw"]["levels"]["dtype"] == "uint8"
    expected = weights.numpy()
    assert (np.abs(rows(model["raw"]) - expected) <= expected.max(-1, keepdims=True) / 500).all()
    rollout = maps.rollout(weights).numpy()
    assert (np.abs(rows(model["rollout"]) - rollout) <= rollout.max(-1, keepdims=True) / 500).all()
    np.testing.assert_allclose(unpacked(model["entropy"]), maps.entropy(weights).mean(-1), rtol=1e-5)
    np.testing.assert_allclose(unpacked(model["distance"]), maps.distance(weights, (4, 6), 1), rtol=1e-5)
    assert "gradient" not in model


def test_gradients_open_one_more_mode():
    weights = random_weights(2, 3, 6)
    gradients = torch.randn_like(weights)
    (model,) = data_of(attention_viewer(Attention(weights, gradients), IMAGE, (2, 3), ()))["models"]
    expected = maps.relevance(weights, gradients).numpy()
    assert (np.abs(rows(model["gradient"]) - expected) <= expected.max(-1, keepdims=True) / 500).all()


def test_a_vit_small_fits_in_three_megabytes():
    block = attention_viewer(random_weights(12, 6, 197), IMAGE, (14, 14))
    assert len(block.html) - len(block.png) <= 3e6  # the live part, beside the still image


def test_two_models_are_named():
    pair = [Attention(random_weights(1, 2, 7, seed), name=name) for seed, name in enumerate("ab")]
    block = attention_viewer(pair[0], IMAGE, (2, 3), other=pair[1])
    assert [model["name"] for model in data_of(block)["models"]] == ["a", "b"]
    assert "Attention of a and b: 1 layer of 2 heads over 2 × 3 patches." in block.alt


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (dict(attention=random_weights(1, 1, 7)[0]), r"must have shape \(layers, heads, queries, keys\)"),
        (dict(attention=random_weights(1, 1, 7).mT), "each row of attention must sum to one, over the keys"),
        (dict(grid=(3, 3)), r"about 7 tokens, but grid \(3, 3\) and extra 1 make 1 \+ 3 × 3 = 10"),
        (dict(extra=()), r"about 7 tokens, but grid \(2, 3\) and extra 0 make 2 × 3 = 6"),
        (dict(image=torch.randn(3, 8, 8)), "image must hold numbers from 0 to 1"),
        (
            dict(attention=torch.full((1, 1, 7, 7), torch.nan)),
            "attention must be finite, but 49 entries are NaN",
        ),
        (
            dict(other=Attention(random_weights(2, 1, 7), name="b")),
            r"head by head; got attention \(1, 1, 7, 7\) and b",
        ),
        (
            dict(attention=Attention(random_weights(1, 1, 7), torch.ones(1, 1, 6, 6))),
            "weights and gradients must have the same shape",
        ),
    ],
)
def test_wrong_use_is_named(arguments, sentence):
    given = dict(attention=random_weights(1, 1, 7), image=IMAGE, grid=(2, 3))
    with pytest.raises(ValueError, match=sentence):
        attention_viewer(**{**given, **arguments})
