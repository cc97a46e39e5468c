"""The norms against PyTorch's: outputs, gradients, what is remembered; GRN against loops."""

from copy import deepcopy

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from course.norm import GRN, BatchNorm2d, GroupNorm, InstanceNorm2d, LayerNorm, moments, normalise

sizes = st.integers(min_value=2, max_value=5)
seeds = st.integers(0, 10_000)


def randomised(module, seed):
    """Initial weights of 1 and 0 would hide where they act."""
    generator = torch.Generator().manual_seed(seed)
    for parameter in module.parameters():
        parameter.data = torch.randn(parameter.shape, generator=generator)
    return module


def twins(ours, theirs, seed):
    """Both with the same random weights, which have the same names."""
    randomised(ours, seed)
    assert theirs.load_state_dict(ours.state_dict(), strict=False).unexpected_keys == []
    return ours, theirs


def assert_same(ours, theirs, *shape):
    """The same output, and the same gradients of input and weights, in float64."""
    x = 3 * torch.randn(*shape).double() + 2
    outputs = []
    for module in (ours, theirs):
        x_here = x.clone().requires_grad_()
        module.double().zero_grad()
        y = module(x_here)
        (y * torch.linspace(-1, 1, y.numel()).view(y.shape)).sum().backward()
        outputs.append([y, x_here.grad, *(parameter.grad for parameter in module.parameters())])
    for our, their in zip(*outputs):
        torch.testing.assert_close(our, their, atol=1e-9, rtol=1e-9)


@settings(max_examples=25, deadline=None)
@given(sizes, sizes, sizes, sizes, seeds)
def test_batch_norm_is_pytorchs_in_training_and_in_evaluation(B, C, H, W, seed):
    torch.manual_seed(seed)
    ours, theirs = twins(BatchNorm2d(C, 1e-3, momentum=0.3), nn.BatchNorm2d(C, 1e-3, momentum=0.3), seed)
    for _ in range(3):  # the running statistics move, and are not used
        assert_same(ours, theirs, B, C, H, W)
    torch.testing.assert_close(ours.running_mean, theirs.running_mean)
    torch.testing.assert_close(ours.running_var, theirs.running_var)
    before = ours.running_var.clone()
    assert_same(ours.eval(), theirs.eval(), B, C, H, W)  # now they are used, and rest
    assert torch.equal(ours.running_var, before)


def test_batch_norm_remembers_the_unbiased_variance():
    x = torch.tensor([1.0, 2, 3, 6]).view(4, 1, 1, 1)  # mean 3, squares 4 + 1 + 0 + 9 = 14
    norm = BatchNorm2d(1, momentum=1)
    torch.testing.assert_close(norm(x)[3, 0, 0, 0].item(), 3 / (14 / 4 + 1e-5) ** 0.5)
    assert norm.running_mean.item() == 3
    torch.testing.assert_close(norm.running_var.item(), 14 / 3)


@settings(max_examples=25, deadline=None)
@given(st.lists(sizes, min_size=0, max_size=3), sizes, seeds)
def test_layer_norm_is_pytorchs(batch, D, seed):
    torch.manual_seed(seed)
    assert_same(*twins(LayerNorm(D, 1e-3), nn.LayerNorm(D, 1e-3), seed), *batch, D)


@settings(max_examples=25, deadline=None)
@given(sizes, sizes, sizes, sizes, seeds)
def test_instance_norm_is_pytorchs(B, C, H, W, seed):
    torch.manual_seed(seed)
    assert_same(*twins(InstanceNorm2d(C, 1e-3), nn.InstanceNorm2d(C, 1e-3, affine=True), seed), B, C, H, W)


@settings(max_examples=25, deadline=None)
@given(sizes, sizes, sizes, sizes, sizes, seeds)
def test_group_norm_is_pytorchs(B, G, each, H, W, seed):
    torch.manual_seed(seed)
    C = G * each
    assert_same(*twins(GroupNorm(G, C, 1e-3), nn.GroupNorm(G, C, 1e-3), seed), B, C, H, W)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (BatchNorm2d(4), nn.BatchNorm2d(4)),
        (InstanceNorm2d(4), nn.InstanceNorm2d(4)),
        (GroupNorm(2, 4), nn.GroupNorm(2, 4)),
        (LayerNorm(6), nn.LayerNorm(6)),
    ],
)
def test_in_float32_they_are_pytorchs_too(ours, theirs):
    torch.manual_seed(0)
    x = 3 * torch.randn(2, 4, 5, 6) + 2
    torch.testing.assert_close(ours(x), theirs(x))


def test_they_differ_only_in_the_axes():
    torch.manual_seed(0)
    x = 2 * torch.randn(3, 4, 5, 6) + 1
    for layer, axes in (
        (BatchNorm2d(4), (0, 2, 3)),
        (InstanceNorm2d(4), (2, 3)),
        (GroupNorm(1, 4), (1, 2, 3)),
    ):
        torch.testing.assert_close(layer(x), normalise(x, axes))
    torch.testing.assert_close(GroupNorm(2, 4)(x), normalise(x.view(3, 2, 2, 5, 6), (2, 3, 4)).view_as(x))
    torch.testing.assert_close(GroupNorm(4, 4)(x), InstanceNorm2d(4)(x))
    torch.testing.assert_close(LayerNorm(6)(x), normalise(x, [-1]))


@settings(max_examples=30, deadline=None)
@given(st.sampled_from([(0,), (1, 2), (-1,), (0, 2, 3), (0, 1, 2, 3)]), seeds)
def test_mean_zero_and_variance_one_whatever_scale_and_offset(axes, seed):
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(4, 3, 5, 2, generator=generator, dtype=torch.float64)
    y = normalise(x, axes, eps=0)
    mean, variance = moments(y, axes)
    torch.testing.assert_close(mean, torch.zeros_like(mean))
    torch.testing.assert_close(variance, torch.ones_like(variance))
    torch.testing.assert_close(normalise(-7 * x + 100, axes, eps=0), -y)


def test_only_in_batch_norm_does_an_image_depend_on_the_others():
    torch.manual_seed(0)
    x = torch.randn(2, 4, 3, 3)
    other = torch.cat([x[:1], torch.randn(1, 4, 3, 3)])
    for layer in (InstanceNorm2d(4), GroupNorm(2, 4), BatchNorm2d(4).eval()):
        torch.testing.assert_close(layer(x)[0], layer(other)[0])
    assert (BatchNorm2d(4)(x)[0] - BatchNorm2d(4)(other)[0]).abs().max() > 0.05


@settings(max_examples=25, deadline=None)
@given(sizes, sizes, sizes, sizes, seeds)
def test_grn_is_its_equation_in_loops(B, H, W, C, seed):
    torch.manual_seed(seed)
    layer, x = randomised(GRN(C, eps=1e-2), seed), torch.randn(B, H, W, C)
    gamma, beta = layer.gamma.tolist(), layer.beta.tolist()
    expected = np.zeros((B, H, W, C))
    for b in range(B):
        strength = [
            sum(x[b, i, j, c].item() ** 2 for i in range(H) for j in range(W)) ** 0.5 for c in range(C)
        ]
        mean = sum(strength) / C
        for c in range(C):
            for i in range(H):
                for j in range(W):
                    value = x[b, i, j, c].item()
                    expected[b, i, j, c] = gamma[c] * value * strength[c] / (mean + 1e-2) + beta[c] + value
    np.testing.assert_allclose(layer(x).detach().numpy(), expected, atol=1e-5, rtol=1e-4)


def test_grn_changes_nothing_at_first_but_learns():
    torch.manual_seed(0)
    layer, x = GRN(6), torch.randn(2, 3, 4, 6)
    assert torch.equal(layer(x), x)
    layer(x).square().sum().backward()
    assert (layer.gamma.grad != 0).all() and (layer.beta.grad != 0).all()


def test_grn_of_channels_of_zeros_has_a_clean_gradient():
    layer = randomised(GRN(3), 0)
    for x in (torch.zeros(2, 4, 4, 3), torch.randn(2, 4, 4, 3) * torch.tensor([0.0, 1, 1])):
        x.requires_grad_()
        layer(x).sum().backward()
        assert x.grad.isfinite().all() and layer.gamma.grad.isfinite().all()


KINDS = {
    BatchNorm2d: ((4,), (3, 4, 2, 2)),
    InstanceNorm2d: ((4,), (3, 4, 2, 2)),
    GroupNorm: ((2, 4), (3, 4, 2, 2)),
    LayerNorm: ((4,), (3, 5, 4)),
    GRN: ((4,), (3, 2, 2, 4)),
}


@pytest.mark.parametrize("norm", KINDS)
def test_two_parameters_a_channel_and_every_dtype(norm):
    arguments, shape = KINDS[norm]
    layer = randomised(norm(*arguments), 0)
    assert sum(parameter.numel() for parameter in layer.parameters()) == 8
    torch.manual_seed(0)
    x = torch.randn(shape)
    expected = layer(x)
    half = deepcopy(layer).to(torch.bfloat16)(x.bfloat16())
    assert half.dtype == torch.bfloat16
    torch.testing.assert_close(half.float(), expected, atol=0.05, rtol=0.05)
    with torch.autocast("cpu", torch.bfloat16):
        assert layer(x.bfloat16()).dtype == torch.bfloat16
        assert layer(x).dtype == torch.float32
    double = deepcopy(layer).double()(x.double())
    assert double.dtype == torch.float64
    torch.testing.assert_close(double.float(), expected)
    compiled = torch.compile(layer, fullgraph=True, backend="aot_eager")
    torch.testing.assert_close(compiled(x), expected)
    assert layer.to("meta")(x.to("meta")).shape == shape


@pytest.mark.parametrize(
    ("call", "kind", "sentence"),
    [
        (lambda: BatchNorm2d(0), ValueError, "dim must be a whole number of at least 1; got 0"),
        (lambda: BatchNorm2d(4, momentum=2), ValueError, "momentum, the share of the new batch.*got 2"),
        (lambda: GroupNorm(3, 4), ValueError, "dim 4 is not divisible by groups 3"),
        (
            lambda: BatchNorm2d(4)(torch.randn(2, 3, 4)),
            ValueError,
            r"images must have shape \(batch, channels",
        ),
        (lambda: GroupNorm(2, 4)(torch.randn(2, 3, 4, 4)), ValueError, "images have 3 channels but .* for 4"),
        (lambda: BatchNorm2d(4)(torch.randn(1, 4, 1, 1)), ValueError, r"over axes \(0, 2, 3\) of shape"),
        (lambda: InstanceNorm2d(4)(torch.randn(2, 4, 1, 1)), ValueError, "fewer than two values: no var"),
        (lambda: normalise(torch.randn(2, 3), []), ValueError, "fewer than two values: no variance"),
        (
            lambda: normalise(torch.randn(2, 3), [2]),
            ValueError,
            r"shape \(2, 3\) does not have .* axes \(2,\)",
        ),
        (lambda: normalise(torch.arange(3), [0]), TypeError, "x must be a tensor of floating-point.*int64"),
        (lambda: LayerNorm(4)(torch.randn(2, 3)), ValueError, "x has width 3 but .* made for width 4"),
        (lambda: LayerNorm(4)(torch.randn(3, 4).double()), TypeError, "x .float64. and the layer .float32."),
        (lambda: GRN(4)(torch.randn(2, 4, 3, 3)), ValueError, "x has width 3 but .* made for width 4"),
        (lambda: GRN(4)(torch.randn(2, 9, 4)), ValueError, r"x must have shape \(batch, height, width, ch"),
        (lambda: GRN(4)(torch.randn(1, 2, 2, 4, device="meta")), RuntimeError, "must be on the same device"),
    ],
)
def test_wrong_use_is_named(call, kind, sentence):
    with pytest.raises(kind, match=sentence):
        call()
