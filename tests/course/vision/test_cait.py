"""CaiT: talking heads and class attention against loops in NumPy, and the whole built up from its layers."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from course.vision import cait
from course.vision.cait import CaiT, ClassLayer, TalkingHeads, TrunkLayer

COUNTS = {
    "XXS24": 11_956_264,
    "XXS36": 17_299_720,
    "XS24": 26_560_648,
    "XS36": 38_557_432,
    "S24": 46_916_200,
    "S36": 68_220_712,
    "S48": 89_525_224,
    "M24": 185_850_088,
    "M36": 270_929_512,
    "M48": 356_008_936,
}
FINE_TUNED = {("XS24", 384): 26_670_088, ("S36", 384): 68_366_632, ("M36", 384): 271_221_352}
FINE_TUNED["M48", 448] = 356_460_520
SMALL = dict(image_size=12, patch=4, dim=12, depth=3, heads=3, hidden=20, classes=7)


def randomised(model):
    """The same model with no parameter at zero or one, so that each has a say in the output."""
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.3 * torch.randn(parameter.shape, generator=generator))
    return model.eval()


@pytest.fixture
def small():
    torch.manual_seed(0)
    return randomised(CaiT(**SMALL))


@pytest.fixture
def images():
    return torch.randn(2, 3, 12, 12, generator=torch.Generator().manual_seed(1))


# --- Sizes ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("variant", COUNTS)
def test_number_of_parameters(variant):
    assert set(COUNTS) == set(cait.VARIANTS)
    with torch.device("meta"):
        model = cait.build(variant)
    assert sum(p.numel() for p in model.parameters()) == COUNTS[variant]


@pytest.mark.parametrize(("variant", "side"), FINE_TUNED)
def test_number_of_parameters_at_the_resolution_of_fine_tuning(variant, side):
    with torch.device("meta"):
        model = cait.build(variant, image_size=side)
    assert sum(p.numel() for p in model.parameters()) == FINE_TUNED[variant, side]


@pytest.mark.parametrize(("variant", "scale"), [("XXS36", 1e-5), ("S24", 1e-5), ("S36", 1e-6), ("M48", 1e-6)])
def test_layer_scale_and_stochastic_depth_of_the_variants(variant, scale):
    model = cait.build(variant, dim=8, heads=2, hidden=8, image_size=32, classes=3, drop_path=0.1)
    gammas = [p for name, p in model.named_parameters() if name.endswith("gamma")]
    assert len(gammas) == 2 * (len(model.layers) + 2)
    assert all(torch.equal(gamma, torch.full((8,), scale)) for gamma in gammas)
    for layer in model.layers:
        assert layer.after_attention[1].rate == layer.after_mlp[0].rate == 0.1  # the same in every layer
    for layer in model.class_layers:
        assert layer.after_attention[1].rate == layer.after_mlp[0].rate == 0


# --- Loops ---------------------------------------------------------------------------------------------


def linear(layer, x):
    return x @ layer.weight.detach().double().numpy().T + layer.bias.detach().double().numpy()


def layer_norm(layer, x):
    normalised = (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 1e-6)
    return normalised * layer.weight.detach().double().numpy() + layer.bias.detach().double().numpy()


def mlp(layer, x):
    hidden = linear(layer.expand, x)
    return linear(layer.contract, 0.5 * hidden * (1 + np.vectorize(math.erf)(hidden / math.sqrt(2))))


def softmax(row):
    exponentials = np.exp(row - row.max())
    return exponentials / exponentials.sum()


def scores_by_loops(layer, queries, x):
    """One sequence: (Lq, dim) and (N, dim) -> (h, Lq, N)"""
    h, D = layer.heads, x.shape[1] // layer.heads
    q, k = linear(layer.query, queries), linear(layer.key, x)
    scores = np.zeros((h, len(q), len(k)))
    for head in range(h):
        own = slice(head * D, (head + 1) * D)
        for i in range(len(q)):
            for j in range(len(k)):
                scores[head, i, j] = q[i, own] @ k[j, own] / math.sqrt(D)
    return scores


def weigh_by_loops(layer, weights, x):
    """One sequence: (h, Lq, N) and (N, dim) -> (Lq, dim)"""
    D = x.shape[1] // layer.heads
    v, y = linear(layer.value, x), np.zeros((weights.shape[1], x.shape[1]))
    for head in range(layer.heads):
        own = slice(head * D, (head + 1) * D)
        for i in range(weights.shape[1]):
            for j in range(len(x)):
                y[i, own] += weights[head, i, j] * v[j, own]
    return linear(layer.output, y)


def talking_heads_by_loops(layer, x):
    """One sequence: (N, dim) -> the output (N, dim), the softmax and what it is mixed to, (h, N, N) each"""
    scores = scores_by_loops(layer, x, x)
    h, N = layer.heads, len(x)
    P_l, b_l = (p.detach().double().numpy() for p in (layer.mix_scores.weight, layer.mix_scores.bias))
    P_w, b_w = (p.detach().double().numpy() for p in (layer.mix_weights.weight, layer.mix_weights.bias))
    weights, mixed = np.zeros((h, N, N)), np.zeros((h, N, N))
    for head in range(h):
        for i in range(N):
            weights[head, i] = softmax(sum(P_l[head, g] * scores[g, i] for g in range(h)) + b_l[head])
    for head in range(h):
        mixed[head] = sum(P_w[head, g] * weights[g] for g in range(h)) + b_w[head]
    return weigh_by_loops(layer, mixed, x), weights, mixed


def class_layer_by_loops(layer, x):
    """One sequence: (1 + N, dim) -> CLS afterwards (dim,), and its weights (h, 1, 1 + N)"""
    gamma1, gamma2 = (b[-1].gamma.detach().double().numpy() for b in (layer.after_attention, layer.after_mlp))
    memory = layer_norm(layer.norm1, x)
    scores = scores_by_loops(layer.attention, memory[:1], memory)
    weights = np.stack([softmax(scores[head, 0])[None] for head in range(len(scores))])
    cls = x[0] + gamma1 * weigh_by_loops(layer.attention, weights, memory)[0]
    return cls + gamma2 * mlp(layer.mlp, layer_norm(layer.norm2, cls)), weights


def trunk_layer_by_loops(layer, x):
    gamma1, gamma2 = (b[-1].gamma.detach().double().numpy() for b in (layer.after_attention, layer.after_mlp))
    y, weights, mixed = talking_heads_by_loops(layer.attention, layer_norm(layer.norm1, x))
    x = x + gamma1 * y
    return x + gamma2 * mlp(layer.mlp, layer_norm(layer.norm2, x)), weights, mixed


def close(ours, theirs):
    torch.testing.assert_close(ours.double(), torch.as_tensor(theirs), atol=1e-5, rtol=1e-4)


few = st.integers(min_value=1, max_value=4)


@torch.no_grad()
@settings(max_examples=30, deadline=None)
@given(few, st.integers(1, 6), few, few, st.integers(0, 10_000))
def test_talking_heads_against_loops(B, N, heads, width, seed):
    torch.manual_seed(seed)
    layer = randomised(TalkingHeads(heads * width, heads))
    x, record = torch.randn(B, N, heads * width), {}
    y = layer(x, record=record)
    for b in range(B):
        expected, weights, mixed = talking_heads_by_loops(layer, x[b].double().numpy())
        close(y[b], expected)
        close(record["weights"][0][b], weights)
        close(record["mixed_weights"][0][b], mixed)
    assert torch.equal(layer(x), y)  # there is one path only


@torch.no_grad()
@settings(max_examples=30, deadline=None)
@given(few, st.integers(1, 6), few, few, st.integers(0, 10_000))
def test_class_attention_against_loops(B, N, heads, width, seed):
    torch.manual_seed(seed)
    layer = randomised(ClassLayer(heads * width, heads, 5))
    x, record = torch.randn(B, 1 + N, heads * width), {}
    y = layer(x, record=record)
    assert torch.equal(y[:, 1:], x[:, 1:])  # the patches leave as they came
    for b in range(B):
        cls, weights = class_layer_by_loops(layer, x[b].double().numpy())
        close(y[b, 0], cls)
        close(record["class_weights"][0][b], weights)
    torch.testing.assert_close(layer(x), y, atol=1e-5, rtol=1e-4)  # fused


@torch.no_grad()
def test_the_whole_model_against_loops(small, images):
    record = {}
    logits = small(images, record)
    shapes = {name: [tuple(tensor.shape) for tensor in tensors] for name, tensors in record.items()}
    assert shapes == {
        "tokens": 4 * [(2, 9, 12)],
        "weights": 3 * [(2, 3, 9, 9)],
        "mixed_weights": 3 * [(2, 3, 9, 9)],
        "class_tokens": 2 * [(2, 1, 12)],
        "class_weights": 2 * [(2, 3, 1, 10)],
    }
    close(record["tokens"][0], (small.embedding(images) + small.position.table).double())
    for b in range(2):
        x = record["tokens"][0][b].double().numpy()
        for number, layer in enumerate(small.layers):
            x, weights, mixed = trunk_layer_by_loops(layer, x)
            close(record["tokens"][number + 1][b], x)
            close(record["weights"][number][b], weights)
            close(record["mixed_weights"][number][b], mixed)
        cls = small.cls[0, 0].double().numpy()
        for number, layer in enumerate(small.class_layers):
            cls, weights = class_layer_by_loops(layer, np.concatenate([cls[None], x]))
            close(record["class_tokens"][number][b, 0], cls)
            close(record["class_weights"][number][b], weights)
        close(logits[b], linear(small.head, layer_norm(small.norm, cls)))


# --- Properties ----------------------------------------------------------------------------------------


@torch.no_grad()
def test_heads_that_do_not_talk_are_multi_head_attention():
    torch.manual_seed(0)
    layer, x = randomised(TalkingHeads(12, 3)), torch.randn(2, 5, 12)
    for mix in (layer.mix_scores, layer.mix_weights):
        mix.weight.copy_(torch.eye(3))
        mix.bias.zero_()
    plain = cait.MultiHeadAttention(12, 3)
    plain.load_state_dict({n: t for n, t in layer.state_dict().items() if not n.startswith("mix_")})
    torch.testing.assert_close(layer(x), plain(x), atol=1e-5, rtol=1e-4)


@torch.no_grad()
def test_a_bias_on_the_scores_of_a_head_changes_nothing():
    """The softmax does not see what is added to a whole row: only the matrix of P_l has a say."""
    torch.manual_seed(0)
    layer, x = randomised(TalkingHeads(12, 3)), torch.randn(2, 5, 12)
    before = layer(x)
    layer.mix_scores.bias.add_(3.0)
    torch.testing.assert_close(layer(x), before, atol=1e-5, rtol=1e-4)


@torch.no_grad()
def test_starts_close_to_the_identity():
    torch.manual_seed(0)
    for layer in (TrunkLayer(12, 3, 20, layer_scale=1e-5), ClassLayer(12, 3, 20, layer_scale=1e-5)):
        x = torch.randn(2, 5, 12)
        torch.testing.assert_close(layer(x), x, atol=1e-4, rtol=0)


@torch.no_grad()
def test_dropout_acts_on_the_mixed_weights_in_training_only():
    torch.manual_seed(0)
    layer, x = randomised(TalkingHeads(12, 3, dropout=0.5)), torch.randn(2, 5, 12)
    assert torch.equal(layer(x), layer(x))
    layer.train()
    assert not torch.allclose(layer(x), layer(x))


@torch.no_grad()
def test_positions_are_interpolated(small):
    assert small.position.table.shape == (1, 9, 12)  # patches only
    record = {}
    assert small(torch.randn(2, 3, 20, 8), record).shape == (2, 7)
    assert record["tokens"][0].shape == (2, 10, 12)


@torch.no_grad()
def test_the_trunk_does_not_know_the_cls_token(small, images):
    before, after = {}, {}
    small(images, before)
    small.cls.add_(1.0)
    small(images, after)
    assert all(torch.equal(*pair) for pair in zip(before["tokens"], after["tokens"], strict=True))
    assert not torch.allclose(before["class_tokens"][-1], after["class_tokens"][-1], atol=1e-2)


@torch.no_grad()
def test_features_are_what_the_head_sees(small, images):
    torch.testing.assert_close(small(images), small.head(small.features(images)))
    torch.testing.assert_close(small(images), small(images, record={}), atol=1e-5, rtol=1e-4)
    headless = CaiT(**{**SMALL, "classes": 0}).eval()
    headless.load_state_dict({n: t for n, t in small.state_dict().items() if not n.startswith("head.")})
    torch.testing.assert_close(headless(images), small.features(images))


def test_every_parameter_learns(small, images):
    small.train()(images).square().sum().backward()
    for name, parameter in small.named_parameters():
        assert parameter.grad is not None, name
        if not name.endswith(("key.bias", "mix_scores.bias")):  # what is added to a whole row of scores
            assert parameter.grad.abs().max() > 1e-7, name


# --- Wrong use -----------------------------------------------------------------------------------------


def test_wrong_use_is_named(small):
    with pytest.raises(ValueError, match="an image of 12 × 13 pixels cannot be cut into patches of 4 × 4"):
        small(torch.randn(1, 3, 12, 13))
    with pytest.raises(TypeError, match="images must be a tensor of floating-point numbers; got uint8"):
        small(torch.zeros(1, 3, 12, 12, dtype=torch.uint8))
    with pytest.raises(ValueError, match="talking heads take no mask: their second mixing would undo it"):
        TalkingHeads(12, 3)(torch.randn(2, 5, 12), mask=torch.ones(5, 5, dtype=torch.bool))
    with pytest.raises(ValueError, match="x has width 11 but this layer was made for width 12"):
        ClassLayer(12, 3, 20)(torch.randn(2, 5, 11))
    with pytest.raises(ValueError, match="there is no variant 'L24'; there are 'XXS24', "):
        cait.build("L24")


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        (dict(image_size=13), "image_size 13 is not divisible by patch 4"),
        (dict(heads=5), "dim 12 is not divisible by heads 5"),
        (dict(class_depth=0), "class_depth must be a whole number of at least 1; got 0"),
        (dict(drop_path=1.0), "drop_path must be at least 0 and below 1; got 1.0"),
    ],
)
def test_sizes_that_do_not_fit_are_named(wrong, sentence):
    with pytest.raises(ValueError, match=sentence):
        CaiT(**{**SMALL, **wrong})


def test_large_products_fit_into_float16():
    layer = TalkingHeads(64, 1).eval()
    q = torch.full((1, 1, 2, 64), 64.0).half()  # their product is 262,144, and divided by √D 32,768
    with torch.no_grad():
        weights = layer.half().attend(q, q, q, None, record := {}, "weights")
    assert weights.isfinite().all() and record["weights"][0].isfinite().all()
