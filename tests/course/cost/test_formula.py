"""The algebra, and the closed forms that the docstrings promise."""

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from course.cost import Cost, L, d, n
from course.cost.language import transformer
from course.cost.layers import encoder_layer, linear, mlp, self_attention
from course.cost.vision import vit

h, p, c, depth, side = sympy.symbols("h p c depth side", integer=True, positive=True)

costs = st.builds(Cost, *[st.integers(0, 9)] * 3)


@given(costs, costs, st.integers(1, 5), st.integers(1, 5))
def test_costs_add_and_repeat_and_come_in_batches(one, other, times, B):
    assert times * (one + other) == times * one + times * other
    assert sum([one] * times) == times * one
    assert one + Cost() == one
    assert (one + other).batch(B) == one.batch(B) + other.batch(B)
    assert one.batch(B).parameters == one.parameters
    assert one.batch(B).flops == B * one.flops + one.flops_once
    assert one.once().batch(B).flops == one.flops
    assert one.batch(B).activation_bytes == B * one.activation_bytes + one.bytes_once


def test_a_symbol_may_repeat_a_layer():
    assert (depth * linear(L, d, n)).flops == 2 * depth * L * d * n


def test_tied_weights_are_paid_once():
    assert linear(5, 3, 4).tied() == Cost(0, 120)


def test_numbers_for_symbols_are_the_formula_with_numbers():
    assert encoder_layer(L, d, n, h).at(L=5, d=8, n=16, h=2) == encoder_layer(5, 8, 16, 2)


def test_a_size_that_is_missing_is_named():
    with pytest.raises(ValueError, match="needs a value for d and n"):
        linear(7, d, n).at(L=7)


def test_the_closed_forms_of_the_layers():
    layer = encoder_layer(L, d, n, h).expand()
    assert layer.parameters == 4 * d**2 + 2 * d * n + 9 * d + n
    assert layer.flops == sympy.expand(8 * L * d**2 + 4 * L**2 * d + 4 * L * d * n)
    assert layer.activation_bytes == sympy.expand(4 * (8 * L * d + 2 * L * n + 4 * L + h * L))
    assert mlp(L, d, n).expand() == Cost(2 * d * n + d + n, 4 * L * d * n, 4 * L * d + 8 * L * n)
    explicit = self_attention(L, d, h, fused=False).expand()
    assert explicit.activation_bytes == sympy.expand(4 * (5 * L * d + h * L**2))
    assert explicit.flops == sympy.expand(self_attention(L, d, h).flops)


def test_the_closed_form_of_vit():
    tokens = side**2 + 1  # so that L − 1 patches are a whole square
    model = vit(side * p, p, d, depth, h, n, c).expand()
    blocks = depth * (4 * d**2 + 2 * d * n + 9 * d + n)
    stem = (3 * p**2 + 1) * d + (tokens + 1) * d
    assert model.parameters == sympy.expand(blocks + stem + 2 * d + (d + 1) * c)
    blocks = depth * (8 * tokens * d**2 + 4 * tokens**2 * d + 4 * tokens * d * n)
    assert model.flops == sympy.expand(blocks + 6 * (tokens - 1) * p**2 * d + 2 * d * c)
    blocks = depth * (8 * tokens * d + 2 * tokens * n + 4 * tokens + h * tokens)
    kept = blocks + 3 * (tokens - 1) * p**2 + 2 * tokens * d + 2 * tokens
    assert model.activation_bytes == sympy.expand(4 * kept)


def test_the_closed_form_of_the_transformer():
    s, t, V = sympy.symbols("s t V", integer=True, positive=True)
    model = transformer(s, t, V, d, h, n, depth).expand()
    assert model.parameters == sympy.expand(V * d + depth * (12 * d**2 + 4 * d * n + 24 * d + 2 * n))
    encoder = 8 * s * d**2 + 4 * s**2 * d + 4 * s * d * n
    decoder = (12 * t + 4 * s) * d**2 + (4 * t**2 + 4 * s * t) * d + 4 * t * d * n
    assert model.flops == sympy.expand(depth * (encoder + decoder) + 2 * t * d * V)


def test_figures_that_others_report():
    """timm gives ViT-B/16 17.58 G multiply–adds and fvcore, which leaves attention out, 16.87 G."""
    sizes = dict(image_size=224, patch=16, dim=768, depth=12, heads=12, hidden=3072)
    model = vit(**sizes)
    assert model.flops == 35_127_656_448
    assert f"{model.flops / 2e9:.2f}" == "17.56"
    assert f"{(model.flops - 12 * 4 * 197**2 * 768) / 2e9:.2f}" == "16.85"
