"""The numbers that the text of lesson 05 says, counted."""

import pytest
import torch

from course import cost
from course.vision import vit


def ratio(L, d, n, inside):
    """Attention with `inside` units over an MLP with n, in FLOPs."""
    attention, mlp = cost.AttentionLayer(d, inside, device="meta"), cost.TwoLayers(d, n, device="meta")
    return cost.measure(attention, (L, d)).flops / cost.measure(mlp, (L, d)).flops


def orders(L, n):
    """Q (Kᵀ V) over (Q Kᵀ) V, in FLOPs."""
    shapes = 3 * [(L, n)]
    left = cost.measure(lambda q, k, v: (q @ k.T) @ v, *shapes).flops
    return cost.measure(lambda q, k, v: q @ (k.T @ v), *shapes).flops / left


def test_attention_starts_at_twice_the_mlp_with_these_projections_and_at_half_in_a_transformer():
    assert ratio(50, 1024, 2048, inside=2048) == pytest.approx(2.05, abs=0.005)
    assert ratio(1, 1024, 4096, inside=1024) == pytest.approx(0.5, abs=0.001)
    assert ratio(2 * 768, 768, 3072, inside=768) == 1  # the draw
    share = ratio(197, 768, 3072, inside=768)
    assert share / (1 + share) == pytest.approx(0.36, abs=0.005)


@pytest.mark.parametrize("n", [2048, 64])
def test_the_second_order_pays_from_L_equal_to_n_on(n):
    assert orders(n, n) == 1 and orders(n // 2, n) == 2 and orders(2 * n, n) == 0.5


def test_linear_attention_saves_two_thirds_of_the_pairs_at_197_tokens():
    assert 1 - orders(197, 64) == pytest.approx(2 / 3, abs=0.02)


def test_the_table_of_the_photograph_and_of_an_image_of_pixels():
    assert torch.empty(1024**2, 1024**2, device="meta").nbytes == 4096 * 2**30
    one = 4 * (224**2) ** 2
    assert one / 2**30 == pytest.approx(9.4, abs=0.05)
    assert 144 * one / 2**40 == pytest.approx(1.3, abs=0.05)
    assert pytest.approx(150, abs=1) == 4 * 196**2 / 2**10
    assert pytest.approx(21, abs=0.5) == 144 * 4 * 196**2 / 2**20
    assert pytest.approx(11, abs=0.2) == 50_176 / (6 * 768)  # pairs over projections and MLP of a block


def test_vit_b16_and_its_pairs():
    with torch.device("meta"):
        model = vit.build("B/16")
    whole = cost.measure(model, (1, 3, 224, 224)).flops
    pairs = 12 * 2 * 2 * 12 * 197 * 197 * 64
    assert whole == 35_127_656_448
    assert pairs / whole == pytest.approx(0.04, abs=0.002)
    assert (whole - pairs) / 1e9 == pytest.approx(33.70, abs=0.005)
