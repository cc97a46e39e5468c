"""A call left out, or one function in place of its neighbour."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.slips.context import Context
from grader.slips.operators.making import Change, everywhere
from grader.slips.operators.reading import called, renamed
from grader.slips.slip import Slip
from grader.slips.tree import Path

WORDS = {
    "exp": "exponential",
    "log": "logarithm",
    "sqrt": "root",
    "square": "square",
    "abs": "absolute value",
    "relu": "ReLU",
    "gelu": "GELU",
    "sigmoid": "sigmoid",
    "tanh": "tanh",
    "softmax": "softmax",
    "log_softmax": "log-softmax",
    "tril": "lower triangle",
    "triu": "upper triangle",
    "normalize": "normalisation",
    "layer_norm": "layer norm",
    "cumsum": "running sum",
    "floor": "rounding down",
    "ceil": "rounding up",
    "prod": "product",
    "sin": "sine",
    "cos": "cosine",
}
OTHERS = {
    "relu": ("gelu", "sigmoid", "tanh"),
    "gelu": ("relu", "sigmoid", "tanh"),
    "sigmoid": ("tanh", "relu"),
    "tanh": ("sigmoid", "relu"),
    "tril": ("triu",),
    "triu": ("tril",),
    "sin": ("cos",),
    "cos": ("sin",),
    "floor": ("ceil",),
    "ceil": ("floor",),
    "log": ("exp",),
    "prod": ("sum",),
    "zeros": ("ones",),
    "ones": ("zeros",),
}
MADE = {"zeros": "zeros", "ones": "ones", "sum": "sum"}


def slips(context: Context) -> Iterator[Slip]:
    yield from everywhere(context, _changes)


def _changes(context: Context, path: Path, node: ast.expr) -> Iterator[Change]:
    if (call := called(node)) is None:
        return
    words = WORDS | MADE
    if call.name in WORDS:
        yield Change(f"There is no {words[call.name]}.", call.operand, 30)
    for other in OTHERS.get(call.name, ()):
        sentence = f"It takes the {words[other]} where the {words[call.name]} belongs."
        if call.name in ("zeros", "ones"):
            sentence = f"It begins with {other} where {call.name} belong."
        new: ast.expr = renamed(node, other)
        if other == "gelu":  # no method of a tensor
            yield Change(sentence, "F.gelu(_x)", 40, {"_x": call.operand})
        else:
            yield Change(sentence, new, 40)
