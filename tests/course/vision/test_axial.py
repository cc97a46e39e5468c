"""Axial attention against a loop over the equation, pair by pair, and what two axes see together."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from course.vision.axial import VARIANTS, AxialAttention, AxialBlock, AxialResNet, HeightThenWidth, build

COUNTS = {"26-S": 5_944_936, "50-S": 11_586_216, "50-M": 25_179_400, "50-L": 43_973_480}


def images(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def randomised(model, seed=0):
    """All parameters and statistics random: a γ of 0 or a β of 0 would hide a mistake."""
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


def normalise(norm, value, channel):
    """BatchNorm in evaluation, of one value of one channel."""
    mean, variance = norm.running_mean[channel].item(), norm.running_var[channel].item()
    gamma, beta = norm.weight[channel].item(), norm.bias[channel].item()
    return gamma * (value - mean) / np.sqrt(variance + norm.eps) + beta


def slowly(layer, x):
    """Equation 4 for one line of pixels, x: (L, C) -> the output (L, C) and the weights (heads, L, L)"""
    L, C = x.shape
    h, D = layer.heads, C // layer.heads
    half, longest = D // 2, (len(layer.positions) + 1) // 2
    projection, positions = numpy(layer.projection.weight)[:, :, 0, 0], numpy(layer.positions)
    qkv = x @ projection.T
    for o in range(L):
        for channel in range(2 * C):
            qkv[o, channel] = normalise(layer.norm_projection, qkv[o, channel], channel)
    out, weights = np.zeros((L, C)), np.zeros((h, L, L))
    for head in range(h):
        mine = qkv[:, head * 2 * D : (head + 1) * 2 * D]
        q, k, v = mine[:, :half], mine[:, half:D], mine[:, D:]
        for o in range(L):
            logits = np.zeros(L)
            for p in range(L):
                r = positions[p - o + longest - 1]
                r_q, r_k = r[:half], r[half:D]
                for kind, logit in enumerate((q[o] @ k[p], q[o] @ r_q, k[p] @ r_k)):
                    logits[p] += normalise(layer.norm_logits, logit, kind * h + head)
            e = np.exp(logits - logits.max())
            weights[head, o] = e / e.sum()
            content = sum(weights[head, o, p] * v[p] for p in range(L))
            where = sum(weights[head, o, p] * positions[p - o + longest - 1][D:] for p in range(L))
            for d in range(D):
                channel = head * D + d
                out[o, channel] = normalise(layer.norm_output, content[d], channel)
                out[o, channel] += normalise(layer.norm_output, where[d], C + channel)
    return out, weights


@settings(max_examples=25, deadline=None)
@given(
    st.sampled_from(["height", "width"]),
    st.integers(1, 2),
    st.integers(1, 3),
    st.integers(1, 2),
    st.integers(1, 5),
    st.integers(1, 5),
    st.integers(0, 3),
    st.integers(0, 1000),
)
def test_equals_the_equation_written_as_a_loop(axis, B, heads, half, H, W, more, seed):
    C = 2 * half * heads
    layer = randomised(AxialAttention(C, heads, (H if axis == "height" else W) + more, axis), seed)
    x, record = images(B, C, H, W, seed=seed), {}
    y = numpy(layer(x, record))
    (weights,) = record["weights"]
    for b in range(B):
        for line in range(W if axis == "height" else H):
            column = x[b, :, :, line] if axis == "height" else x[b, :, line]
            expected, expected_weights = slowly(layer, numpy(column).T)
            got = y[b, :, :, line] if axis == "height" else y[b, :, line]
            np.testing.assert_allclose(got.T, expected, atol=1e-4, rtol=1e-4)
            np.testing.assert_allclose(numpy(weights[b, line]), expected_weights, atol=1e-5)
    torch.testing.assert_close(weights.sum(-1), torch.ones(weights.shape[:-1]))
    torch.testing.assert_close(layer(x), layer(x, {}))


@pytest.mark.parametrize("axis", ["height", "width"])
def test_the_norms_statistics_are_a_kind_a_head_and_a_channel(axis):
    """In training the norms remember the means of what they saw: those of each head's three kinds apart."""
    layer, x = AxialAttention(8, 2, 5, axis).train(), images(3, 8, 5, 5)
    with torch.no_grad():
        layer.positions[:, :2] = 0  # r^q: no logits of the second kind
        layer.positions[:, 4:] = 1  # r^v: every output of position is 1, as weights sum to one
    layer(x)
    mean = layer.norm_logits.running_mean
    assert (mean[2:4] == 0).all() and (mean[[0, 1, 4, 5]] != 0).all()
    torch.testing.assert_close(layer.norm_output.running_mean[8:], torch.full((8,), 0.1))


def test_queries_and_keys_have_half_the_width_of_the_values():
    layer = AxialAttention(16, 2, 5, "height")
    assert layer.projection.weight.shape == (32, 16, 1, 1)  # 8 + 8 + 16
    assert layer.widths == [4, 4, 8] and layer.positions.shape == (9, 16)


def touched(model, x, row, column):
    """Which pixels of the output hear this one of the input, be it so little that rounding would hide it."""
    slopes = torch.autograd.functional.jacobian(model, x)  # of the output by the input
    return (slopes[..., row, column] != 0).sum(dim=(0, 1, 4, 5)) > 0


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 3), st.integers(0, 4), st.integers(0, 1000))
def test_one_axis_sees_a_line_and_two_see_the_whole_image(row, column, seed):
    x = images(1, 8, 4, 5, seed=seed).double()
    model = randomised(HeightThenWidth(8, 2, 5), seed).double()
    expected = torch.zeros(4, 5, dtype=torch.bool)
    expected[:, column] = True
    assert torch.equal(touched(model.height, x, row, column), expected)
    expected = torch.zeros(4, 5, dtype=torch.bool)
    expected[row] = True
    assert torch.equal(touched(model.width, x, row, column), expected)
    assert touched(model, x, row, column).all()


def test_height_comes_first_and_the_pool_last():
    model, x = randomised(HeightThenWidth(8, 2, 5, stride=2)), images(2, 8, 5, 3)
    expected = torch.nn.functional.avg_pool2d(model.width(model.height(x)), 2, ceil_mode=True)
    torch.testing.assert_close(model(x), expected)
    assert expected.shape == (2, 8, 3, 2)


def test_the_shift_of_the_logits_norm_cancels_in_the_softmax():
    layer, x = randomised(AxialAttention(8, 2, 5, "width")), images(2, 8, 5, 5)
    before = layer(x)
    with torch.no_grad():
        layer.norm_logits.bias.add_(torch.arange(6.0))
    torch.testing.assert_close(layer(x), before)


def test_a_smaller_map_finds_its_offsets_in_the_middle_of_the_table():
    large, small = AxialAttention(8, 2, 7, "height"), AxialAttention(8, 2, 4, "height")
    randomised(large)
    state = large.state_dict()
    small.load_state_dict({**state, "positions": state["positions"][3:-3]})
    x = images(2, 8, 4, 6)
    torch.testing.assert_close(large(x), small.eval()(x))


# --- The network ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("variant", VARIANTS)
def test_number_of_parameters(variant):
    with torch.device("meta"):
        model = build(variant)
    assert sum(p.numel() for p in model.parameters()) == COUNTS[variant]


def test_number_of_parameters_of_a_layer_by_formula():
    C, heads, L = 24, 3, 7
    count = sum(p.numel() for p in AxialAttention(C, heads, L, "width").parameters())
    assert count == 2 * C**2 + 8 * C + 6 * heads + (2 * L - 1) * 2 * C // heads


def small(**options):
    torch.manual_seed(0)
    return AxialResNet((1, 2), classes=5, width=8, image_size=40, heads=2, **options)


def test_lengths_of_the_axes_are_those_of_what_a_block_is_given():
    blocks = [block for stage in build("26-S", width=8).stages for block in stage]
    assert [block.side for block in blocks] == [56, 56, 28, 28, 14, 14, 14, 14]
    assert [block.side for stage in small().stages for block in stage] == [10, 10, 5]


def test_record_and_features():
    model, x, record = randomised(small()), images(2, 3, 40, 36), {}
    logits = model(x, record)
    assert [tuple(m.shape) for m in record["maps"]] == [(2, 8, 10, 9), (2, 32, 10, 9), (2, 64, 5, 5)]
    shapes = [tuple(w.shape) for w in record["weights"]]
    assert shapes[:2] == [(2, 9, 2, 10, 10), (2, 10, 2, 9, 9)] and len(shapes) == 2 * 3
    torch.testing.assert_close(model(x), logits)
    features = model.features(x)
    torch.testing.assert_close(features, record["maps"][-1].mean((2, 3)))
    torch.testing.assert_close(model.head(features), logits)
    headless = AxialResNet((1, 2), classes=0, width=8, image_size=40, heads=2)
    assert headless(x).shape == (2, 64)


def test_a_block_starts_as_its_shortcut_and_has_no_norm_behind_the_attention():
    block, x = AxialBlock(32, 16, side=5, heads=2).eval(), images(2, 32, 5, 5)
    torch.testing.assert_close(block(x), x.relu())
    assert isinstance(block.norm2, torch.nn.Identity)


def test_projections_keep_their_own_start():
    model = small()
    for layer in model.modules():
        if isinstance(layer, AxialAttention):
            assert layer.projection.weight.std().item() == pytest.approx(
                layer.projection.in_channels**-0.5, rel=0.2
            )


def test_trains_compiles_and_runs_in_bfloat16():
    model, x = small(), images(2, 3, 40, 40)
    model(x).sum().backward()
    layer = randomised(AxialAttention(8, 2, 5, "height"))
    maps = images(2, 8, 5, 4)
    compiled = torch.compile(layer, fullgraph=True, backend="eager")
    torch.testing.assert_close(compiled(maps), layer(maps))
    with torch.autocast("cpu", torch.bfloat16):
        assert model.eval()(x).isfinite().all()


def test_wrong_use():
    with pytest.raises(ValueError, match="channels 10 is not divisible by heads 4"):
        AxialAttention(10, 4, 5, "height")
    with pytest.raises(ValueError, match="a head must have an even width, halved for queries; got 9 / 3"):
        AxialAttention(9, 3, 5, "height")
    with pytest.raises(ValueError, match="axis must be 'height' or 'width'; got 'depth'"):
        AxialAttention(8, 2, 5, "depth")
    with pytest.raises(ValueError, match="the width is 6 pixels but this layer's positions were made for 5"):
        AxialAttention(8, 2, 5, "width")(images(1, 8, 2, 6))
    with pytest.raises(ValueError, match="images have 4 channels but this layer was made for 8"):
        AxialAttention(8, 2, 5, "width")(images(1, 4, 5, 5))
    with pytest.raises(ValueError, match="there is no variant '26-XL'"):
        build("26-XL")
