"""CvT: the published sizes, parity with transformers stage by stage, and its attention again in loops."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from course.layers import QuickGELU, StochasticDepth
from course.vision.cvt import ConvolutionalAttention, ConvolutionalEmbedding, ConvolutionalLayer, CvT, build


def small(**options):
    torch.manual_seed(0)
    sizes = dict(dims=(4, 8, 12), heads=(1, 2, 3), depths=(1, 2, 3), classes=5)
    return randomise(CvT(**{**sizes, **options}))


def randomise(model):
    """Weights large enough that attention is far from uniform, and norms that are not the identity."""
    for parameter in model.parameters():
        nn.init.normal_(parameter, std=0.4)
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.normal_(module.running_mean, std=0.3)
            nn.init.uniform_(module.running_var, 0.5, 1.5)
    return model


def images(H=32, W=32, channels=3, batch=2):
    return torch.randn(batch, channels, H, W, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize(
    ("variant", "expected"), [("13", 19_997_480), ("21", 31_622_696), ("W24", 277_196_392)]
)
def test_parameters(variant, expected):
    with torch.device("meta"):
        model, record = build(variant), {}
        logits = model(torch.empty(2, 3, 224, 224), record)
    assert sum(p.numel() for p in model.parameters()) == expected
    assert logits.shape == (2, 1000)
    assert [map.shape[-1] for map in record["maps"]] == [56, 28, 14]
    assert len(record["weights"]) == len(record["tokens"]) - 1 == int(variant.removeprefix("W"))


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("size", [(32, 32), (45, 64)])
def test_equals_transformers(size, training):
    """With the exact GELU in place of ours, since that is what transformers computes.

    In float64: a batch norm that trains on four places divides by what may be next to nothing.
    """
    transformers = pytest.importorskip("transformers")
    config = transformers.CvtConfig(
        embed_dim=[4, 8, 12],
        num_heads=[1, 2, 3],
        depth=[1, 2, 3],
        drop_rate=[0.0, 0.0, 0.0],
        drop_path_rate=[0.0, 0.0, 0.0],
        num_labels=5,
    )
    theirs, ours, record = transformers.CvtForImageClassification(config), small(), {}
    copy_weights(ours, theirs)
    ours.double().train(training)
    theirs.double().train(training)
    x = images(*size).double()
    quick = ours(x)
    for module in ours.modules():
        if isinstance(module, ConvolutionalLayer):
            module.mlp.activation = nn.GELU()
    copy_weights(ours, theirs)  # the running statistics have moved, in training
    with torch.no_grad():
        logits = ours(x, record)
        expected = theirs(x, output_hidden_states=True)
    mine, others = [*record["maps"], logits], [*expected.hidden_states, expected.logits]
    for ours_, theirs_ in zip(mine, others, strict=True):
        torch.testing.assert_close(ours_, theirs_, atol=1e-9, rtol=1e-9)
    assert (quick - logits).abs().max() > 1e-4  # QuickGELU is another function


def copy_weights(ours, theirs):
    theirs.cvt.encoder.stages[-1].cls_token.data.copy_(ours.cls)
    pairs = [(ours.norm, theirs.layernorm), (ours.head, theirs.classifier)]
    for embedding, layers, stage in zip(ours.embeddings, ours.stages, theirs.cvt.encoder.stages):
        their_embedding = stage.embedding.convolution_embeddings
        pairs.append((embedding.projection, their_embedding.projection))
        pairs.append((embedding.norm, their_embedding.normalization))
        for layer, their in zip(layers, stage.layers, strict=True):
            a, b = layer.attention, their.attention.attention
            for name in ("query", "key", "value"):
                convolution = getattr(b, f"convolution_projection_{name}").convolution_projection
                pairs.append((getattr(a, f"{name}_map").depthwise, convolution.convolution))
                pairs.append((getattr(a, f"{name}_map").norm, convolution.normalization))
                pairs.append((getattr(a, name), getattr(b, f"projection_{name}")))
            pairs.append((a.output, their.attention.output.dense))
            pairs.append((layer.mlp.expand, their.intermediate.dense))
            pairs.append((layer.mlp.contract, their.output.dense))
            pairs.append((layer.norm1, their.layernorm_before))
            pairs.append((layer.norm2, their.layernorm_after))
    for mine, other in pairs:
        other.load_state_dict(mine.state_dict())
    copied = sum(p.numel() for mine, _ in pairs for p in mine.parameters()) + ours.cls.numel()
    assert copied == sum(p.numel() for p in theirs.parameters())


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 5), st.integers(1, 5), st.integers(1, 3), st.integers(0, 1), st.integers(0, 1000))
def test_attention_by_loops(H, W, heads, extra, seed):
    """In float64, from equation 2 and the authors' scale: the output, and the weights on the way."""
    dim, D = 2 * heads, 2
    torch.manual_seed(seed)
    attention = randomise(ConvolutionalAttention(dim, heads, extra)).double().eval()
    x = torch.randn(1, extra + H * W, dim, dtype=torch.float64)
    p = {name: value.numpy() for name, value in attention.state_dict().items()}

    def projected(name, stride):
        patches = x[0, extra:].numpy().reshape(H, W, dim)
        padded = np.pad(patches, ((1, 1), (1, 1), (0, 0)))
        rows = [x[0, i].numpy() for i in range(extra)]
        mean, var = p[f"{name}_map.norm.running_mean"], p[f"{name}_map.norm.running_var"]
        for i in range(0, H, stride):
            for j in range(0, W, stride):
                window = padded[i : i + 3, j : j + 3]  # (3, 3, dim)
                kernel = p[f"{name}_map.depthwise.weight"][:, 0].transpose(1, 2, 0)
                y = ((window * kernel).sum((0, 1)) - mean) / np.sqrt(var + 1e-5)
                rows.append(y * p[f"{name}_map.norm.weight"] + p[f"{name}_map.norm.bias"])
        return np.stack(rows) @ p[f"{name}.weight"].T + p[f"{name}.bias"]

    q, k, v = projected("query", 1), projected("key", 2), projected("value", 2)
    weights = np.zeros((heads, len(q), len(k)))
    output = np.zeros((len(q), dim))
    for h in range(heads):
        part = slice(h * D, (h + 1) * D)
        for i in range(len(q)):
            scores = np.array([q[i, part] @ k[j, part] for j in range(len(k))]) / np.sqrt(dim)
            weights[h, i] = np.exp(scores - scores.max()) / np.exp(scores - scores.max()).sum()
            output[i, part] = weights[h, i] @ v[:, part]
    record = {}
    with torch.no_grad():
        recorded, fused = attention(x, (H, W), record), attention(x, (H, W))
    expected = output @ p["output.weight"].T + p["output.bias"]
    np.testing.assert_allclose(record["weights"][0][0], weights, atol=1e-10)
    np.testing.assert_allclose(recorded[0], expected, atol=1e-10)
    np.testing.assert_allclose(fused[0], expected, atol=1e-10)


def test_cls_goes_around_the_convolutions():
    """Its query is a linear function of itself: moving the patches does not move what it asks for."""
    attention = randomise(ConvolutionalAttention(6, 3, extra=1)).eval()
    x = torch.randn(2, 1 + 12, 6)
    q = attention.query_map(x, (3, 4))
    assert torch.equal(q[:, 0], x[:, 0])
    assert not torch.allclose(q[:, 1:], x[:, 1:])
    assert attention.key_map(x, (3, 4)).shape == (2, 1 + 2 * 2, 6)


def test_fused_equals_recorded():
    model, record = small().eval(), {}
    torch.testing.assert_close(model(images()), model(images(), record), atol=1e-5, rtol=1e-5)
    assert [w.shape[1:] for w in record["weights"]] == [(1, 64, 16), *[(2, 16, 4)] * 2, *[(3, 5, 2)] * 3]
    assert [t.shape[1:] for t in record["tokens"]] == [*[(64, 4)] * 2, *[(16, 8)] * 2, *[(5, 12)] * 3]
    for weights in record["weights"]:
        torch.testing.assert_close(weights.sum(-1), torch.ones(weights.shape[:-1]))


@pytest.mark.parametrize(("stride", "sides"), [(1, [32, 16, 8]), (2, [16, 8, 4]), (4, [8, 4, 2])])
def test_the_stride_decides_the_resolution(stride, sides):
    record = {}
    small(stride=stride).eval()(images(), record)
    assert [map.shape[-2:] for map in record["maps"]] == [(side, side) for side in sides]


def test_the_embedding_normalises_each_token():
    embedding = ConvolutionalEmbedding(3, 16, kernel=7, stride=4)
    x, grid = embedding(images(32, 64))
    assert grid == (8, 16)
    assert x.shape == (2, 8 * 16, 16)
    torch.testing.assert_close(x.mean(-1), torch.zeros(2, 8 * 16), atol=1e-5, rtol=0)


def test_features_are_the_normalised_cls():
    model, record = small().eval(), {}
    features = model.features(images(), record)
    assert features.shape == (2, 12)
    torch.testing.assert_close(features, model.norm(record["tokens"][-1][:, 0]))
    torch.testing.assert_close(model(images()), model.head(features), atol=1e-5, rtol=1e-5)
    assert isinstance(small(classes=0).head, nn.Identity)


def test_stochastic_depth_is_in_the_last_stage_alone():
    model = small(depths=(2, 1, 3), drop_path=0.2)
    rates = [
        [part.rate for part in layer.modules() if isinstance(part, StochasticDepth)]
        for layers in model.stages
        for layer in layers
    ]
    assert rates == [[rate, rate] for rate in (0, 0, 0, 0, 0.1, 0.2)]


def test_quick_gelu():
    assert all(isinstance(layer.mlp.activation, QuickGELU) for layers in small().stages for layer in layers)


@pytest.mark.parametrize(
    ("wrong", "error", "message"),
    [
        (lambda m: m(images(channels=1)), ValueError, "images have 1 channels but this layer was made for 3"),
        (lambda m: m(images()[0]), ValueError, "images must have shape"),
        (lambda m: m(images().int()), TypeError, "floating-point numbers; got int32"),
        (lambda m: m(images().double()), TypeError, "must have the same dtype"),
        (lambda m: m(images().to("meta")), RuntimeError, "must be on the same device"),
        (lambda m: m(images(1, 1)), ValueError, "images must be at least 3 × 3 pixels; got 1 × 1"),
        (lambda m: small(dims=(8, 8)), ValueError, "needs one of each; got 2 dims, 3 heads, 3 depths"),
        (lambda m: small(dims=(4, 9, 12)), ValueError, "dim 9 is not divisible by heads 2"),
        (lambda m: small(depths=(1, 0, 1)), ValueError, r"depths\[1\] must be"),
        (lambda m: small(stride=0), ValueError, "stride must be"),
        (lambda m: small(drop_path=-0.1), ValueError, "rate must be"),
        (lambda m: ConvolutionalAttention(4, 2, extra=2), ValueError, "must be 0 or 1; got 2"),
        (
            lambda m: ConvolutionalAttention(4, 2, extra=1)(torch.ones(1, 6, 4), (2, 3)),
            ValueError,
            "x has 6 tokens, which are not 1 and a grid of 2 × 3 patches",
        ),
        (lambda m: ConvolutionalAttention(4, 2)(torch.ones(1, 6, 5), (2, 3)), ValueError, "x has width 5"),
        (lambda m: build("12"), ValueError, "there is no variant '12'; there are '13', '21', 'W24'"),
    ],
)
def test_wrong_use(wrong, error, message):
    with pytest.raises(error, match=message):
        wrong(small())
