"""Positions against their formulas in loops, resizing against bicubic weights by hand, and what PEG sees."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from course.position import ConditionalPosition, LearnedPosition, interpolate, sinusoidal, sinusoidal_2d

sizes = st.integers(min_value=1, max_value=6)
seeds = st.integers(0, 10_000)


def count(module):
    return sum(parameter.numel() for parameter in module.parameters())


# --- Sine and cosine -----------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 60), st.integers(1, 12), st.sampled_from([10_000.0, 100.0]))
def test_sinusoidal_is_the_papers_formula(L, half, base):
    D = 2 * half
    expected = np.zeros((L, D))
    for pos in range(L):
        for i in range(half):
            expected[pos, 2 * i] = math.sin(pos / base ** (2 * i / D))
            expected[pos, 2 * i + 1] = math.cos(pos / base ** (2 * i / D))
    encoding = sinusoidal(L, D, base)
    assert encoding.dtype == torch.float32
    np.testing.assert_allclose(encoding.numpy(), expected, atol=1e-6)


def test_sinusoidal_is_exact_far_out():
    """In float32 the angle 50,000 alone would be wrong by 0.002."""
    assert sinusoidal(50_001, 4)[-1, 0].item() == pytest.approx(math.sin(50_000), abs=1e-6)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 20), st.integers(0, 20), st.integers(1, 8))
def test_k_positions_further_is_a_rotation_that_depends_on_k_alone(pos, k, half):
    D = 2 * half
    rotation = np.zeros((D, D))
    for i in range(half):
        angle = k / 10_000 ** (2 * i / D)
        sine, cosine = math.sin(angle), math.cos(angle)
        rotation[2 * i : 2 * i + 2, 2 * i : 2 * i + 2] = [[cosine, sine], [-sine, cosine]]
    encoding = sinusoidal(50, D).double().numpy()
    np.testing.assert_allclose(encoding[pos + k], rotation @ encoding[pos], atol=1e-6)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 9), st.integers(1, 9), st.integers(1, 6))
def test_sinusoidal_2d_is_maes_in_loops(H, W, quarter):
    expected = np.zeros((H * W, 4 * quarter))
    for row in range(H):
        for column in range(W):
            for i in range(quarter):
                omega = 1 / 10_000 ** (i / quarter)
                parts = [f(at * omega) for at in (column, row) for f in (math.sin, math.cos)]
                for part in range(4):  # column's sines, column's cosines, row's sines, row's cosines
                    expected[row * W + column, part * quarter + i] = parts[part]
    np.testing.assert_allclose(sinusoidal_2d(H, W, 4 * quarter).numpy(), expected, atol=1e-6)


def test_sinusoidal_2d_is_what_transformers_mae_starts_with():
    mae = pytest.importorskip("transformers.models.vit_mae.modeling_vit_mae")
    embeddings = mae.ViTMAEEmbeddings(mae.ViTMAEConfig(image_size=40, patch_size=8, hidden_size=16))
    embeddings.initialize_weights()
    theirs = embeddings.position_embeddings[0, 1:]  # without CLS
    torch.testing.assert_close(sinusoidal_2d(5, 5, 16), theirs, atol=1e-6, rtol=0)


# --- Learned positions ---------------------------------------------------------------------------------


def resizing(n, m):
    """Cubic convolution (Keys 1981, a = −0.75), pixel centres at half: the matrix (m, n) of one axis."""

    def kernel(t, a=-0.75):
        t = abs(t)
        if t <= 1:
            return (a + 2) * t**3 - (a + 3) * t**2 + 1
        return a * t**3 - 5 * a * t**2 + 8 * a * t - 4 * a if t < 2 else 0.0

    matrix = np.zeros((m, n))
    for i in range(m):
        centre = (i + 0.5) * n / m - 0.5
        for tap in range(math.floor(centre) - 1, math.floor(centre) + 3):
            matrix[i, min(max(tap, 0), n - 1)] += kernel(centre - tap)
    return matrix


@settings(max_examples=40, deadline=None)
@given(sizes, sizes, sizes, sizes, st.integers(0, 2), seeds)
def test_learned_positions_are_resized_bicubically_and_extra_tokens_are_not(H, W, H2, W2, extra, seed):
    torch.manual_seed(seed)
    layer = LearnedPosition((H, W), 3, extra)
    assert count(layer) == (extra + H * W) * 3
    table = layer.table.detach().double().numpy()[0]
    image = np.einsum("ih,jw,hwd->ijd", resizing(H, H2), resizing(W, W2), table[extra:].reshape(H, W, 3))
    expected = np.concatenate([table[:extra], image.reshape(H2 * W2, 3)])
    x = torch.randn(2, extra + H2 * W2, 3)
    added = (layer(x, (H2, W2)) - x).detach().numpy()
    np.testing.assert_allclose(added, np.stack([expected] * 2), atol=1e-5)


def test_at_its_own_resolution_a_learned_position_is_added_as_it_is():
    torch.manual_seed(0)
    layer = LearnedPosition((3, 5), 4, extra=1)
    assert torch.equal(layer(torch.zeros(1, 16, 4), (3, 5)), layer.table)
    patches = layer.table[:, 1:]
    torch.testing.assert_close(interpolate(patches, (3, 5), (3, 5)), patches)


def test_learned_positions_are_resized_as_in_transformers_vit():
    vit = pytest.importorskip("transformers.models.vit.modeling_vit")
    torch.manual_seed(0)
    theirs = vit.ViTEmbeddings(vit.ViTConfig(image_size=32, patch_size=8, hidden_size=6))
    theirs.position_embeddings.data.normal_()
    ours = LearnedPosition((4, 4), 6, extra=1)
    ours.table.data = theirs.position_embeddings.data
    x = torch.zeros(1, 1 + 3 * 7, 6)
    torch.testing.assert_close(ours(x, (3, 7)), theirs.interpolate_pos_encoding(x, 3 * 8, 7 * 8))


def test_resized_positions_still_learn():
    layer = LearnedPosition((2, 2), 3, extra=1)
    (layer(torch.zeros(1, 17, 3), (4, 4)) * torch.randn(1, 17, 3)).sum().backward()
    assert (layer.table.grad != 0).all()


@pytest.mark.parametrize("grid", [(2, 2), (3, 4)])
def test_positions_leave_the_dtype_of_autocast_alone(grid):
    x = torch.randn(1, 1 + grid[0] * grid[1], 4)
    with torch.autocast("cpu", torch.bfloat16):
        assert LearnedPosition((2, 2), 4, extra=1)(x.bfloat16(), grid).dtype == torch.bfloat16
        assert ConditionalPosition(4, extra=1)(x, grid).shape == x.shape


# --- PEG -----------------------------------------------------------------------------------------------


@settings(max_examples=25, deadline=None)
@given(sizes, sizes, st.integers(0, 2), st.sampled_from([1, 3, 5]), seeds)
def test_conditional_position_is_a_depthwise_convolution_in_loops(H, W, extra, kernel, seed):
    torch.manual_seed(seed)
    layer, x = ConditionalPosition(2, kernel, extra), torch.randn(2, extra + H * W, 2)
    weight, bias = layer.convolution.weight.tolist(), layer.convolution.bias.tolist()
    assert count(layer) == 2 * kernel**2 + 2
    expected, reach = x.double().numpy().copy(), kernel // 2
    for b in range(2):
        for i in range(H):
            for j in range(W):
                for c in range(2):
                    total = bias[c]
                    for di in range(-reach, reach + 1):
                        for dj in range(-reach, reach + 1):
                            if 0 <= i + di < H and 0 <= j + dj < W:  # zero outside
                                seen = x[b, extra + (i + di) * W + j + dj, c].item()
                                total += weight[c][0][di + reach][dj + reach] * seen
                    expected[b, extra + i * W + j, c] += total
    np.testing.assert_allclose(layer(x, (H, W)).detach().numpy(), expected, atol=1e-5)


def test_conditional_position_has_ten_parameters_a_channel():
    assert count(ConditionalPosition(192, extra=1)) == 10 * 192


@settings(max_examples=30, deadline=None)
@given(st.integers(5, 8), st.integers(5, 8), st.integers(0, 2), st.integers(0, 2), seeds)
def test_conditional_position_moves_with_the_image_but_the_border_shows(H, W, down, right, seed):
    torch.manual_seed(seed)
    layer, image = ConditionalPosition(3), torch.randn(1, H, W, 3)
    moved = image.roll((down, right), (1, 2))

    def run(image):
        return layer(image.flatten(1, 2), (H, W)).unflatten(1, (H, W))

    before, after = run(image).roll((down, right), (1, 2)), run(moved)
    inside = (slice(None), slice(down + 1, -1), slice(right + 1, -1))  # neither was, nor is, at a border
    torch.testing.assert_close(before[inside], after[inside], atol=1e-5, rtol=1e-4)
    if down:
        assert not torch.allclose(before[:, 0], after[:, 0])  # a row that has come to the border


def test_even_a_uniform_image_tells_conditional_position_where_the_border_is():
    torch.manual_seed(0)
    image = ConditionalPosition(3)(torch.ones(1, 25, 3), (5, 5)).unflatten(1, (5, 5))
    assert torch.allclose(image[:, 1:-1, 1:-1], image[:, 2:3, 2:3])  # inside, all alike
    assert not torch.allclose(image[:, 0, 2], image[:, 2, 2])
    assert not torch.allclose(image[:, 0, 0], image[:, 0, 2])  # and a corner is not an edge


def test_conditional_position_leaves_extra_tokens_alone():
    torch.manual_seed(0)
    layer, x = ConditionalPosition(3, extra=2), torch.randn(2, 2 + 6, 3)
    y = layer(x, (2, 3))
    assert torch.equal(y[:, :2], x[:, :2])
    assert torch.equal(layer(torch.cat([7 + x[:, :2], x[:, 2:]], dim=1), (2, 3))[:, 2:], y[:, 2:])


@pytest.mark.parametrize(
    ("call", "kind", "sentence"),
    [
        (lambda: sinusoidal(0, 4), ValueError, "L must be a whole number of at least 1; got 0"),
        (lambda: sinusoidal(3, 5), ValueError, "dim must be a multiple of 2, for .*; got 5"),
        (lambda: sinusoidal_2d(3, 3, 6), ValueError, "dim must be a multiple of 4, for .*; got 6"),
        (
            lambda: LearnedPosition((0, 3), 4),
            ValueError,
            "the height of grid must be a whole number of at least 1; got 0",
        ),
        (lambda: LearnedPosition(3, 4), ValueError, r"grid must be a pair, \(height, width\); got 3"),
        (lambda: sinusoidal(3, 4, base=0), ValueError, "base must be above 1.*; got 0"),
        (
            lambda: ConditionalPosition(4)(torch.zeros(1, 6, 4), (-2, -3)),
            ValueError,
            "the height of grid must be a whole number of at least 1; got -2",
        ),
        (lambda: LearnedPosition((3, 3), 4, extra=-1), ValueError, "extra, the tokens in front .* got -1"),
        (lambda: ConditionalPosition(4, extra=0.5), ValueError, "extra, the tokens in front .* got 0.5"),
        (lambda: ConditionalPosition(4, kernel=2), ValueError, "kernel must be odd.*got 2"),
        (
            lambda: interpolate(torch.zeros(1, 9, 4), (2, 4), (3, 3)),
            ValueError,
            r"position must have shape \(1, 8, dim\), a grid of 2 × 4; got \(1, 9, 4\)",
        ),
        (
            lambda: interpolate(torch.zeros(1, 9, 4), (3, 3), (3, 0)),
            ValueError,
            "the width of new_grid must be a whole number of at least 1; got 0",
        ),
    ],
)
def test_wrong_use_is_named(call, kind, sentence):
    with pytest.raises(kind, match=sentence):
        call()


@pytest.mark.parametrize("layer", [LearnedPosition((2, 3), 4, extra=1), ConditionalPosition(4, extra=1)])
def test_tokens_that_do_not_fit_are_named(layer):
    for tokens in (1, 6, 8):  # 1 would broadcast
        with pytest.raises(ValueError, match=f"x has {tokens} tokens, which are not 1 and a grid of 2 × 3"):
            layer(torch.zeros(2, tokens, 4), (2, 3))
    with pytest.raises(ValueError, match="x has width 1 but this layer was made for width 4"):
        layer(torch.zeros(2, 7, 1), (2, 3))
    with pytest.raises(TypeError, match=r"x \(float64\) and the layer \(float32\) must have the same dtype"):
        layer(torch.zeros(2, 7, 4).double(), (2, 3))
    with pytest.raises(RuntimeError, match=r"x \(meta\) and the layer \(cpu\) must be on the same device"):
        layer(torch.zeros(2, 7, 4, device="meta"), (2, 3))
