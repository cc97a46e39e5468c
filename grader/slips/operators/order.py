"""A division or a factor that comes too late: after the softmax, or another function that it changes."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.slips.context import NOUNS, Context
from grader.slips.operators.making import Change, slip
from grader.slips.operators.reading import called
from grader.slips.slip import Slip
from grader.slips.tree import Path

LATE = ("softmax", "exp", "relu", "gelu", "sigmoid")  # what a scale does not pass through unchanged
AFTER = {"softmax": "the softmax: the weights no longer sum to one"}


def slips(context: Context) -> Iterator[Slip]:
    late = [(path, call.name) for path, node in context.nodes if (call := called(node)) and call.name in LATE]
    for path, node in context.nodes:
        if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Div, ast.Mult)):
            for place, name in late:
                if place[: len(path)] != path:
                    yield _late(context, path, node, place, name)


def _late(context: Context, path: Path, node: ast.BinOp, place: Path, name: str) -> Slip:
    divides = isinstance(node.op, ast.Div)
    what = context.sentence(f"The {'division' if divides else 'multiplication'} by {{b}}", b=node.right)
    left_out = Change("", "1", place=(("right", None),)).edit(path)
    made = Change("", "_o / _b" if divides else "_o * _b", nodes={"_b": node.right}).edit(place)
    after = AFTER.get(name, f"the {NOUNS[name]}, not before it")
    return slip(f"{what} comes after {after}." if what else "", [left_out, made], 25)
