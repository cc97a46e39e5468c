"""The formulas against PyTorch's counter, on the lesson's sizes and on many others."""

import pytest
import sympy
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn.functional import scaled_dot_product_attention

from course.cost import (
    ATTENTION_LAYER,
    TWO_LAYERS,
    AttentionLayer,
    L,
    TwoLayers,
    d,
    evaluate,
    human,
    measure,
    multiply_adds,
    n,
    product,
)

both_sides = pytest.mark.parametrize(
    ("cost", "layer"),
    [(TWO_LAYERS, TwoLayers), (ATTENTION_LAYER, AttentionLayer)],
    ids=["two layers", "attention"],
)
sizes = st.integers(min_value=1, max_value=300)


def test_the_formulas_of_the_slides():
    assert TWO_LAYERS.parameters == 2 * d * n
    assert TWO_LAYERS.flops == 4 * L * d * n
    assert ATTENTION_LAYER.parameters == 4 * d * n
    assert sympy.expand(ATTENTION_LAYER.flops - (8 * L * d * n + 4 * L**2 * n)) == 0
    assert TWO_LAYERS.output_shape == ATTENTION_LAYER.output_shape == (L, d)
    assert ATTENTION_LAYER.attention_matrix == 4 * L**2
    assert TWO_LAYERS.attention_matrix == 0


@both_sides
@pytest.mark.parametrize("length", [50, 784, 1_048_576])
def test_formula_equals_counter_on_the_lessons_sizes(cost, layer, length):
    assert cost.at(L=length, d=1024, n=2048) == measure(layer(1024, 2048, device="meta"), (length, 1024))


@both_sides
@settings(max_examples=25, deadline=None)
@given(L=sizes, d=sizes, n=sizes)
def test_formula_equals_counter_on_any_size(cost, layer, L, d, n):
    assert cost.at(L, d, n) == measure(layer(d, n, device="meta"), (L, d))


def test_the_counter_sees_each_step_as_the_formulas_do():
    sizes = dict(L=7, d=5, n=3)
    inputs = {  # the two factors of each step, as shapes
        "Q = X Wq": ((7, 5), (5, 3)),
        "K = X Wk": ((7, 5), (5, 3)),
        "A = Q Kᵀ": ((7, 3), (3, 7)),
        "V = X Wv": ((7, 5), (5, 3)),
        "H = A V": ((7, 7), (7, 3)),
        "Y = H Wo": ((7, 3), (3, 5)),
    }
    assert [step.name for step in ATTENTION_LAYER.steps] == list(inputs)
    for step in ATTENTION_LAYER.steps:
        measured = measure(torch.matmul, *inputs[step.name])
        assert measured.flops == evaluate(step.flops, **sizes)
        assert measured.output_shape == tuple(evaluate(side, **sizes) for side in step.shape)


def test_the_attention_matrix_is_as_large_as_the_formula_says():
    measured = measure(lambda q, k: q @ k.mT, (1_048_576, 2048), (1_048_576, 2048))
    assert measured.output_bytes == evaluate(ATTENTION_LAYER.attention_matrix, L=1_048_576) == 4 * 2**40


def test_the_layers_compute_what_the_slides_say():
    torch.manual_seed(0)
    x, two, attention = torch.randn(2, 7, 5), TwoLayers(5, 3), AttentionLayer(5, 3)
    W1, W2 = two.first.weight.T, two.second.weight.T
    torch.testing.assert_close(two(x), (x @ W1) @ W2)
    Wq, Wk, Wv, Wo = (getattr(attention, name).weight.T for name in ("query", "key", "value", "output"))
    torch.testing.assert_close(attention(x), (x @ Wq) @ (x @ Wk).mT @ (x @ Wv) @ Wo)


def test_measuring_leaves_the_module_alone():
    layer = TwoLayers(5, 3)
    before = layer.first.weight
    measure(layer, (7, 5))
    assert layer.first.weight is before and before.device.type == "cpu" and before.grad is None


def test_buffers_are_no_parameters():
    layer = nn.BatchNorm1d(4)
    assert measure(layer, (8, 4)).parameters == 8


def test_the_fused_kernel_is_counted():
    """Of the CPU too, which PyTorch's counter drops."""
    shape = (2, 3, 5, 4)
    for numbers in (False, True):
        measured = measure(scaled_dot_product_attention, shape, shape, shape, numbers=numbers)
        assert measured.flops == 2 * 3 * 2 * (2 * 5 * 5 * 4)


def test_a_module_of_ones_own_can_be_measured():
    convolution = measure(nn.Conv2d(3, 8, kernel_size=3), (2, 3, 10, 10))
    assert convolution.output_shape == (2, 8, 8, 8)
    assert convolution.flops == 2 * (2 * 8 * 8) * (8 * 3 * 3 * 3)


def test_steps_must_fit():
    with pytest.raises(ValueError, match=r"A: \(L, d\) cannot be multiplied by \(n, L\)"):
        product("A", (L, d), (n, L))


def test_sizes_must_be_given_and_whole():
    with pytest.raises(ValueError, match=r"4\*L\*\*2 needs a value for L"):
        evaluate(ATTENTION_LAYER.attention_matrix, d=3)
    for size in (0, 2.5):
        with pytest.raises(ValueError, match="L must be a whole number of at least 1; got"):
            TWO_LAYERS.at(L=size, d=3, n=4)


def test_the_steps_read_as_a_table():
    lines = str(TWO_LAYERS).splitlines()
    assert lines[1].split() == ["step", "shape", "FLOPs"]
    assert lines[2].split() == ["H", "=", "X", "W1", "(L,", "n)", "2*L*d*n"]
    assert lines[-2].split() == ["total", "4*L*d*n"]


def test_multiply_adds_are_half_the_flops():
    assert multiply_adds(2 * 10**18 + 2) == 10**18 + 1
    assert multiply_adds(TWO_LAYERS.flops) == 2 * L * d * n


@pytest.mark.parametrize(
    ("number", "unit", "text"),
    [
        (0, "FLOPs", "0 FLOPs"),
        (999, "FLOPs", "999 FLOPs"),
        (1000, "FLOPs", "1.00 kFLOPs"),
        (999_999, "FLOPs", "1.00 MFLOPs"),
        (4_398_046_511_104, "FLOPs", "4.40 TFLOPs"),
        (9_024_791_440_785_408, "FLOPs", "9.02 PFLOPs"),
        (5e21, "FLOPs", "5000.00 EFLOPs"),
        (100, "B", "100 B"),
        (1023, "B", "1023 B"),
        (10_000, "B", "9.8 KiB"),
        (4 * 2**40, "B", "4.0 TiB"),
        (4_194_304, "parameters", "4.19 million parameters"),
        (2048, "multiply–adds", "2.05 thousand multiply–adds"),
    ],
)
def test_numbers_for_people(number, unit, text):
    assert human(number, unit) == text


def test_a_cost_is_not_negative():
    with pytest.raises(ValueError, match="a cost cannot be negative; got -1"):
        human(-1, "B")
