"""Transposes that are missing, are too many or turn other axes; matrix products the wrong way round."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.slips.context import Context
from grader.slips.operators.making import Change, Row, everywhere, from_table
from grader.slips.operators.reading import called
from grader.slips.slip import Slip
from grader.slips.tree import Path

MISSING = Row("The transpose of {x} is missing.", "_x", 40)
ALL_AXES = Row(
    "`.T` turns *all* axes round, the batch's too; only the last two should change places.",
    "_x.permute(*range(_x.dim() - 1, -1, -1))",  # `.T` itself warns where it turns more than two axes
    20,
)
OTHER_AXES = tuple(
    Row(f"Axes {a} and {b} change places; it should be the last two.", f"_x.transpose({a}, {b})")
    for a, b in ((0, 1), (1, 2), (0, 2))
)
PRODUCT = (
    Row("{a} and {b} have changed places in the matrix product.", "_b @ _a", 60),
    Row(
        "{a} and {b} are multiplied number by number (`*`): a matrix product (`@`) belongs there.",
        "_a * _b",
        60,
    ),
    Row(
        "The matrix product gets {a} transposed, one transpose too many.", "_o.transpose(-2, -1)", 55, "left"
    ),
    Row(
        "The matrix product gets {b} transposed, one transpose too many.", "_o.transpose(-2, -1)", 55, "right"
    ),
    Row("The matrix product with {b} is missing.", "_a", 55),
    Row("The matrix product with {a} is missing.", "_b", 55),
)
ONLY_PRODUCT = (
    Row("The two sides of the matrix product have changed places.", "_b @ _a", 60),
    Row("Numbers are multiplied one by one (`*`): a matrix product (`@`) belongs there.", "_a * _b", 60),
    Row(
        "The left side of the matrix product is transposed once too often.",
        "_o.transpose(-2, -1)",
        60,
        "left",
    ),
    Row(
        "The right side of the matrix product is transposed once too often.",
        "_o.transpose(-2, -1)",
        60,
        "right",
    ),
)


def slips(context: Context) -> Iterator[Slip]:
    yield from everywhere(context, _changes)


def _changes(context: Context, path: Path, node: ast.expr) -> Iterator[Change]:
    call = called(node)
    if isinstance(node, ast.Attribute) and node.attr in ("T", "mT"):
        yield from _transpose(context, node.value, turns_all=node.attr == "T")
    elif call is not None and call.name == "transpose":
        yield from _transpose(context, call.operand, turns_all=False)
        yield from from_table(context, OTHER_AXES, _x=call.operand)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
        rows = ONLY_PRODUCT if _products(context) == 1 else PRODUCT
        yield from from_table(context, rows, _a=node.left, _b=node.right)


def _transpose(context: Context, operand: ast.expr, turns_all: bool) -> Iterator[Change]:
    yield from from_table(context, [MISSING] if turns_all else [MISSING, ALL_AXES], _x=operand)


def _products(context: Context) -> int:
    return sum(isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult) for _, node in context.nodes)
