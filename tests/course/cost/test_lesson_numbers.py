"""The numbers that the text of lesson 05 says, counted."""

import pytest
import torch
from torch.nn import functional as F

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


def matrix(L):
    """The bytes of one attention matrix."""
    return torch.empty(L, L, device="meta").nbytes


def test_the_matrices_of_the_photograph_and_of_an_image_of_pixels_or_patches():
    pixels, patches, kept = 224**2, 14**2, 12 * 12
    assert matrix(1024**2) == 4096 * 2**30 and matrix(64**2) == 64 * 2**20
    assert matrix(pixels) / 2**30 == pytest.approx(9.4, abs=0.05)
    assert kept * matrix(pixels) / 2**40 == pytest.approx(1.3, abs=0.05)
    assert matrix(patches) / 2**10 == pytest.approx(150, abs=1)
    assert kept * matrix(patches) / 2**20 == pytest.approx(21, abs=0.5)
    assert matrix(pixels) == 65_536 * matrix(patches)
    pairs_over_the_rest = pixels / (6 * 768)  # 4L²d over 24Ld², in a block
    assert pairs_over_the_rest == pytest.approx(11, abs=0.2)


@pytest.mark.parametrize("L", [50, 784])
def test_the_fused_kernel_keeps_a_number_a_row_and_the_output(L):
    def twelve_layers(q, k, v):
        for _ in range(12):
            q = F.scaled_dot_product_attention(q, k, v)
        return q

    rows, one = 2 * 3 * L, 4 * 2 * 3 * L * 64  # of all heads; the bytes of q
    kept = cost.measure(twelve_layers, *3 * [(2, 3, L, 64)]).activation_bytes
    assert kept - 14 * one == 12 * 4 * rows + one


def test_vit_b16_and_its_pairs():
    with torch.device("meta"):
        model = vit.build("B/16")
    whole = cost.measure(model, (1, 3, 224, 224)).flops
    pairs = 12 * 2 * 2 * 12 * 197 * 197 * 64
    assert whole == 35_127_656_448
    assert pairs / whole == pytest.approx(0.04, abs=0.002)
    assert (whole - pairs) / 1e9 == pytest.approx(33.70, abs=0.005)
