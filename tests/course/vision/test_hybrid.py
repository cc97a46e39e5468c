"""The hybrid: its sizes, its ResNet against transformers' BiT, and its standardised convolution in loops."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from course.vision.hybrid import (
    HybridViT,
    SamePool,
    StandardisedConv2d,
    StandardisedResNet,
    build,
    same_padding,
)


def randomise(model):
    """γ = 0 would hide whole branches, and a head of zeros all."""
    for name, parameter in model.named_parameters():
        if parameter.dim() == 1 or "head" in name or name == "cls":
            nn.init.normal_(parameter, mean=1 if "weight" in name else 0, std=0.4)
    return model


def small(**options):
    torch.manual_seed(0)
    sizes = dict(depths=(1, 2), image_size=32, dim=12, depth=2, heads=3, hidden=24, classes=5, width=32)
    return randomise(HybridViT(**{**sizes, **options}))


def images(H=32, W=32, channels=3, batch=2):
    return torch.randn(batch, channels, H, W, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize(
    ("variant", "options", "expected"),
    [
        ("R50+B/16", {}, 98_659_112),
        ("R50+B/16", dict(classes=0), 97_890_112),
        ("R50+B/16", dict(image_size=384), 98_950_952),
        ("R26+S/32", {}, 36_431_912),
        ("R26+B/32", {}, 101_383_976),
        ("R50+L/32", {}, 328_994_856),
    ],
)
def test_parameters(variant, options, expected):
    with torch.device("meta"):
        model, record = build(variant, **options), {}
        side = options.get("image_size", 224)
        model(torch.empty(1, 3, side, side), record)
    assert sum(p.numel() for p in model.parameters()) == expected
    assert record["tokens"][0].shape[1] == 1 + (side // int(variant[-2:])) ** 2


@pytest.mark.parametrize("size", [(64, 64), (45, 70)])
def test_the_resnet_equals_transformers_bit(size):
    """As the hybrid of transformers 4 used it; sizes that do not divide show on which side the padding is."""
    transformers = pytest.importorskip("transformers")
    config = transformers.BitConfig(
        embedding_size=32,
        hidden_sizes=[128, 256, 512],
        depths=[2, 1, 2],
        layer_type="bottleneck",
        global_padding="same",
        embedding_dynamic_padding=True,
        num_groups=32,
    )
    torch.manual_seed(0)
    ours, record = randomise(StandardisedResNet((2, 1, 2), width=32)), {}
    theirs = transformers.BitModel(config).eval()
    kinds = nn.Conv2d | nn.GroupNorm
    leaves = [[m for m in model.modules() if isinstance(m, kinds)] for model in (ours, theirs)]
    for mine, other in zip(*leaves, strict=True):
        other.load_state_dict(mine.state_dict())
    with torch.no_grad():
        ours.maps(images(*size), record)
        expected = theirs(images(*size), output_hidden_states=True).hidden_states
    assert len(record["maps"]) == len(expected) == 4
    for ours_, theirs_ in zip(record["maps"], expected):
        assert theirs_.std() > 0.1
        torch.testing.assert_close(ours_, theirs_, atol=1e-4, rtol=1e-4)


@settings(max_examples=25, deadline=None)
@given(
    *(st.integers(1, 9), st.integers(1, 9), st.integers(1, 3), st.integers(1, 3)),
    *(st.sampled_from([1, 3, 7]), st.integers(1, 3), st.integers(0, 1000)),
)
def test_standardised_convolution_by_loops(H, W, channels, width, kernel, stride, seed):
    torch.manual_seed(seed)
    layer = StandardisedConv2d(channels + (kernel == 1), width, kernel, stride).double()
    x = torch.randn(1, layer.in_channels, H, W, dtype=torch.float64)
    rows, columns = -(-H // stride), -(-W // stride)
    padded = x[0].numpy()
    for axis, (size, stops) in enumerate(((H, rows), (W, columns)), start=1):
        missing = max((stops - 1) * stride + kernel - size, 0)
        border = [(0, 0)] * 3
        border[axis] = (missing // 2, missing - missing // 2)
        padded = np.pad(padded, border)
    expected = np.zeros((width, rows, columns))
    for o in range(width):
        w = layer.weight[o].detach().numpy()
        w = (w - w.mean()) / np.sqrt(w.var() + 1e-8)
        for i in range(rows):
            for j in range(columns):
                top, left = i * stride, j * stride
                expected[o, i, j] = (w * padded[:, top : top + kernel, left : left + kernel]).sum()
    np.testing.assert_allclose(layer(x)[0].detach(), expected, atol=1e-9)


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 30), st.integers(1, 30), st.sampled_from([1, 2, 3, 5, 7]), st.integers(1, 4))
def test_same_padding_makes_room_for_every_stop(H, W, kernel, stride):
    padded = same_padding(torch.ones(1, 1, H, W), kernel, stride)
    for size, new in zip((H, W), padded.shape[-2:]):
        assert (new - kernel) // stride + 1 == -(-size // stride)
    assert padded.sum() == H * W
    right = padded.shape[-1] - W - int((padded[0, 0].amax(0) != 0).float().argmax())
    assert 0 <= right - (padded.shape[-1] - W - right) <= 1  # as much to the right, or one more


def test_the_scale_of_a_kernel_does_not_matter():
    layer, x = StandardisedConv2d(3, 4, 3), images(8, 8)
    before = layer(x)
    layer.weight.data = 5 * layer.weight.data + torch.arange(4.0)[:, None, None, None]
    torch.testing.assert_close(layer(x), before, atol=1e-4, rtol=1e-4)


def test_the_pool_never_prefers_its_padding():
    x = -images(5, 6).abs() - 1
    assert SamePool()(x).shape == (2, 3, 3, 3)
    assert SamePool()(x).max() < 0


def test_tokens_are_the_projected_pixels_of_the_last_map():
    model = small().eval()
    projection = model.embedding.projection
    with torch.no_grad():
        last = model.backbone.maps(images())  # (B, C, 4, 4)
        pixels = last.flatten(2).mT @ projection.weight[:, :, 0, 0].T + projection.bias
        expected = torch.cat([model.cls.expand(2, 1, 12), pixels], 1) + model.position.table
        record = {}
        logits = model(images(), record)
    assert last.shape[-2:] == (4, 4)
    torch.testing.assert_close(record["tokens"][0], expected, atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(logits, model(images()), atol=1e-5, rtol=1e-5)  # the fused kernel
    assert [w.shape for w in record["weights"]] == [(2, 3, 17, 17)] * 2
    assert logits.std() > 0.01


def test_the_maps_of_the_resnet_are_in_the_record():
    model, record, alone = small().eval(), {}, {}
    model(images(), record)
    model.backbone.maps(images(), alone)
    assert [map.shape[1:] for map in record["maps"]] == [(32, 8, 8), (128, 8, 8), (256, 4, 4)]
    assert all(torch.equal(*maps) for maps in zip(record["maps"], alone["maps"], strict=True))


def test_what_needs_no_border_is_not_copied():
    x = images(6, 8)
    assert same_padding(x, 1, 1) is x and same_padding(x, 1, 2) is x and same_padding(x, 2, 2) is x
    assert same_padding(x, 3, 1) is not x


def test_another_resolution():
    assert small()(images(64, 32)).shape == (2, 5)


@pytest.mark.parametrize(
    ("wrong", "error", "message"),
    [
        (lambda m: m(images(36)), ValueError, "an image of 36 × 32 pixels is not a multiple of 8"),
        (lambda m: m(images(channels=1)), ValueError, "images have 1 channels but this layer was made for 3"),
        (lambda m: m(images()[0]), ValueError, "images must have shape"),
        (lambda m: m(images().int()), TypeError, "floating-point numbers; got int32"),
        (lambda m: m(images().double()), TypeError, "must have the same dtype"),
        (lambda m: m(images().to("meta")), RuntimeError, "must be on the same device"),
        (
            lambda m: small(image_size=36),
            ValueError,
            "image_size 36 is not divisible by the ResNet's stride 8",
        ),
        (lambda m: small(width=48), ValueError, "width 48 is not divisible by groups 32"),
        (lambda m: small(depths=(1, 0)), ValueError, r"depths\[1\] must be a whole number"),
        (
            lambda m: small(depths=()),
            ValueError,
            "each stage, of at least one, needs one of each; got 0 depths",
        ),
        (lambda m: small(dim=0), ValueError, "dim must be"),
        (lambda m: StandardisedConv2d(3, 4, 0), ValueError, "kernel must be"),
        (lambda m: StandardisedConv2d(3, 4, 3)(images(channels=2)), ValueError, "images have 2 channels"),
        (lambda m: build("R50+B/8"), ValueError, "there is no variant 'R50"),
    ],
)
def test_wrong_use(wrong, error, message):
    with pytest.raises(error, match=message):
        wrong(small())
