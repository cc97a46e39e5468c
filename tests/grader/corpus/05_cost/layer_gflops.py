"""Answers to `layer_gflops`; with each wrong one, what was once said of it by hand."""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from tests.grader.corpus.collection import Collection

answers = Collection()
wrong, right = answers.wrong, answers.right


def _attention_flops(L, d, n):
    return 8 * L * d * n + 4 * L**2 * n


def layer_gflops_reference(L, d, n):
    return (8 * L * d * n + 4 * L**2 * n) / 1e9


@wrong("This is in FLOPs; a GFLOP is 10⁹ of them.")
def in_flops(L, d, n):
    return _attention_flops(L, d, n)


@wrong("This is in MFLOPs, 10⁶ of them; a GFLOP is 10⁹.")
def in_mflops(L, d, n):
    return _attention_flops(L, d, n) / 1e6


@wrong("This is in TFLOPs, 10¹² of them; a GFLOP is 10⁹.")
def in_tflops(L, d, n):
    return _attention_flops(L, d, n) / 1e12


@wrong("Giga is 2³⁰ here; for FLOPs it is 10⁹ (2³⁰ is for memory).")
def binary_giga(L, d, n):
    return _attention_flops(L, d, n) / 2**30


@wrong("This is in multiply–adds: each of them is two FLOPs.")
def in_multiply_adds(L, d, n):
    return _attention_flops(L, d, n) / 2e9


@wrong("This is the price of layer (a), the MLP; or that of the projections alone, in multiply–adds.")
def of_the_mlp(L, d, n):
    return 4 * L * d * n / 1e9


@wrong("These are the projections alone; scores and weighted sum are missing.")
def projections_only(L, d, n):
    return 8 * L * d * n / 1e9


@wrong("These are the scores and the weighted sum alone; the projections are missing.")
def quadratic_only(L, d, n):
    return 4 * L**2 * n / 1e9


@wrong("One of the four projections is missing.")
def three_projections(L, d, n):
    return (6 * L * d * n + 4 * L**2 * n) / 1e9


@wrong("Of the two products with an L×L matrix one is missing.")
def one_product(L, d, n):
    return (8 * L * d * n + 2 * L**2 * n) / 1e9


@wrong(
    "The scores and the weighted sum are charged the width d (or d and n have changed places); queries, "
    "keys and values are n wide.",
)
def scores_d_wide(L, d, n):
    return (8 * L * d * n + 4 * L**2 * d) / 1e9


@wrong("L and d have changed places.")
def length_for_width(L, d, n):
    return _attention_flops(d, L, n) / 1e9


@wrong("The attention layer and the MLP are counted together.")
def whole_block(L, d, n):
    return (12 * L * d * n + 4 * L**2 * n) / 1e9


@wrong("The matrices are taken for d×d, as in most Transformers; here n is the inner width.")
def d_for_n(L, d, n):
    return _attention_flops(L, d, d) / 1e9


@wrong("The matrices are taken for n×n; here they are d×n and n×d.")
def n_for_d(L, d, n):
    return _attention_flops(L, n, n) / 1e9


@wrong("One of the four projections and one of the two products with an L×L matrix are missing.")
def one_of_each_missing(L, d, n):
    return (6 * L * d * n + 2 * L**2 * n) / 1e9


@wrong("Everything is counted twice.")
def everything_twice(L, d, n):
    return 2 * _attention_flops(L, d, n) / 1e9


_ALSO_OFF = {  # on top of a unit that is not GFLOPs
    "the projections are counted alone": lambda L, d, n: 8 * L * d * n,
    "scores and weighted sum are counted alone": lambda L, d, n: 4 * L**2 * n,
    "one of the four projections is missing": lambda L, d, n: 6 * L * d * n + 4 * L**2 * n,
    "one of the two products with an L×L matrix is missing": lambda L, d, n: 8 * L * d * n + 2 * L**2 * n,
    "scores and weighted sum are charged the width d": lambda L, d, n: 8 * L * d * n + 4 * L**2 * d,
    "it is the price of the MLP": lambda L, d, n: 4 * L * d * n,
}


_ALONE = {
    "Two of the four projections are missing.": lambda L, d, n: 4 * L * d * n + 4 * L**2 * n,
    "Three of the four projections are missing.": lambda L, d, n: 2 * L * d * n + 4 * L**2 * n,
    "Queries, keys and values are counted, and nothing after them.": lambda L, d, n: 6 * L * d * n,
    "This is the price for one token; there are L of them.": lambda L, d, n: 8 * d * n + 4 * L * n,
    "Keys and values are multiplied first; or L and n have changed places.": lambda L, d, n: (
        8 * L * d * n + 4 * L * n**2
    ),
    "This is a forward and a backward pass; only the forward one is asked for.": lambda L, d, n: (
        3 * _attention_flops(L, d, n)
    ),
    "This is the number of weights (divided by 10⁹), not that of the FLOPs.": lambda L, d, n: 4 * d * n,
}


_UNITS = {"FLOPs": 1, "kFLOPs": 1e3, "MFLOPs": 1e6, "multiply–adds": 2e9, "units of 2³⁰": 2**30}


def _in_unit(flops, unit):
    return lambda L, d, n: flops(L, d, n) / unit


wrong("This is in kFLOPs, 10³ of them; a GFLOP is 10⁹.", _in_unit(_attention_flops, 1e3))


wrong("This is in millions of multiply–adds; a GFLOP is 10⁹ FLOPs.", _in_unit(_attention_flops, 2e6))


wrong("These are multiply–adds, one by one; a GFLOP is 10⁹ FLOPs.", _in_unit(_attention_flops, 2))


for _sentence, _flops in _ALONE.items():
    wrong(_sentence, _in_unit(_flops, 1e9))


for _what, _flops in _ALSO_OFF.items():
    for _name, _unit in list(_UNITS.items())[: 3 if "projections are" in _what or "MLP" in _what else None]:
        wrong(f"This is in {_name}, not in GFLOPs, and {_what}.", _in_unit(_flops, _unit))


@right
def factored(L, d, n):
    return 4 * L * n * (2 * d + L) / 1e9


@right
def rounded(L, d, n):
    return float(f"{_attention_flops(L, d, n) / 1e9:.5g}")


@right
def product_by_product(L, d, n):
    return sum(2 * a * b * c for a, b, c in [(L, d, n)] * 3 + [(L, n, L), (L, L, n), (L, n, d)]) / 10**9


@right
def from_the_ratio(L, d, n):
    return 4 * L * d * n * 1e-9 * (2 + L / d)


@right
def as_tensor(L, d, n):
    return torch.tensor(_attention_flops(L, d, n) / 1e9)


FORMS: list[Callable[[float], Any]] = [
    float,
    np.float64,
    np.float32,
    lambda x: torch.tensor(x),
    lambda x: float(f"{x:.4g}"),
]


def _in_form(form: Callable[[float], Any]) -> Callable[..., Any]:
    return lambda **given: form(layer_gflops_reference(**given))


for _form in FORMS:
    right(_in_form(_form))
