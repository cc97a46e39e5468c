"""Local attention against a loop over windows, and what makes it a stand-in for a convolution."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from course.vision.standalone import (
    VARIANTS,
    AttentionStem,
    FullAttentionResNet,
    StandAloneAttention,
    StandAloneResNet,
    build,
)
from course.vision.windows import inside, windows

COUNTS = {
    "26": 10_342_632,
    "38": 14_190_632,
    "50": 18_038_632,
    "Full-26": 10_334_568,
    "Full-38": 14_182_568,
    "Full-50": 18_030_568,
}


def images(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def randomised(model, seed=0):
    """All parameters and statistics random: a γ of 0 would hide a mistake."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, tensor in [*model.named_parameters(), *model.named_buffers()]:
            if tensor.is_floating_point():
                tensor.copy_(0.7 * torch.randn(tensor.shape, generator=generator))
                if name.endswith("running_var"):
                    tensor.abs_().add_(0.5)
    return model.eval()


def numpy(tensor):
    return tensor.detach().double().numpy()


def softmax(logits):
    e = np.exp(logits - logits.max())
    return e / e.sum()


# --- Windows -------------------------------------------------------------------------------------------


@settings(max_examples=25, deadline=None)
@given(st.sampled_from([1, 3, 5]), st.integers(1, 3), st.integers(1, 6), st.integers(1, 6))
def test_windows_hold_the_pixels_around_and_zeros_beyond(k, stride, H, W):
    x = images(2, 3, H, W)
    got, real = windows(x, k, stride), inside(H, W, k, stride)
    middles = [(i, j) for i in range(0, H, stride) for j in range(0, W, stride)]
    assert got.shape == (2, 3, k * k, len(middles)) and real.shape == (len(middles), k * k)
    for n, (i, j) in enumerate(middles):
        for number, (di, dj) in enumerate(np.ndindex(k, k)):
            a, b = i + di - k // 2, j + dj - k // 2
            if 0 <= a < H and 0 <= b < W:
                assert real[n, number] and torch.equal(got[:, :, number, n], x[:, :, a, b])
            else:
                assert not real[n, number] and (got[:, :, number, n] == 0).all()


def test_a_window_has_a_middle():
    with pytest.raises(ValueError, match="kernel must be odd, so that it has a middle; got 4"):
        windows(images(1, 1, 5, 5), 4)


# --- The layer -----------------------------------------------------------------------------------------


def slowly(layer, image):
    """Equation 3 for one image (C, H, W) -> the output (C, H, W) and the weights (heads, H·W, k²)"""
    C, H, W = image.shape
    h, K = layer.heads, layer.kernel
    D = C // h
    q, k, v = (
        np.einsum("dc,cyx->dyx", numpy(projection.weight)[:, :, 0, 0], image)
        for projection in (layer.query, layer.key, layer.value)
    )
    rows, columns = numpy(layer.rows), numpy(layer.columns)
    out, weights = np.zeros((C, H, W)), np.zeros((h, H * W, K * K))
    for head in range(h):
        mine = slice(head * D, (head + 1) * D)
        for i in range(H):
            for j in range(W):
                places, logits = [], []
                for a in range(max(0, i - K // 2), min(H, i + K // 2 + 1)):
                    for b in range(max(0, j - K // 2), min(W, j + K // 2 + 1)):
                        down, right = a - i + K // 2, b - j + K // 2
                        r = np.concatenate([rows[head, :, down], columns[head, :, right]])
                        logits.append(q[mine, i, j] @ k[mine, a, b] + q[mine, i, j] @ r)
                        places.append((a, b, down * K + right))
                for weight, (a, b, number) in zip(softmax(np.array(logits)), places):
                    weights[head, i * W + j, number] = weight
                    out[mine, i, j] += weight * v[mine, a, b]
    return out, weights


@settings(max_examples=25, deadline=None)
@given(
    st.integers(1, 2),
    st.integers(1, 3),
    st.integers(1, 2),
    st.sampled_from([1, 3, 5, 7]),
    st.integers(1, 5),
    st.integers(1, 5),
    st.integers(0, 1000),
)
def test_equals_the_equation_written_as_a_loop(B, heads, half, kernel, H, W, seed):
    C = 2 * half * heads
    layer = randomised(StandAloneAttention(C, heads, kernel), seed)
    x, record = images(B, C, H, W, seed=seed), {}
    y = layer(x, record)
    (weights,) = record["weights"]
    for b in range(B):
        expected, expected_weights = slowly(layer, numpy(x[b]))
        np.testing.assert_allclose(numpy(y[b]), expected, atol=1e-5, rtol=1e-4)
        np.testing.assert_allclose(numpy(weights[b]), expected_weights, atol=1e-5)
    torch.testing.assert_close(weights.sum(-1), torch.ones(weights.shape[:-1]))  # at the border, too
    torch.testing.assert_close(layer(x), y)


@settings(max_examples=15, deadline=None)
@given(st.integers(-2, 2), st.integers(-2, 2), st.integers(0, 1000))
def test_moves_with_the_image_away_from_the_border(down, right, seed):
    layer, x = randomised(StandAloneAttention(8, 2, 3), seed), images(1, 8, 9, 10, seed=seed)
    moved = layer(x.roll((down, right), (2, 3)))
    middle = (..., slice(3, 6), slice(3, 7))  # 2 moves and 1 of the window away from what wraps around
    torch.testing.assert_close(moved[middle], layer(x).roll((down, right), (2, 3))[middle])


def test_a_window_of_one_pixel_is_the_value_projection():
    layer, x = randomised(StandAloneAttention(12, 3, 1)), images(2, 12, 4, 5)
    torch.testing.assert_close(layer(x), layer.value(x))


def test_knows_where_a_neighbour_lies():
    """With r turned off a window is a set, and turning it by 180° changes nothing in its middle."""
    layer, x = randomised(StandAloneAttention(8, 2, 3)), images(1, 8, 3, 3)
    turned = x.flip(2, 3)
    assert not torch.allclose(layer(x)[..., 1, 1], layer(turned)[..., 1, 1])
    with torch.no_grad():
        layer.rows.zero_()
        layer.columns.zero_()
    torch.testing.assert_close(layer(x)[..., 1, 1], layer(turned)[..., 1, 1])


def test_stride_is_an_average_behind_the_attention():
    layer = randomised(StandAloneAttention(8, 2, 3, stride=2))
    x = images(2, 8, 5, 4)
    plain = StandAloneAttention(8, 2, 3).eval()
    plain.load_state_dict(layer.state_dict())
    y = layer(x)
    assert y.shape == (2, 8, 3, 2)
    torch.testing.assert_close(y[:, :, 0, 0], plain(x)[:, :, :2, :2].mean((2, 3)))
    torch.testing.assert_close(y[:, :, 2, 1], plain(x)[:, :, 4, 2:].mean(2))  # the odd row by itself


# --- The stem ------------------------------------------------------------------------------------------


def test_stem_equals_its_equations_written_as_a_loop():
    stem, x, record = randomised(AttentionStem(3, 8, heads=2, mixtures=3)), images(2, 3, 8, 12), {}
    y = stem(x, record)
    (weights,) = record["weights"]
    assert y.shape == (2, 8, 2, 3) and weights.shape == (2, 2, 6, 16, 16)
    torch.testing.assert_close(weights.sum(-1), torch.ones(2, 2, 6, 16))
    rows, columns, nu = numpy(stem.rows), numpy(stem.columns), numpy(stem.mixture)
    W_Q, W_K, W_V = numpy(stem.query.weight)[..., 0, 0], numpy(stem.key.weight)[..., 0, 0], numpy(stem.values)
    mean, variance = numpy(stem.norm.running_mean), numpy(stem.norm.running_var)
    gamma, beta = numpy(stem.norm.weight), numpy(stem.norm.bias)
    for b, block_row, block_column in np.ndindex(2, 2, 3):
        block = numpy(x[b])[:, 4 * block_row : 4 * block_row + 4, 4 * block_column : 4 * block_column + 4]
        q, k, v = np.zeros((16, 8)), np.zeros((16, 8)), np.zeros((16, 8))
        for place, (a, c) in enumerate(np.ndindex(4, 4)):
            pixel, share = block[:, a, c], softmax((rows[a] + columns[c]) @ nu.T)
            q[place], k[place] = W_Q @ pixel, W_K @ pixel
            v[place] = sum(share[m] * W_V[m] for m in range(3)) @ pixel
        out = np.zeros((16, 8))
        for head, place in np.ndindex(2, 16):
            mine = slice(4 * head, 4 * head + 4)
            weight = softmax(k[:, mine] @ q[place, mine])
            got = numpy(weights[b, head, block_row * 3 + block_column, place])
            np.testing.assert_allclose(got, weight, atol=1e-5)
            out[place, mine] = weight @ v[:, mine]
        out = gamma * (out - mean) / np.sqrt(variance + stem.norm.eps) + beta
        np.testing.assert_allclose(numpy(y[b, :, block_row, block_column]), out.max(0), atol=1e-4)


# --- The network ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("variant", VARIANTS)
def test_number_of_parameters(variant):
    with torch.device("meta"):
        model = build(variant)
    assert sum(p.numel() for p in model.parameters()) == COUNTS[variant]


def test_number_of_parameters_by_formula():
    count = sum(p.numel() for p in StandAloneAttention(24, 3, 5).parameters())
    assert count == 3 * 24**2 + 5 * 24
    count = sum(p.numel() for p in AttentionStem(3, 16, mixtures=5).parameters())
    assert count == (2 + 5) * 3 * 16 + (8 + 5) * 16 // 4 + 2 * 16


@pytest.mark.parametrize("network", [StandAloneResNet, FullAttentionResNet])
def test_record_and_features(network):
    torch.manual_seed(0)
    model, x, record = randomised(network((1, 2), classes=5, width=16)), images(2, 3, 20, 24), {}
    logits = model(x, record)
    assert [tuple(m.shape) for m in record["maps"]] == [(2, 16, 5, 6), (2, 64, 5, 6), (2, 128, 3, 3)]
    shapes = [tuple(w.shape) for w in record["weights"]]
    stem = [(2, 4, 30, 16, 16)] if network is FullAttentionResNet else []
    assert shapes == [*stem, (2, 8, 30, 49), (2, 8, 30, 49), (2, 8, 9, 49)]
    torch.testing.assert_close(model(x), logits)
    features = model.features(x)
    torch.testing.assert_close(features, record["maps"][-1].mean((2, 3)))
    torch.testing.assert_close(model.head(features), logits)
    assert network((1,), classes=0, width=16)(x).shape == (2, 64)


def test_full_attention_has_no_convolution_larger_than_one_pixel():
    kernels = {m.kernel_size for m in build("Full-26", width=16).modules() if isinstance(m, torch.nn.Conv2d)}
    assert kernels == {(1, 1)}


def test_scores_start_near_variance_one():
    torch.manual_seed(0)
    for layer in StandAloneResNet((1,), classes=5).modules():
        if isinstance(layer, StandAloneAttention):
            q, k = layer.query(images(4, 64, 8, 8)), layer.key(images(4, 64, 8, 8, seed=1))
            scores = (q * k).unflatten(1, (8, 8)).sum(2)
            assert scores.var().item() == pytest.approx(1, rel=0.3)


def test_trains_compiles_and_runs_in_bfloat16():
    torch.manual_seed(0)
    model, x = FullAttentionResNet((1, 1), classes=5, width=16), images(2, 3, 16, 16)
    model(x).sum().backward()
    layer = torch.nn.Sequential(AttentionStem(3, 16), StandAloneAttention(16)).eval()
    compiled = torch.compile(layer, fullgraph=True, backend="eager")
    torch.testing.assert_close(compiled(x), layer(x))
    with torch.autocast("cpu", torch.bfloat16):
        assert model.eval()(x).isfinite().all()
        record = {}
        explicit = layer[1](images(1, 16, 3, 3), record)
        assert explicit.isfinite().all()


def test_wrong_use():
    with pytest.raises(ValueError, match="channels 10 is not divisible by heads 4"):
        StandAloneAttention(10, 4)
    with pytest.raises(ValueError, match="a head must have an even width, half for rows; got 9 / 3"):
        StandAloneAttention(9, 3)
    with pytest.raises(ValueError, match="kernel must be odd"):
        StandAloneAttention(8, 2, 6)
    with pytest.raises(ValueError, match="images have 4 channels but this layer was made for 8"):
        StandAloneAttention(8, 2)(images(1, 4, 5, 5))
    with pytest.raises(ValueError, match="an image of 9 × 8 pixels cannot be cut into blocks of 4 × 4"):
        AttentionStem(3, 8)(images(1, 3, 9, 8))
    with pytest.raises(TypeError, match="images must be a tensor of floating-point numbers"):
        StandAloneAttention(8, 2)(torch.zeros(1, 8, 3, 3, dtype=torch.int64))
    with pytest.raises(ValueError, match="there is no variant '101'"):
        build("101")
