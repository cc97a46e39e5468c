"""The cost calculator's page (`calculator.txt`), with the formulas of `course.cost` as JavaScript."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import sympy
from sympy import Expr

from course.cost import vision
from course.cost.formula import FLOAT32, Cost, L, d, n
from course.cost.layers import encoder_layer, mlp, self_attention
from course.vision.vit import VARIANTS

PAGE = (Path(__file__).parent / "calculator.txt").read_text(encoding="utf-8")
SCRIPT = "calculator/formulas.js"  # among the site's files
PRESETS = ("Ti/16", "S/16", "B/16", "B/32", "L/16", "H/14")
h, depth, B, image, patch = sympy.symbols("h depth B image patch", integer=True, positive=True)


def write(files: Path) -> None:
    """Its formulas, among the site's files."""
    file = files / SCRIPT
    file.parent.mkdir(parents=True)
    file.write_text(script(), encoding="utf-8")


def script() -> str:
    """A script that defines `cost`: groups of functions of the sizes that they need; and `presets`."""
    groups = {name: _functions(formulas) for name, formulas in groups_of_formulas().items()}
    body = "\n".join(f"  {name}: {{\n{functions}\n  }}," for name, functions in groups.items())
    presets = json.dumps({f"ViT-{name}": _preset(**VARIANTS[name]) for name in PRESETS})
    return f'"use strict";\nwindow.cost = {{\n{body}\n}};\nwindow.presets = {presets};\n'


def _preset(patch: int, dim: int, depth: int, heads: int, hidden: int) -> dict[str, float]:
    """A variant by the names of the page's fields."""
    return {"patch": patch, "d": dim, "depth": depth, "h": heads, "ratio": hidden / dim}


def groups_of_formulas() -> dict[str, dict[str, Expr]]:
    """Two models, `tokens` and `image`; a `layer` of theirs, for one sample; lengths where curves cross."""
    looks = self_attention(L, d, h)
    pairs = sympy.expand(looks.flops).coeff(L, 2) * L**2
    work = mlp(L, d, n).flops
    explicit = sympy.expand(self_attention(L, d, h, fused=False).activation_bytes)
    matrix = explicit.coeff(L, 2) * L**2 / FLOAT32
    layer = {fused: _numbers(encoder_layer(L, d, n, h, fused=fused)) for fused in (True, False)}
    return {
        "tokens": _model(depth * encoder_layer(L, d, n, h), depth * encoder_layer(L, d, n, h, fused=False)),
        "image": {
            "length": 1 + (image // patch) ** 2,
            **_model(*(vision.vit(image, patch, d, depth, h, n, fused=fused) for fused in (True, False))),
        },
        "layer": {
            "projections": sympy.expand(looks.flops - pairs),
            "pairs": pairs,
            "attention": looks.flops,
            "mlp": work,
            "matrix": matrix,
            "keptFused": layer[True],
            "keptExplicit": layer[False],
        },
        "crossing": {
            "attentionMlp": _length(looks.flops - work),
            "pairsMlp": _length(pairs - work),
            "matrixRest": _length(2 * matrix - layer[False]),
        },
    }


def _model(fused: Cost, explicit: Cost) -> dict[str, Expr]:
    """What a batch costs: memory as how many numbers are kept."""
    return {
        "parameters": fused.parameters,
        "flops": fused.batch(B).flops,
        "keptFused": B * _numbers(fused),
        "keptExplicit": B * _numbers(explicit),
    }


def _numbers(cost: Cost) -> Expr:
    return sympy.expand(cost.activation_bytes / FLOAT32)


def _length(difference: Expr) -> Expr:
    """The one L > 0 where a difference, divided by L, is nothing."""
    (found,) = sympy.solve(sympy.expand(difference / L), L)
    return sympy.expand(found)


def _functions(formulas: Mapping[str, Expr]) -> str:
    lines = []
    for name, formula in formulas.items():
        sizes = ", ".join(sorted(symbol.name for symbol in formula.free_symbols))
        lines.append(f"    {name}: ({{ {sizes} }}) => {sympy.jscode(formula)},")
    return "\n".join(lines)
