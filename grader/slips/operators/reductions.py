"""One reduction in place of another, over too few numbers, or with the result of one row for all."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.slips.context import NOUNS, Context
from grader.slips.operators.making import Change, Row, everywhere, from_table
from grader.slips.operators.reading import Called, called, part, renamed
from grader.slips.slip import Slip
from grader.slips.tree import Path

OTHERS = {
    "sum": ("mean", "amax", "prod"),
    "mean": ("sum", "amax"),
    "amax": ("amin", "mean", "sum", "median", "logsumexp"),
    "amin": ("amax", "mean"),
    "max": ("min", "mean"),
    "min": ("max", "mean"),
    "argmax": ("argmin",),
    "argmin": ("argmax",),
    "std": ("var", "norm"),
    "var": ("std", "norm"),
    "norm": ("sum", "amax"),
    "cumsum": ("cumprod",),
}
LEAVES_ALL = ("softmax", "log_softmax", "cumsum", "cumprod")  # as many numbers as before: nothing is reduced


def slips(context: Context) -> Iterator[Slip]:
    yield from everywhere(context, _changes)


def _changes(context: Context, path: Path, node: ast.expr) -> Iterator[Change]:
    if (call := called(node)) is None or call.name not in NOUNS or call.axis is None:
        return
    what = NOUNS[call.name]
    if call.name not in LEAVES_ALL:
        yield from _exchanged(node, call)
        yield from from_table(context, _fewer(call, what), call.place)
        yield from from_table(context, _from_one_row(call, what))
    if call.name in ("var", "std"):
        yield _other_divisor(node, what)


def _exchanged(node: ast.expr, call: Called) -> Iterator[Change]:
    what = NOUNS[call.name]
    for other in OTHERS.get(call.name, ()):
        new: ast.expr = renamed(node, other)
        if other == "median":  # gives a pair, with the places
            new = ast.Attribute(new, "values", ast.Load())
        rank = 42 if (call.name, other) == ("sum", "amax") else 30  # often 1, as if there were no division
        yield Change(f"The {NOUNS[other]} is taken where the {what} belongs.", new, rank)
    one = ":1" if call.keepdim_place else "0"
    last = "-1:" if call.keepdim_place else "-1"
    assert call.axis is not None
    if call.name == "sum":
        count = f"torch.full_like(_o, _x.shape[{call.axis}])"
        yield Change(
            "The number of entries is taken where their sum belongs.", count, 40, {"_x": call.operand}
        )
    if call.name in ("amax", "amin", "max", "min", "mean"):
        for word, index in (("first", one), ("last", last)):
            text = f"_x{part(call.axis, index)}"
            yield Change(
                f"The {word} entry is taken where the {what} belongs.", text, 40, {"_x": call.operand}
            )


def _fewer(call: Called, what: str) -> Iterator[Row]:
    """What is reduced is changed first."""
    assert call.axis is not None
    yield Row(
        f"The last entry is left out of the {what}: it stops one short.", f"_o{part(call.axis, ':-1')}", 45
    )
    yield Row(
        f"The first entry is left out of the {what}: it begins one late.", f"_o{part(call.axis, '1:')}", 45
    )
    if call.name in ("amax", "max", "argmax"):
        yield Row("The largest absolute value is taken where the maximum belongs.", "_o.abs()", 30)
    if call.name in ("amin", "min", "argmin"):
        yield Row("The smallest absolute value is taken where the minimum belongs.", "_o.abs()", 30)
    if call.name in ("sum", "mean"):
        yield Row(f"The sign is lost before the {what}: absolute values are added up.", "_o.abs()", 45)


def _from_one_row(call: Called, what: str) -> Iterator[Row]:
    """What one row, or one item of the batch, gave is used for all."""
    rows = ", :" if call.keepdim_place else ""
    yield Row(f"The {what} of the first row is used for all rows.", f"_o[..., :1{rows}]", 30)
    yield Row(f"The {what} of the last row is used for all rows.", f"_o[..., -1:{rows}]", 35)
    yield Row(f"The {what} of item [0] is used for all items.", "_o[:1]", 35)


def _other_divisor(node: ast.expr, what: str) -> Change:
    assert isinstance(node, ast.Call)
    now = next(
        (k.value.value for k in node.keywords if k.arg == "unbiased" and isinstance(k.value, ast.Constant)),
        True,
    )
    new = ast.Call(
        node.func, node.args, [k for k in node.keywords if k.arg not in ("unbiased", "correction")]
    )
    new.keywords.append(ast.keyword("unbiased", ast.Constant(not now)))
    does, should = ("n", "n − 1") if now else ("n − 1", "n")
    return Change(f"The {what} divides by {does}; it should divide by {should}.", new, 30)
