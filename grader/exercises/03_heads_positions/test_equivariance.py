"""A test for "knows no order"

Write that test. It is handed a layer, a function of x, (L, d), that returns (L, d). Assert that **if the
tokens are shuffled, the outputs are shuffled in the same way**, and nothing else happens to them. Make inputs
of your own. It will be run on layers that know no order, and on others that hide it well.
"""

import math

import torch

from grader.exercise import PropertyTest


def layer(x):
    scores = x @ x.T / math.sqrt(x.shape[-1])  # (L, L)
    weights = scores.softmax(dim=-1)
    return weights @ x  # (L, d)


def test_equivariance(layer):
    """Raise AssertionError unless shuffled tokens give outputs shuffled alike."""
    x = torch.randn(7, 4)
    order = torch.tensor([3, 0, 6, 5, 1, 4, 2])  # the first does not stay; no pattern
    assert torch.allclose(layer(x[order]), layer(x)[order], atol=1e-5)


def several_heads(x):
    return torch.cat([layer(part) for part in x.chunk(2, dim=-1)], dim=-1)


def merged_wrongly(x):
    heads = torch.stack([layer(x), layer(x.flip(-1))])  # (2, L, d)
    return heads.reshape(x.shape[0], 2, -1).mean(1)  # should be transposed before


def ranked(x):
    return x[x.norm(dim=-1).argsort()]


def first_is_special(x):
    y = layer(x)
    return torch.cat([y[:1] + 1, y[1:]])


def ring(x):
    return layer(x) + x.roll(1, dims=0)


def near(x):
    place = torch.arange(len(x))
    bias = -(place[:, None] - place).abs() / 2  # (L, L)
    return (x @ x.T + bias).softmax(-1) @ x


LENGTH = "torch.arange(x.shape[0])[:, None]"
SETS = "The test rejects a layer that treats the tokens as a set, as attention does."

exercise = PropertyTest(
    test_equivariance,
    base=layer,
    right={
        "has two heads": (several_heads, SETS),
        "gives all tokens the same, their mean": (
            "scores.softmax(dim=-1) -> torch.ones_like(scores) / len(x)",
            SETS,
        ),
        "treats each token alone": ("weights @ x -> x.tanh()", SETS),
        "goes by distance": ("x @ x.T -> -torch.cdist(x, x)", SETS),
        "adds the token itself": "weights @ x -> x + weights @ x",
    },
    wrong={
        "The test asks for outputs that stay put. That is *in*variance; attention's outputs move along.": {
            "sorts its tokens, so that shuffling changes nothing at all": ranked,
        },
        "The test accepts attention with positions added, which knows the order.": {
            "adds positions": f"x @ x.T -> (x + ({LENGTH} / 3).sin()) @ (x + ({LENGTH} / 3).sin()).T",
            "adds positions to the output": f"weights @ x -> weights @ x + {LENGTH} / 10",
            "never looks ahead": "scores.softmax(dim=-1) -> "
            "scores.masked_fill(torch.ones_like(scores).triu(1) > 0, -math.inf).softmax(dim=-1)",
        },
        "The test accepts heads that are merged by a reshape alone.": {
            "merges heads wrongly": merged_wrongly
        },
        "The order it tries is special (turned round, moved along, two changed): try one without a "
        "pattern.": {
            "looks at how far apart tokens are, on a ring": (
                ring,
                "The test only moves all tokens along; a layer that looks at its neighbour passes it.",
            ),
            "favours near tokens": (
                near,
                "Distances survive turning the row round: a layer that favours near tokens passes.",
            ),
            "treats the first token apart": (
                first_is_special,
                "The order that the test tries leaves the first token in its place.",
            ),
        },
        "The test lets NaN through.": {"returns NaN": "weights @ x -> weights @ x * math.nan"},
    },
    points=4,
    difficulty=3,
    minutes=10,
    hints=[
        "Two ways to the same place: shuffle and then apply the layer, or apply it and then shuffle.",
        "order = torch.randperm(L) makes an order, x[order] is x shuffled by it.",
        "Compare layer(x[order]) with layer(x)[order], by torch.allclose with a tolerance. Use many "
        "tokens, so that a random order leaves few in their places, or try several.",
    ],
)
