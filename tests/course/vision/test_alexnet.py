"""AlexNet: its size, the shape of every layer, and its layers again, in loops and in a row."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from course.vision.alexnet import AlexNet, build, pool


@pytest.fixture(scope="module")
def model():
    torch.manual_seed(0)
    return AlexNet(classes=7).eval()


def images(H=224, W=224, batch=1):
    return torch.randn(batch, 3, H, W, generator=torch.Generator().manual_seed(1))


def test_parameters():
    with torch.device("meta"):
        model = build()
    assert sum(p.numel() for p in model.parameters()) == 61_100_840
    linear = sum(p.numel() for name, p in model.named_parameters() if "convolution" not in name)
    assert linear / 61_100_840 == pytest.approx(0.96, abs=0.005)


def test_the_two_column_paper_has_nearly_as_many():
    """96, 256, 384, 384, 256 kernels, of which those of layers 2, 4 and 5 see half of the channels."""
    layers = [(96, 3 * 11**2), (256, 48 * 5**2), (384, 256 * 3**2), (384, 192 * 3**2), (256, 192 * 3**2)]
    layers += [(4096, 256 * 6**2), (4096, 4096), (1000, 4096)]
    assert sum(width * (inputs + 1) for width, inputs in layers) == 60_965_224


def test_the_shape_of_every_layer():
    shapes = {}
    with torch.device("meta"):
        model, record = AlexNet(classes=7), {}
        for name, layer in model.named_children():
            layer.register_forward_hook(lambda _, x, y, name=name: shapes.update({name: y.shape[1:]}))
        model(torch.empty(2, 3, 224, 224), record)
    expected = [(64, 55, 55), (192, 27, 27), (384, 13, 13), (256, 13, 13), (256, 13, 13)]
    assert [shapes[f"convolution{i}"] for i in range(1, 6)] == expected
    assert [map.shape[1:] for map in record["maps"]] == expected
    assert shapes["resize"] == (256, 6, 6)
    assert [shapes[name] for name in ("linear6", "linear7", "head")] == [(4096,), (4096,), (7,)]


def test_the_first_layer_by_loops(model):
    """11 × 11 windows, 4 apart, starting 2 outside of the image: 3 kernels, at every position."""
    image, record = images(63, 67), {}
    model.maps(image, record)
    kernels = model.convolution1.weight.detach().double().numpy()
    bias = model.convolution1.bias.detach().double().numpy()
    padded = np.pad(image[0].double().numpy(), ((0, 0), (2, 2), (2, 2)))
    H, W = (63 + 4 - 11) // 4 + 1, (67 + 4 - 11) // 4 + 1
    expected = np.zeros((3, H, W))
    for o in range(3):
        for i in range(H):
            for j in range(W):
                total = bias[o]
                for c in range(3):
                    for u in range(11):
                        for v in range(11):
                            total += kernels[o, c, u, v] * padded[c, 4 * i + u, 4 * j + v]
                expected[o, i, j] = max(total, 0)
    assert record["maps"][0].shape[-2:] == (H, W)
    np.testing.assert_allclose(record["maps"][0][0, :3].detach(), expected, atol=1e-5)


@settings(max_examples=20, deadline=None)
@given(st.integers(3, 12), st.integers(3, 12), st.integers(0, 1000))
def test_the_pool_by_loops(H, W, seed):
    x = torch.randn(1, 2, H, W, generator=torch.Generator().manual_seed(seed))
    y = pool(x)
    assert y.shape == (1, 2, (H - 1) // 2, (W - 1) // 2)
    for i in range(y.shape[2]):
        for j in range(y.shape[3]):
            assert torch.equal(y[..., i, j], x[..., 2 * i : 2 * i + 3, 2 * j : 2 * j + 3].amax((2, 3)))


@pytest.mark.parametrize("size", [63, 224])
def test_equals_its_layers_in_a_row(model, size):
    """The order as it is commonly published: convolution, ReLU, pool, …, dropout, linear, ReLU, …"""
    m = model
    row = nn.Sequential(
        *(m.convolution1, nn.ReLU(), nn.MaxPool2d(3, 2)),
        *(m.convolution2, nn.ReLU(), nn.MaxPool2d(3, 2)),
        *(m.convolution3, nn.ReLU(), m.convolution4, nn.ReLU(), m.convolution5, nn.ReLU()),
        *(nn.MaxPool2d(3, 2), nn.AdaptiveAvgPool2d((6, 6)), nn.Flatten(), nn.Dropout(0)),
        *(m.linear6, nn.ReLU(), nn.Dropout(0), m.linear7, nn.ReLU()),
    )
    with torch.no_grad():
        expected = row(images(size, size))
        torch.testing.assert_close(m.features(images(size, size)), expected, atol=1e-5, rtol=1e-5)
        torch.testing.assert_close(m(images(size, size)), m.head(expected), atol=1e-5, rtol=1e-5)


def test_dropout_acts_in_training_only(model):
    x = images(63, 63)
    with torch.no_grad():
        assert torch.equal(model(x), model(x))
        model.train()
        torch.manual_seed(0)
        assert not torch.equal(model(x), model(x))
        model.eval()


@pytest.mark.parametrize(
    ("wrong", "error", "message"),
    [
        (lambda m: m(images(62, 224)), ValueError, "images must be at least 63 × 63 pixels; got 62 × 224"),
        (lambda m: m(images()[:, :1]), ValueError, "images have 1 channels but this layer was made for 3"),
        (lambda m: m(images()[0]), ValueError, "images must have shape"),
        (lambda m: m(images().long()), TypeError, "floating-point numbers; got int64"),
        (lambda m: m(images().double()), TypeError, "must have the same dtype"),
        (lambda m: m(images().to("meta")), RuntimeError, "must be on the same device"),
        (lambda m: AlexNet(channels=0), ValueError, "channels must be"),
        (lambda m: AlexNet(dropout=1.0), ValueError, "dropout must be at least 0 and below 1"),
        (lambda m: build("LeNet"), ValueError, "there is no variant 'LeNet'; there are 'AlexNet'"),
    ],
)
def test_wrong_use(model, wrong, error, message):
    with pytest.raises(error, match=message):
        wrong(model)
