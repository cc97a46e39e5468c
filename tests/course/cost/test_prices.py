"""Products that PyTorch's counter does not know: each costs 2 a multiply–add, as the formula says."""

import warnings

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from course.attention import AdditiveAttention
from course.cost import measure

PRODUCTS = {  # what is run, the shapes, the FLOPs
    "matrix × vector": (torch.matmul, [(10, 20), (20,)], 400),
    "vector × matrix": (torch.matmul, [(20,), (20, 10)], 400),
    "matrices × vector": (torch.matmul, [(3, 4, 5), (5,)], 2 * 3 * 4 * 5),
    "vector × matrices": (torch.matmul, [(4,), (3, 4, 5)], 2 * 3 * 4 * 5),
    "dot": (torch.dot, [(20,), (20,)], 40),
    "vdot": (torch.vdot, [(20,), (20,)], 40),
    "inner": (torch.inner, [(20,), (20,)], 40),
    "tensordot": (lambda a, b: torch.tensordot(a, b, 2), [(2, 4), (2, 4)], 16),
    "linear of a vector": (F.linear, [(20,), (10, 20), (10,)], 400),
    "linear to a number": (F.linear, [(3, 20), (20,)], 120),
    "addmv": (torch.addmv, [(10,), (10, 20), (20,)], 400),
    "addmv_": (lambda *t: t[0].addmv_(*t[1:]), [(10,), (10, 20), (20,)], 400),
    "addr": (torch.addr, [(4, 5), (4,), (5,)], 40),
    "addmm_": (lambda *t: t[0].addmm_(*t[1:]), [(4, 6), (4, 5), (5, 6)], 240),
    "addbmm": (torch.addbmm, [(4, 6), (3, 4, 5), (3, 5, 6)], 720),
    "baddbmm": (torch.baddbmm, [(3, 4, 6), (3, 4, 5), (3, 5, 6)], 720),
    "baddbmm_": (lambda *t: t[0].baddbmm_(*t[1:]), [(3, 4, 6), (3, 4, 5), (3, 5, 6)], 720),
    "bilinear": (F.bilinear, [(2, 3, 5), (2, 3, 6), (7, 5, 6)], 2 * 6 * (7 * 5 * 6 + 7 * 6)),
    "few distances": (torch.cdist, [(2, 4, 5), (1, 6, 5)], 2 * 2 * 4 * 6 * 5),
    "many distances": (torch.cdist, [(40, 5), (60, 5)], 2 * 40 * 60 * 5),
    "Manhattan distances": (lambda a, b: torch.cdist(a, b, p=1), [(40, 5), (60, 5)], 2 * 40 * 60 * 5),
    "distances of pairs": (F.pdist, [(4, 5)], 2 * 6 * 5),
    "time first": (torch.conv_tbc, [(9, 2, 3), (3, 3, 4), (4,)], 2 * 7 * 2 * 4 * 3 * 3),
    "einsum ij,j": (lambda a, b: torch.einsum("ij,j->i", a, b), [(10, 20), (20,)], 400),
    "einsum i,i": (lambda a, b: torch.einsum("i,i->", a, b), [(20,), (20,)], 40),
    "einsum bld,d": (lambda a, b: torch.einsum("bld,d->bl", a, b), [(2, 4, 5), (5,)], 80),
    "entry by entry": (lambda a: (a.exp() * a).softmax(-1).sum(), [(4, 5)], 0),
}


@pytest.mark.parametrize("name", PRODUCTS)
@pytest.mark.parametrize("numbers", [False, True])
def test_a_product_costs_its_multiply_adds(name, numbers):
    run, shapes, flops = PRODUCTS[name]
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("error")
        tensors = [torch.zeros(shape) for shape in shapes] if name.endswith("_") else shapes
        assert measure(run, *tensors, numbers=numbers).flops == flops


def test_additive_attention_costs_what_its_formula_says():
    B, Lq, Lk, Dq, Dk, Dv, hidden = 2, 3, 4, 5, 6, 7, 8
    layer = AdditiveAttention(Dq, Dk, hidden)
    projections, scores, means = Lq * Dq * hidden + Lk * Dk * hidden, Lq * Lk * hidden, Lq * Lk * Dv
    measured = measure(layer, (B, Lq, Dq), (B, Lk, Dk), (B, Lk, Dv))
    assert measured.flops == 2 * B * (projections + scores + means)
    by_vector = measure(lambda q, k, w: (q[:, None] + k).tanh() @ w, (Lq, hidden), (Lk, hidden), (hidden,))
    assert by_vector.flops == 2 * scores


@pytest.mark.parametrize(
    ("run", "shape", "operator"),
    [
        (torch.linalg.svd, (4, 4), "aten._linalg_svd"),
        (torch.linalg.inv, (4, 4), "aten.linalg_inv_ex"),
        (torch.fft.fft2, (4, 4), "aten._fft_c2c"),
    ],
)
def test_what_multiplies_and_has_no_price_is_said(run, shape, operator):
    with pytest.warns(UserWarning, match=f"the FLOPs are too low: {operator} have no price"):
        measure(run, shape)


def test_an_encoder_layer_in_one_piece_is_taken_apart():
    layer = nn.TransformerEncoderLayer(4, 2, 8, batch_first=True).eval()
    played, real = measure(layer, (2, 5, 4)), measure(layer, (2, 5, 4), numbers=True)
    assert played.flops == real.flops == 2 * (4 * 5 * 4 * 4 + 2 * 5 * 5 * 4 + 2 * 5 * 4 * 8) * 2
    assert torch.backends.mha.get_fastpath_enabled()
