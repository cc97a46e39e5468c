"""The attention against a loop over all pairs of pixels, and how the positions move with the image."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from course.vision.augmented import (
    AugmentedConv2d,
    AugmentedResNet,
    PixelAttention,
    attention_widths,
    build,
    offsets,
    relative_scores,
)
from course.vision.resnet import Bottleneck, ResNet


def images(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def numpy(tensor):
    return tensor.detach().double().numpy()


def slowly(layer, image):
    """One image (C, H, W), one pair of pixels at a time -> the output (d_v, H, W) and weights (h, N, N)"""
    _, H, W = image.shape
    projected = np.einsum("oc,chw->ohw", numpy(layer.projection.weight)[:, :, 0, 0], image)
    keys, _, values = layer.widths
    D, Dv = keys // layer.heads, values // layer.heads
    rows, columns = numpy(layer.rows), numpy(layer.columns)
    places = [(y, x) for y in range(H) for x in range(W)]
    weights, found = np.empty((layer.heads, H * W, H * W)), np.zeros((values, H, W))
    for h in range(layer.heads):
        q = projected[h * D : (h + 1) * D]
        k = projected[keys + h * D : keys + (h + 1) * D]
        v = projected[2 * keys + h * Dv : 2 * keys + (h + 1) * Dv]
        for i, (y, x) in enumerate(places):
            scores = []
            for Y, X in places:
                r = rows[Y - y + layer.grid[0] - 1] + columns[X - x + layer.grid[1] - 1]
                scores.append(math.exp(q[:, y, x] @ (k[:, Y, X] + r) / math.sqrt(D)))
            for j, (Y, X) in enumerate(places):
                weights[h, i, j] = scores[j] / sum(scores)
                found[h * Dv : (h + 1) * Dv, y, x] += weights[h, i, j] * v[:, Y, X]
    return np.einsum("oc,chw->ohw", numpy(layer.output.weight)[:, :, 0, 0], found), weights


@settings(max_examples=25, deadline=None)
@given(
    st.integers(1, 2),
    st.integers(1, 5),
    st.integers(1, 5),
    st.integers(1, 4),
    st.integers(1, 3),
    st.integers(1, 3),
    st.integers(1, 3),
    st.tuples(st.integers(0, 2), st.integers(0, 2)),
    st.integers(0, 1000),
)
def test_equals_a_loop_over_pairs(B, H, W, channels, heads, D, Dv, spare, seed):
    torch.manual_seed(seed)
    layer = PixelAttention(channels, heads * D, heads * Dv, heads, (H + spare[0], W + spare[1]))
    x = images(B, channels, H, W, seed=seed)
    record = {}
    recorded = layer(x, record=record)
    slow = [slowly(layer, numpy(image)) for image in x]
    expected = torch.tensor(np.stack([output for output, _ in slow])).float()
    torch.testing.assert_close(recorded, expected, atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(layer(x), expected, atol=1e-5, rtol=1e-4)
    (weights,) = record["weights"]
    expected = torch.tensor(np.stack([weights for _, weights in slow])).float()
    torch.testing.assert_close(weights, expected, atol=1e-5, rtol=1e-4)


def test_offsets_run_from_the_query_to_the_key():
    table = torch.tensor([-2.0, -1, 0, 1, 2])[:, None]  # each offset's vector is the offset
    expected = torch.tensor([[0.0, 1, 2], [-1, 0, 1], [-2, -1, 0]])
    assert torch.equal(offsets(table, 3)[..., 0], expected)
    assert torch.equal(offsets(table, 2)[..., 0], expected[:2, :2])  # a shorter axis, the same offsets


def test_positions_move_with_the_image():
    """Move the queries by (1, 2): the scores of all pairs that stay inside are those of before, moved."""
    q, rows, columns = images(1, 2, 5, 6, 3), images(9, 3, seed=1), images(11, 3, seed=2)
    moved = q.roll((1, 2), dims=(2, 3))
    before = relative_scores(q, rows, columns).unflatten(3, (5, 6)).unflatten(2, (5, 6))
    after = relative_scores(moved, rows, columns).unflatten(3, (5, 6)).unflatten(2, (5, 6))
    torch.testing.assert_close(after[:, :, 1:, 2:, 1:, 2:], before[:, :, :-1, :-2, :-1, :-2])
    assert not torch.allclose(after, before)


def test_attention_around_an_object_moves_with_it():
    """Its pixels' weights for each other, as shares; what they pay to the border beyond may change."""
    layer = PixelAttention(4, 6, 6, 2, (8, 8))
    x = torch.zeros(1, 4, 8, 8)
    x[:, :, 2:4, 2:4] = images(1, 4, 2, 2)
    inside = torch.zeros(8, 8, dtype=torch.bool)
    inside[2:4, 2:4] = True
    odds = []
    for image, where in ((x, inside), (x.roll((3, -1), (2, 3)), inside.roll((3, -1), (0, 1)))):
        record = {}
        layer(image, record=record)
        weights = record["weights"][0][:, :, where.flatten()][..., where.flatten()]  # (1, 2, 4, 4)
        odds.append(weights / weights.sum(-1, keepdim=True))
    torch.testing.assert_close(odds[0], odds[1])


def permuted(x, order):
    return x.flatten(2)[:, :, order].unflatten(2, x.shape[-2:])


def test_only_the_positions_know_where_a_pixel_is():
    layer, x = PixelAttention(4, 6, 6, 2, (4, 5)), images(1, 4, 4, 5)
    order = torch.randperm(20, generator=torch.Generator().manual_seed(0))
    assert not torch.allclose(layer(permuted(x, order)), permuted(layer(x), order), atol=1e-4)
    with torch.no_grad():
        layer.rows.zero_()
        layer.columns.zero_()
    torch.testing.assert_close(layer(permuted(x, order)), permuted(layer(x), order))


def test_heads_share_the_positions_but_not_the_weights():
    layer, record = PixelAttention(4, 6, 6, 2, (4, 5)), {}
    layer(images(1, 4, 4, 5), record=record)
    first, second = record["weights"][0][0]
    assert layer.rows.shape == (7, 3)
    assert not torch.allclose(first, second, atol=1e-3)


def test_positions_are_parameters_that_learn_and_stay():
    layer, x = AugmentedConv2d(4, 8, 6, 4, 2, (5, 5)), images(2, 4, 5, 5)
    assert {"attention.rows", "attention.columns"} <= {name for name, _ in layer.named_parameters()}
    assert torch.equal(layer(x), layer(x))
    layer(x).square().sum().backward()
    assert (layer.attention.rows.grad.abs().sum(1) > 0).all()
    assert (layer.attention.columns.grad.abs().sum(1) > 0).all()


@pytest.mark.parametrize("stride, side", [(1, 7), (2, 4), (3, 3)])
def test_is_a_convolution_beside_attention(stride, side):
    layer, x = AugmentedConv2d(4, 8, 6, 2, 2, (side, side), stride=stride), images(2, 4, 7, 7)
    record = {}
    output = layer(x, record=record)
    assert output.shape == (2, 8, side, side)
    assert record["weights"][0].shape == (2, 2, side**2, side**2)
    torch.testing.assert_close(output[:, :6], layer.convolution(x))
    means = torch.empty(2, 4, side, side)
    for y in range(side):
        for z in range(side):
            window = x[:, :, max(y * stride - 1, 0) : y * stride + 2, max(z * stride - 1, 0) : z * stride + 2]
            means[:, :, y, z] = window.mean(dim=(2, 3)) if stride > 1 else x[:, :, y, z]
    torch.testing.assert_close(output[:, 6:], layer.attention(means))


def test_parameters_of_a_layer():
    F_in, F, d_k, d_v, heads, H, W = 128, 256, 160, 24, 8, 14, 10
    with torch.device("meta"):
        layer = AugmentedConv2d(F_in, F, d_k, d_v, heads, (H, W))
    expected = 9 * F_in * (F - d_v) + F_in * (2 * d_k + d_v) + d_v**2 + (2 * H + 2 * W - 2) * d_k // heads
    assert sum(p.numel() for p in layer.parameters()) == expected


def test_compiles_into_one_graph():
    layer, x = AugmentedConv2d(4, 8, 6, 4, 2, (3, 3), stride=2), images(2, 4, 6, 6)
    compiled = torch.compile(layer, fullgraph=True, backend="eager")
    torch.testing.assert_close(compiled(x), layer(x))


def test_runs_in_mixed_precision():
    layer, x = AugmentedConv2d(4, 8, 6, 4, 2, (4, 4)), images(2, 4, 4, 4)
    with torch.autocast("cpu", torch.bfloat16):
        outputs = layer(x), layer(x, record={})
    for output in outputs:
        torch.testing.assert_close(output.float(), layer(x), atol=0.05, rtol=0.05)


def layer(**changes):
    return AugmentedConv2d(**{**dict(channels=4, out=8, keys=6, values=4, heads=2, grid=(5, 5)), **changes})


@pytest.mark.parametrize(
    "changes, message",
    [
        (dict(keys=5), "keys 5 is not divisible by heads 2"),
        (dict(values=3), "values 3 is not divisible by heads 2"),
        (dict(values=8), "values 8 leave no channel to the convolution, of 8 in all"),
        (dict(kernel=2), "kernel must be odd"),
        (dict(stride=0), "stride must be a whole number of at least 1"),
        (dict(grid=(0, 5)), "height must be a whole number of at least 1"),
        (dict(channels=0), "channels must be a whole number of at least 1"),
    ],
)
def test_refuses_sizes_that_do_not_fit(changes, message):
    with pytest.raises(ValueError, match=message):
        layer(**changes)


def test_refuses_what_it_was_not_made_for():
    with pytest.raises(ValueError, match="images have 6 channels but this layer was made for 4"):
        layer()(torch.zeros(1, 6, 5, 5))
    with pytest.raises(
        ValueError, match="a map of 5 × 6 pixels is too large: the positions were made for 5 × 5"
    ):
        layer()(torch.zeros(1, 4, 5, 6))
    with pytest.raises(ValueError, match=r"shape \(batch, channels, height, width\)"):
        layer()(torch.zeros(4, 5, 5))
    with pytest.raises(TypeError, match="floating-point"):
        layer()(torch.zeros(1, 4, 5, 5, dtype=torch.int64))
    with pytest.raises(RuntimeError, match="same device"):
        layer()(torch.zeros(1, 4, 5, 5, device="meta"))


# --- The network ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("variant, count", [("50", 25_781_872), ("101", 45_359_208), ("152", 61_558_496)])
def test_parameters_of_the_paper(variant, count):
    with torch.device("meta"):
        assert sum(p.numel() for p in build(variant).parameters()) == count


def test_widths_of_the_paper():
    assert [attention_widths(width, 0.2, 0.1) for width in (128, 256, 512)] == [
        (160, 16),
        (160, 24),
        (160, 48),
    ]
    assert attention_widths(512, 0.5, 0.25) == (256, 128)


def tiny(**options):
    """A small network whose zeros, the last norm of each block and the head, are made to speak."""
    torch.manual_seed(0)
    network = AugmentedResNet(**{**dict(image_size=64, depths=(1, 2, 1, 1), width=8, classes=5), **options})
    for block in network.modules():
        if isinstance(block, Bottleneck):
            torch.nn.init.ones_(block.norm3.weight)
    for parameter in network.head.parameters():  # none where there are no classes
        torch.nn.init.normal_(parameter)
    return network.eval()


def test_attention_in_all_stages_but_the_first():
    network, record = tiny(), {}
    logits = network(images(2, 3, 64, 64), record=record)
    assert logits.shape == (2, 5)
    assert logits.std() > 0.1
    assert [tuple(weights.shape) for weights in record["weights"]] == [
        (2, 8, 64, 64),
        (2, 8, 64, 64),
        (2, 8, 16, 16),
        (2, 8, 4, 4),
    ]
    assert [tuple(maps.shape[1:]) for maps in record["maps"]] == [
        (8, 16, 16),
        (32, 16, 16),
        (64, 8, 8),
        (128, 4, 4),
        (256, 2, 2),
    ]
    torch.testing.assert_close(network(images(2, 3, 64, 64)), logits)  # the fused kernel


@pytest.mark.parametrize("size", [64, 50, 33])
def test_takes_images_up_to_the_size_it_was_made_for(size):
    exact, spare = tiny(image_size=size), tiny(image_size=64)
    assert exact(images(1, 3, size, size)).isfinite().all()
    assert spare(images(1, 3, size, size)).isfinite().all()
    with pytest.raises(ValueError, match="the positions were made for"):
        exact(images(1, 3, 96, 96))


def test_is_a_resnet_with_another_middle():
    network, plain = tiny(), ResNet(depths=(1, 2, 1, 1), width=8, classes=5)
    different = {name for name, _ in network.named_parameters()} ^ {
        name for name, _ in plain.named_parameters()
    }
    assert different
    assert all(".mixer." in name for name in different)


def test_without_classes_it_gives_its_features():
    network, x = tiny(classes=0), images(2, 3, 64, 64)
    assert network(x).shape == (2, 256)
    assert torch.equal(network(x), network.features(x))


def test_state_survives_a_round_trip():
    network, other, x = (
        tiny(),
        AugmentedResNet(64, depths=(1, 2, 1, 1), width=8, classes=5),
        images(1, 3, 64, 64),
    )
    other.load_state_dict(network.state_dict())
    assert torch.equal(other.eval()(x), network(x))


def test_the_network_refuses_what_does_not_fit():
    with pytest.raises(ValueError, match="there is no variant '34'; there are '50', '101', '152'"):
        build("34")
    with pytest.raises(ValueError, match="image_size must be a whole number"):
        build("50", image_size=0)
    with pytest.raises(ValueError, match="upsilon must be at least 0 and below 1"):
        build("50", upsilon=1)
    with pytest.raises(ValueError, match="images have 1 channels but this layer was made for 3"):
        tiny()(images(1, 1, 64, 64))
