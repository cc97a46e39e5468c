"""The small parts: what is dropped, for whom, and that on average nothing changes."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from course.layers import (
    GELU,
    MLP,
    LayerScale,
    QuickGELU,
    StochasticDepth,
    beside,
    stochastic_depth_rates,
    xavier,
)


def test_mlp_is_two_linear_layers_with_an_activation_between():
    torch.manual_seed(0)
    mlp, x = MLP(4, 6), torch.randn(2, 3, 4)
    assert sum(parameter.numel() for parameter in mlp.parameters()) == 2 * 4 * 6 + 6 + 4
    hidden = x @ mlp.expand.weight.T + mlp.expand.bias
    hidden = hidden * (1 + torch.erf(hidden / 2**0.5)) / 2
    torch.testing.assert_close(mlp(x), hidden @ mlp.contract.weight.T + mlp.contract.bias)
    relu = MLP(4, 6, nn.ReLU())
    torch.testing.assert_close(relu(x), relu.contract(relu.expand(x).relu()))
    torch.testing.assert_close(mlp(x)[1, 2], mlp(x[1, 2]))  # each token alone


def test_mlp_drops_hidden_units_and_outputs_in_training_only():
    torch.manual_seed(0)
    mlp, x = MLP(4, 64, dropout=0.5), torch.randn(2, 100, 4)
    seen = []
    mlp.contract.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    for outputs in (seen, [mlp(x)]):
        share = (outputs[0] == 0).float().mean().item()
        assert share == pytest.approx(0.5, abs=0.1)
    mlp.eval()
    assert torch.equal(mlp(x), mlp(x)) and (mlp(x) != 0).all()


def test_xavier_draws_matrices_and_leaves_vectors():
    torch.manual_seed(0)
    parts = nn.Linear(300, 100), nn.LayerNorm(100)
    before = [parameter.clone() for part in parts for parameter in part.parameters()]
    xavier(*parts)
    after = [parameter for part in parts for parameter in part.parameters()]
    assert [torch.equal(*pair) for pair in zip(before, after)] == [False, True, True, True]
    edge = (6 / 400) ** 0.5
    assert 0.99 * edge < after[0].abs().max() <= edge
    assert after[0].std().item() == pytest.approx(edge / 3**0.5, rel=0.02)


def test_gelu_writes_over_what_it_is_given_only_where_no_gradient_is_kept():
    x = torch.linspace(-6, 6, 1001, dtype=torch.float64)
    before, expected = x.clone(), nn.functional.gelu(x)
    assert torch.equal(GELU()(x), expected)
    assert torch.equal(x, before)
    with torch.no_grad():
        y = GELU()(x)
    assert y.data_ptr() == x.data_ptr()
    assert torch.equal(y, expected)


def test_without_gradients_a_sum_and_quick_gelu_are_written_over_what_they_are_given():
    x, branch = torch.linspace(-6, 6, 1001), torch.linspace(1, 2, 1001)
    expected, curve = x + branch, QuickGELU()(x)
    assert torch.equal(beside(x, branch), expected)
    assert branch[0] == 1  # with them nothing is
    with torch.no_grad():
        halves = branch.bfloat16()
        assert beside(x, halves).dtype == torch.float32 and halves[0] == 1
        assert beside(x, branch) is branch and torch.equal(branch, expected)
        assert x[0] == -6
        assert QuickGELU()(x).data_ptr() == x.data_ptr()
    torch.testing.assert_close(x, curve)


def test_quick_gelu_is_its_formula_and_close_to_gelu():
    x = torch.linspace(-10, 10, 20_001, dtype=torch.float64)
    torch.testing.assert_close(QuickGELU()(x), x / (1 + (-1.702 * x).exp()))
    distance = (QuickGELU()(x) - nn.functional.gelu(x)).abs().max().item()
    assert distance == pytest.approx(0.0203, abs=1e-4)


@settings(max_examples=30, deadline=None)
@given(
    st.floats(0.05, 0.95),
    st.lists(st.integers(1, 4), max_size=3),
    st.sampled_from([torch.float32, torch.bfloat16, torch.float64]),
    st.integers(0, 10_000),
)
def test_stochastic_depth_drops_whole_samples_and_scales_the_rest(rate, shape, dtype, seed):
    torch.manual_seed(seed)
    x = 1 + torch.rand(16, *shape).to(dtype)  # nowhere zero
    y = StochasticDepth(rate)(x)
    assert y.dtype == dtype
    for before, after in zip(x, y):
        assert (after == 0).all() or torch.equal(after, before / (1 - rate))


def test_stochastic_depth_keeps_the_expected_value():
    torch.manual_seed(0)
    x = torch.ones(40_000, 1)
    for rate in (0.1, 0.5, 0.8):
        y = StochasticDepth(rate)(x)
        assert (y == 0).float().mean().item() == pytest.approx(rate, abs=0.01)
        assert y.mean().item() == pytest.approx(1, abs=0.04)


def test_stochastic_depth_is_there_only_in_training():
    torch.manual_seed(0)
    x = torch.randn(64, 3)
    assert StochasticDepth(0.5).eval()(x) is x
    assert StochasticDepth()(x) is x
    layer = StochasticDepth(0.5)
    assert not torch.equal(layer(x), layer(x))  # a new decision each time
    assert "rate=0.5" in repr(layer)


def test_gradients_reach_only_the_samples_that_were_kept():
    torch.manual_seed(0)
    x = torch.randn(64, 3, requires_grad=True)
    y = StochasticDepth(0.5)(x)
    y.sum().backward()
    assert torch.equal(x.grad, 2.0 * (y != 0))


def test_under_autocast_the_dtypes_are_kept():
    x = torch.randn(4, 3, 8)
    with torch.autocast("cpu", torch.bfloat16):
        for dtype in (torch.float32, torch.bfloat16):
            assert StochasticDepth(0.5)(x.to(dtype)).dtype == dtype
            assert QuickGELU()(x.to(dtype)).dtype == dtype
            assert LayerScale(8)(x.to(dtype)).dtype == torch.float32  # so that what it adds is not rounded
        assert MLP(8, 4)(x).dtype == torch.bfloat16


def test_rates_grow_linearly():
    assert stochastic_depth_rates(0.3, 4) == pytest.approx([0, 0.1, 0.2, 0.3])
    assert stochastic_depth_rates(0.3, 1) == [0]
    assert stochastic_depth_rates(0, 3) == [0, 0, 0]


def test_layer_scale_is_one_learned_factor_a_channel():
    torch.manual_seed(0)
    layer, x = LayerScale(4, initial=0.1), torch.randn(2, 3, 4)
    torch.testing.assert_close(layer(x), 0.1 * x)
    torch.testing.assert_close(LayerScale(4)(x), 1e-5 * x)
    layer.gamma.data = torch.tensor([1.0, 2, 3, 4])
    torch.testing.assert_close(layer(x), x * torch.tensor([1.0, 2, 3, 4]))
    assert [name for name, _ in layer.named_parameters()] == ["gamma"]


@pytest.mark.parametrize("layer", [MLP(4, 6), StochasticDepth(0.5), LayerScale(4), QuickGELU()])
def test_compiled_and_on_the_meta_device(layer):
    x = torch.randn(2, 3, 4)
    compiled = torch.compile(layer, fullgraph=True, backend="aot_eager")
    assert compiled(x).shape == x.shape
    torch.testing.assert_close(compiled.eval()(x), layer.eval()(x))
    assert layer.train().to("meta")(x.to("meta")).shape == x.shape


@pytest.mark.parametrize(
    ("call", "kind", "sentence"),
    [
        (lambda: MLP(0, 4), ValueError, "dim must be a whole number of at least 1; got 0"),
        (lambda: MLP(4, 2.5), ValueError, "hidden must be a whole number of at least 1; got 2.5"),
        (lambda: MLP(4, 4, dropout=1.0), ValueError, "dropout must be at least 0 and below 1; got 1.0"),
        (
            lambda: MLP(4, 4, "relu"),
            TypeError,
            r"activation must be a module, such as nn.ReLU\(\); got 'relu'",
        ),
        (lambda: MLP(4, 6)(torch.randn(2, 3)), ValueError, "x has width 3 but .* made for width 4"),
        (lambda: MLP(4, 6)(torch.randn(2, 4).half()), TypeError, r"x \(float16\) and the layer \(float32\)"),
        (lambda: MLP(4, 6)(torch.randn(2, 4, device="meta")), RuntimeError, "must be on the same device"),
        (lambda: StochasticDepth(1.0), ValueError, "rate must be at least 0 and below 1; got 1.0"),
        (lambda: StochasticDepth(-0.1), ValueError, "rate must be at least 0 and below 1; got -0.1"),
        (lambda: StochasticDepth(0.1)(torch.arange(3)), TypeError, "x must be a tensor of floating-point"),
        (lambda: stochastic_depth_rates(1, 3), ValueError, "rate must be at least 0 and below 1; got 1"),
        (lambda: stochastic_depth_rates(0.1, 0), ValueError, "depth must be a whole number of at least 1"),
        (lambda: LayerScale(0), ValueError, "dim must be a whole number of at least 1; got 0"),
        (lambda: LayerScale(4)(torch.randn(2, 1)), ValueError, "x has width 1 but .* made for width 4"),
    ],
)
def test_wrong_use_is_named(call, kind, sentence):
    with pytest.raises(kind, match=sentence):
        call()
