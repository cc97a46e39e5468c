"""What is taken for the dot products of rows with rows: cosines, distances, sums, numbers that never meet."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.slips.context import Context
from grader.slips.operators.making import Change, Row, everywhere, from_table
from grader.slips.operators.reading import called
from grader.slips.slip import Slip
from grader.slips.tree import Path

OF_PAIRS = (  # one number for each row of a with each row of b
    Row(
        "These are cosines, not dot products: the rows of both sides were made one long.",
        "F.normalize(_a, dim=-1) @ F.normalize(_b, dim=-1).mT",
        46,
    ),
    Row("These are distances between rows, not dot products.", "torch.cdist(_a, _b)", 46),
    Row("These are negative distances between rows, not dot products.", "-torch.cdist(_a, _b)", 46),
    Row("These are squared distances between rows, not dot products.", "torch.cdist(_a, _b) ** 2", 46),
    Row("These are negative squared distances, not dot products.", "-(torch.cdist(_a, _b) ** 2)", 46),
    Row(
        "The numbers of a row are summed before they are multiplied; a dot product multiplies first.",
        "_a.sum(-1)[..., :, None] * _b.sum(-1)[..., None, :]",
        48,
    ),
    Row(
        "The rows are added in pairs where they should be multiplied.",
        "(_a[..., :, None, :] + _b[..., None, :, :]).sum(-1)",
        48,
    ),
)
OTHER_SHAPES = (
    Row("Numbers are multiplied one by one: two different rows never meet.", "_a * _b", 47),
    Row("Each row meets only the one of the same number: a diagonal.", "(_a * _b).sum(-1)", 47),
    Row("The products of each pair are never summed.", "_a[..., :, None, :] * _b[..., None, :, :]", 47),
    Row(
        "The numbers keep their order where rows and columns should change places (reshape).",
        "_a @ _b.reshape(*_b.shape[:-2], _b.shape[-1], _b.shape[-2])",
        45,
    ),
)
ONE_ROW = "_q[None]"


def slips(context: Context) -> Iterator[Slip]:
    yield from everywhere(context, _changes)


def _changes(context: Context, path: Path, node: ast.expr) -> Iterator[Change]:
    match node:
        case ast.BinOp(left=a, op=ast.MatMult(), right=right) if (b := _turned(right)) is not None:
            yield from from_table(context, (*OF_PAIRS, *OTHER_SHAPES), _a=a, _b=b)
        case ast.BinOp(left=a, op=ast.MatMult(), right=ast.Name(id=name) as query):
            if len(context.sizes.get(name, ())) == 1:  # each row of a with one vector
                rows = [row._replace(new=f"({row.new.replace('_b', ONE_ROW)})[..., 0]") for row in OF_PAIRS]
                yield from from_table(context, rows, _a=a, _q=query)


def _turned(node: ast.expr) -> ast.expr | None:
    """What is transposed."""
    if isinstance(node, ast.Attribute) and node.attr in ("T", "mT"):
        return node.value
    call = called(node)
    return call.operand if call is not None and call.name == "transpose" else None
