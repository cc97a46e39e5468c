"""The calculator's formulas are `course.cost`'s, and where its curves cross they do."""

import sympy

from course.cost.formula import L, d, n
from grader.site.calculator import B, groups_of_formulas, h

SIZES = {d: 768, n: 3072, h: 12}


def test_the_parts_of_a_layer_are_those_of_the_closed_forms():
    layer = groups_of_formulas()["layer"]
    assert layer["projections"] == 8 * L * d**2 and layer["pairs"] == 4 * L**2 * d
    assert layer["mlp"] == 4 * L * d * n and layer["matrix"] == h * L**2
    assert sympy.expand(layer["keptExplicit"] - layer["keptFused"]) == h * L**2 - h * L


def test_curves_cross_where_it_says():
    groups = groups_of_formulas()
    layer, crossing = groups["layer"], groups["crossing"]
    assert crossing["attentionMlp"] == n - 2 * d and crossing["pairsMlp"] == n
    for one, other, length in (
        (layer["attention"], layer["mlp"], crossing["attentionMlp"]),
        (layer["pairs"], layer["mlp"], crossing["pairsMlp"]),
        (2 * layer["matrix"], layer["keptExplicit"], crossing["matrixRest"]),
    ):
        at = {**SIZES, L: length.subs(SIZES)}
        assert one.subs(at) == other.subs(at) > 0


def test_a_model_is_charged_for_its_batch_but_not_for_its_weights():
    for model in ("tokens", "image"):
        formulas = groups_of_formulas()[model]
        assert B not in formulas["parameters"].free_symbols
        assert sympy.expand(formulas["flops"].subs(B, 7 * B) - 7 * formulas["flops"]) == 0
