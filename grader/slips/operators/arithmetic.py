"""Operations left out, exchanged, or done twice; roots forgotten; a small number added to a denominator."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.slips.context import Context
from grader.slips.operators.making import Change, Row, everywhere, from_table
from grader.slips.slip import Slip
from grader.slips.tree import Path

DIVISION = (
    Row("The division by {b} is missing.", "1", 30, "right"),
    Row("It is multiplied by {b} where it should be divided.", "1 / _o", 30, "right"),
    Row("It is divided by {b} twice.", "_o * _o", 40, "right"),
    Row("The quotient by {b} is rounded down (`//` for `/`).", "_o // 1", 40),
    Row("It subtracts {b} where it should divide.", "_a - _b", 60),
)
DENOMINATOR = (
    *(
        Row(f"A small number is added to the denominator ({small} or so).", f"_o + {small}", rank, "right")
        for small, rank in (("1e-8", 40), ("1e-6", 41), ("1e-5", 42), ("1e-3", 43), ("1e-12", 44))
    ),
    Row("1 is added to the denominator.", "_o + 1", 60, "right"),
    Row("The denominator is kept above a small number (clamp).", "_o.clamp(min=1e-8)", 60, "right"),
)
FIXED = tuple(
    Row(f"It is divided by a fixed {number}, not by {{b}}.", str(number), 70, "right")
    for number in (2, 4, 8, 10, 16, 64, 100)
)
ROOT = (  # of a denominator √i
    Row("It is divided by {i}, not by {b}.", "_i", 25, "right"),
    Row("`{i} ** 1 / 2` is half of {i}: the root is `{i} ** 0.5`.", "_i / 2", 40, "right"),
    Row("`/ {i} ** 1 / 2` divides by {i} and by 2: the root is `{i} ** 0.5`.", "_i * 2", 41, "right"),
    Row("It is divided by {i} − 1 under the root.", "(_i - 1) ** 0.5", 60, "right"),
    Row("It is divided by the fourth root of {i}.", "_o ** 0.5", 60, "right"),
    Row("It is divided by {i}², not by {b}.", "_i * _i", 60, "right"),
)
ROOT_ABOVE = (
    Row("The root is taken of what is divided by {b}, too.", "_o ** 0.5", 60, "left"),
    Row("The root is taken of what should be divided by {b}.", "_a ** 0.5", 60),
)
PRODUCT = (
    Row("The multiplication by {b} is missing.", "1", 40, "right"),
    Row("The multiplication by {a} is missing.", "1", 40, "left"),
    Row("It is divided by {b} where it should be multiplied.", "1 / _o", 50, "right"),
    Row("It is multiplied by {b} twice.", "_o * _o", 55, "right"),
    Row("It is multiplied by {a} twice.", "_o * _o", 55, "left"),
    Row("It adds {b} where it should multiply.", "_a + _b", 60),
)
DIFFERENCE = (
    Row("The subtraction of {b} is missing.", "0", 30, "right"),
    Row("It adds {b}, which should be subtracted.", "-_o", 40, "right"),
    Row("The subtraction of {b} is done the other way round: the sign is turned.", "-_o", 50),
    Row("It divides by {b}, which should be subtracted.", "_a / _b", 40),
    Row("It subtracts {b} twice.", "2 * _o", 60, "right"),
)
SUM = (
    Row("The addition of {b} is missing.", "0", 40, "right"),
    Row("The addition of {a} is missing.", "0", 40, "left"),
    Row("It subtracts {b}, which should be added.", "-_o", 50, "right"),
    Row("It multiplies by {b}, which should be added.", "_a * _b", 60),
    Row("It adds {b} twice.", "2 * _o", 60, "right"),
)
POWER = (
    Row("The exponent {b} is missing.", "_a", 50),
    Row("It multiplies by {b} where a power belongs (`*` for `**`).", "_a * _b", 45),
)
SQUARE_ROOT = (Row("It takes {a}, not its root.", "_a", 30),)
WHOLE = (Row("The quotient by {b} is not rounded down (`/` for `//`).", "_a / _b", 40),)
TABLES: dict[type[ast.operator], tuple[Row, ...]] = {
    ast.Div: (*DIVISION, *DENOMINATOR, *FIXED),
    ast.Mult: PRODUCT,
    ast.Sub: DIFFERENCE,
    ast.Add: SUM,
    ast.Pow: POWER,
    ast.FloorDiv: WHOLE,
}


def slips(context: Context) -> Iterator[Slip]:
    yield from everywhere(context, _changes)


def _changes(context: Context, path: Path, node: ast.expr) -> Iterator[Change]:
    if not isinstance(node, ast.BinOp):
        return
    rows = TABLES.get(type(node.op), ())
    if isinstance(node.op, ast.Pow) and _is_half(node.right):
        rows = SQUARE_ROOT
    yield from from_table(context, rows, _a=node.left, _b=node.right)
    if isinstance(node.op, ast.Div) and (inner := _under_root(node.right)) is not None:
        yield from from_table(context, (*ROOT, *ROOT_ABOVE), _a=node.left, _b=node.right, _i=inner)


def _under_root(node: ast.expr) -> ast.expr | None:
    match node:
        case ast.Call(func=ast.Attribute(attr="sqrt", value=ast.Name(id="math" | "torch")), args=[inner]):
            return inner
        case ast.Call(func=ast.Attribute(attr="sqrt", value=inner), args=[]):
            return inner
        case ast.BinOp(left=inner, op=ast.Pow(), right=power) if _is_half(power):
            return inner
    return None


def _is_half(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value == 0.5
