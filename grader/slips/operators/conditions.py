"""Comparisons, `and`/`or`, triangles and places off by one; a step that one branch leaves out."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.slips.context import NOUNS, Context
from grader.slips.operators.making import Change, Row, everywhere, from_table
from grader.slips.operators.reading import called
from grader.slips.slip import Slip
from grader.slips.tree import Path, at

SIGNS: dict[type[ast.cmpop], str] = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
}
MISTAKEN = {  # the edge case first, then the other direction
    "<": ("<=", ">", ">="),
    "<=": ("<", ">=", ">"),
    ">": (">=", "<", "<="),
    ">=": (">", "<=", "<"),
    "==": ("!=",),
    "!=": ("==",),
}
BOTH = (
    Row("`{wrong}` stands where `{right}` belongs.", "_a {wrong} _b", 35),
    Row("Only one side of the `{right}` counts: {a}.", "_a", 35),
    Row("Only one side of the `{right}` counts: {b}.", "_b", 35),
)


def slips(context: Context) -> Iterator[Slip]:
    yield from everywhere(context, _compared)
    yield from everywhere(context, _joined)
    yield from everywhere(context, _off_by_one)
    yield from everywhere(context, _in_one_branch)


def _compared(context: Context, path: Path, node: ast.expr) -> Iterator[Change]:
    match node:
        case ast.Compare(left=left, ops=[sign], comparators=[right]) if type(sign) in SIGNS:
            now = SIGNS[type(sign)]
            which = "" if _comparisons(context) == 1 else " with {b}"
            rows = (
                Row(f"The comparison{which} is `{wrong}` where `{now}` belongs.", f"_a {wrong} _b", 40)
                for wrong in MISTAKEN[now]
            )
            yield from from_table(context, rows, _a=left, _b=right)


def _comparisons(context: Context) -> int:
    return sum(isinstance(node, ast.Compare) and type(node.ops[0]) in SIGNS for _, node in context.nodes)


def _joined(context: Context, path: Path, node: ast.expr) -> Iterator[Change]:
    match node:
        case ast.BoolOp(op=op, values=[a, b]):
            right, wrong = ("and", "or") if isinstance(op, ast.And) else ("or", "and")
        case ast.BinOp(left=a, op=ast.BitAnd() | ast.BitOr() as op, right=b):
            right, wrong = ("&", "|") if isinstance(op, ast.BitAnd) else ("|", "&")
        case _:
            return
    for row in BOTH:
        sentence, new = (
            t.replace("{wrong}", wrong).replace("{right}", right) for t in (row.sentence, row.new)
        )
        yield from from_table(context, [Row(sentence, new, row.rank)], _a=a, _b=b)


def _off_by_one(context: Context, path: Path, node: ast.expr) -> Iterator[Change]:
    call = called(node)
    match node:
        case ast.Call(args=arguments) if call is not None and call.name in ("tril", "triu"):
            if not arguments or arguments == [call.operand]:
                yield from _diagonals(call.name, call.operand)
        case ast.Subscript(value=value, slice=ast.Call() | ast.Name() | ast.BinOp() as place):
            for step, word in (("+ 1", "after"), ("- 1", "before")):
                new = f"_v[(_i {step}) % len(_v)]"
                sentence = f"The place is one off: it takes what stands {word} the right one."
                yield Change(sentence, new, 45, {"_v": value, "_i": place})
        case ast.Call(func=ast.Name(id="range"), args=[*_, stop]):
            end = (("args", len(node.args) - 1),)
            yield Change("The loop stops one short: the last turn is missing.", "_o - 1", 40, place=end)
            if len(node.args) == 1:
                yield Change(
                    "The loop begins at 1: the first turn is missing.", "range(1, _n)", 40, {"_n": stop}
                )
        case ast.Constant(value=int() as number) if not isinstance(number, bool):
            yield from _number(context, path, number)


def _diagonals(name: str, operand: ast.expr) -> Iterator[Change]:
    more, fewer = (1, -1) if name == "tril" else (-1, 1)
    nodes = {"_x": operand}
    yield Change("The triangle has one diagonal too many.", f"_x.{name}({more})", 30, nodes)
    yield Change("The triangle lacks the main diagonal.", f"_x.{name}({fewer})", 30, nodes)


def _number(context: Context, path: Path, number: int) -> Iterator[Change]:
    """Numbers that count something: no axes, no places, no arguments of library functions."""
    parent = at(context.tree, path[:-1])
    if isinstance(parent, ast.BinOp) and not isinstance(parent.op, ast.Pow):
        yield Change(f"`{number + 1}` stands where `{number}` belongs.", str(number + 1), 60)
        yield Change(f"`{number - 1}` stands where `{number}` belongs.", str(number - 1), 60)


def _in_one_branch(context: Context, path: Path, node: ast.expr) -> Iterator[Change]:
    """A step that is done with a mask only, or without one only."""
    for name in context.optional:
        for place, neutral, what in _steps(context, node):
            nodes = {"_n": neutral}
            for when, new in (
                (f"where `{name}` is given", f"_o if {name} is None else _n"),
                (f"where no `{name}` is given", f"_n if {name} is None else _o"),
            ):
                yield Change(
                    context.sentence(f"{{what}} is missing {when}.", what=what), new, 45, nodes, place
                )


def _steps(context: Context, node: ast.expr) -> Iterator[tuple[Path, ast.expr, str | None]]:
    """Where a step is made, what leaves it out, and its name."""
    match node:
        case ast.BinOp(op=ast.Div(), right=right):
            said = context.say(right)
            yield (("right", None),), ast.Constant(1), said and f"the division by {said}"
        case ast.BinOp(op=ast.Sub(), right=right):
            said = context.say(right)
            yield (("right", None),), ast.Constant(0), said and f"the subtraction of {said}"
    call = called(node)
    if call is not None and call.name in ("softmax", "exp", "relu", "gelu"):
        yield (), call.operand, f"the {NOUNS[call.name]}"
