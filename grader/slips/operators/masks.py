"""Masks upside down, ignored, transposed, read for one row only; what is filled in; filled in too late."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.slips.context import Context
from grader.slips.operators.making import Change, Row, slip
from grader.slips.operators.reading import called
from grader.slips.slip import Slip
from grader.slips.tree import Path

UPSIDE_DOWN = "The mask is upside down: it hides what may be seen. True means *may attend*."
ORDINARY = "an ordinary score. They need −inf."
NEAR_ZERO = "Forbidden scores become 0 (or nearly 0), but exp(0) is 1, an ordinary weight: they need −inf."

FORBIDDEN = (  # of x.masked_fill(m, value): what is done to m
    Row(UPSIDE_DOWN, "~_o", 25),
    Row("The mask has no effect: it is ignored, or what masked_fill returns is not kept.", "_o & False", 25),
    Row("The mask is transposed: row i is used as if it said who may look *at* i.", "_o.mT", 40),
    Row("The first row of the mask is used for all rows.", "_o[..., :1, :]", 40),
    Row("The last row of the mask is used for all rows.", "_o[..., -1:, :]", 42),
    Row("Item [0] of the mask is used for all.", "_o[:1]", 41),
    Row("A mask of fewer axes than the scores is not used.", "_o & (_o.dim() == _x.dim())", 42),
    Row("Only a mask of two axes is used.", "_o & (_o.dim() == 2)", 43),
    Row(
        "The mask is cut to its lower half: later keys are hidden too.",
        "_o | torch.ones_like(_o).triu(1)",
        45,
    ),
    Row("The mask is shifted by one key.", "_o.roll(1, -1)", 45),
    Row("The mask is read backwards: its keys stand in the opposite order.", "_o.flip(-1)", 46),
    Row(
        "The mask hides nothing in the last row: a loop stops one short.",
        "_o & (torch.arange(_o.shape[-2]) < _o.shape[-2] - 1)[:, None]",
        45,
    ),
    Row(
        "The mask never hides the last key: a loop stops one short.",
        "_o & (torch.arange(_o.shape[-1]) < _o.shape[-1] - 1)",
        45,
    ),
    Row(
        "The mask counts in the first row only.",
        "_o & (torch.arange(_o.shape[-2]) == 0)[:, None]",
        45,
    ),
)
FILLED = (  # what is done to the value
    Row(NEAR_ZERO, "0.0", 25),
    Row(NEAR_ZERO, "1e-9", 40),
    Row(f"Forbidden scores become 1: {ORDINARY}", "1.0", 35),
    Row(f"Forbidden scores become −1: {ORDINARY}", "-1.0", 35),
    Row("Forbidden scores become −10: small, not impossible. They need −inf.", "-10.0", 35),
    Row("Forbidden scores become −100: small, not impossible. They need −inf.", "-100.0", 36),
    Row("Forbidden scores become −10⁹: where scores are as low, or all are forbidden, it shows.", "-1e9", 37),
    Row("Forbidden scores become +inf or NaN: the softmax gives NaN.", "math.inf", 35),
    Row("Forbidden scores are the largest: they alone get weight.", "1e9", 36),
)
WHOLE = (  # x: the scores, m: what is forbidden, a: what is allowed
    Row(UPSIDE_DOWN, "_x.masked_fill(_a, -1e9)", 26),
    Row(UPSIDE_DOWN, "_x + _a * -1e9", 26),
    Row("Allowed scores become 0 (or nearly 0), and nothing is forbidden.", "_x.masked_fill(_a, 0.0)", 40),
    Row("The mask is added to the scores as 0 and 1: a nudge, where a wall is needed.", "_x + _a", 25),
    Row(
        "The inverted mask is added to the scores as 0 and 1: a nudge towards what is forbidden.",
        "_x + _m",
        40,
    ),
    Row(
        "The inverted mask is subtracted as 0 and 1: a nudge, where a wall is needed.", "_x - (_m + 0.0)", 40
    ),
    Row("Forbidden scores are made smaller, not impossible: they need −inf.", "_x - _m * 10.0", 45),
    Row("The mask takes the place of the scores: they are gone.", "(_x * 0).masked_fill(_m, -math.inf)", 45),
)
AFTER = (  # what is done to the weights w in place of all that
    Row(
        "The mask comes after the softmax and the rest is not renormalised: forbidden keys cost weight.",
        "_o * _a",
        25,
    ),
    Row("The mask comes after the softmax, and upside down.", "_o * _m", 26),
    Row(
        "The mask comes after the softmax, and upside down, and the rest is renormalised.",
        "_o * _m / (_o * _m).sum(-1, keepdim=True)",
        27,
    ),
    Row(
        "The mask comes after the softmax, and the columns are renormalised, not the rows.",
        "_o * _a / (_o * _a).sum(-2, keepdim=True)",
        27,
    ),
    Row("−inf is filled in after the softmax, which should get it.", "_o.masked_fill(_m, -math.inf)", 28),
    Row("A second softmax comes after the mask that follows the first.", "(_o * _a).softmax(-1)", 28),
)


def slips(context: Context) -> Iterator[Slip]:
    softmaxes = [path for path, node in context.nodes if (call := called(node)) and call.name == "softmax"]
    for path, node in context.nodes:
        match node:
            case ast.Call(func=ast.Attribute(attr="masked_fill", value=scores), args=[forbidden, _]):
                yield from _of_fill(path, scores, forbidden)
                for softmax in softmaxes:
                    yield from _after(context, path, softmax, forbidden)


def _of_fill(path: Path, scores: ast.expr, forbidden: ast.expr) -> Iterator[Slip]:
    nodes = {"_x": scores, "_m": forbidden, "_a": _allowed(forbidden)}
    for rows, place in ((FORBIDDEN, (("args", 0),)), (FILLED, (("args", 1),)), (WHOLE, ())):
        for row in rows:
            yield slip(row.sentence, [Change("", row.new, nodes=nodes, place=place).edit(path)], row.rank)
    for value in ("0.0", "1.0"):
        turned = Change("", "~_o", place=(("args", 0),)).edit(path)
        filled = Change("", value, place=(("args", 1),)).edit(path)
        yield slip(f"The mask is upside down, and fills in {value[0]}.", [turned, filled], 45)


def _after(context: Context, path: Path, softmax: Path, forbidden: ast.expr) -> Iterator[Slip]:
    """The scores go into the softmax unmasked, and the weights are masked."""
    ignored = Change("", "_o & False", place=(("args", 0),)).edit(path)
    names = {node.id for node in ast.walk(forbidden) if isinstance(node, ast.Name)}
    absent = next((name for name in context.optional if name in names), None)
    for row in AFTER:
        new = f"_o if {absent} is None else {row.new}" if absent else row.new
        weights = Change("", new, nodes={"_m": forbidden, "_a": _allowed(forbidden)}).edit(softmax)
        yield slip(row.sentence, [ignored, weights], row.rank)


def _allowed(forbidden: ast.expr) -> ast.expr:
    if isinstance(forbidden, ast.UnaryOp) and isinstance(forbidden.op, ast.Invert):
        return forbidden.operand
    return ast.UnaryOp(ast.Invert(), forbidden)
