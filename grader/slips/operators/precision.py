"""Too few digits, and gradients cut off: at an input, at a step, at a reduction, at the result."""

from __future__ import annotations

from collections.abc import Iterator

from grader.slips.context import Context
from grader.slips.operators.making import Row, around
from grader.slips.operators.reading import called
from grader.slips.slip import Slip
from grader.slips.tree import Path

COARSE = (
    Row(
        "Half precision is used for {what}: only three digits are left, and nothing beyond 65,504.",
        "_o.half().float()",
        52,
    ),
    Row("bfloat16 is used for {what}: only two digits are left.", "_o.bfloat16().float()", 52),
)
CUT = (Row("No gradient comes back through {what} (detach, item, numpy or no_grad).", "_o.detach()", 54),)
ROUNDED = (
    Row("The result is rounded to whole numbers.", "(_o + 0.5) // 1", 45),
    Row("The result is rounded down to whole numbers.", "_o // 1", 46),
    Row("The result is cut to whole numbers (int).", "_o.trunc()", 46),
    *(
        Row(
            f"The result is rounded to {digits} decimal{'s' if digits > 1 else ''}.",
            f"(_o * 1e{digits} + 0.5) // 1 / 1e{digits}",
            45,
        )
        for digits in (1, 2, 3, 4)
    ),
)
REDUCED = ("amax", "max", "amin", "sum", "mean", "softmax", "std", "var", "norm", "logsumexp")


def slips(context: Context) -> Iterator[Slip]:
    if not context.floats:
        return
    for what, places in _named(context):
        for row in (*COARSE, *CUT):
            yield around(row.sentence.format(what=what), places, row.new, row.rank)
    for row in COARSE:
        yield around(row.sentence.format(what="the result"), context.returns, row.new, row.rank)
    for row in ROUNDED:
        yield around(row.sentence, context.returns, row.new, row.rank)


def _named(context: Context) -> Iterator[tuple[str, tuple[Path, ...]]]:
    for name in context.floats:
        yield f"`{name}`", context.uses(name)
    for name, place in context.steps.items():
        yield context.step(name), (place,)
    steps = set(context.steps.values())
    for path, node in context.nodes:
        call = called(node)
        if call is not None and call.name in REDUCED and path not in steps and (said := context.say(node)):
            yield said, (path,)
