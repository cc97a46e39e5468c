"""What is done in place of a softmax, before it, and with its result; likewise for exp and argmax."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.slips.context import NOUNS, Context
from grader.slips.operators.making import Change, Row, everywhere, from_table
from grader.slips.operators.reading import called
from grader.slips.slip import Slip
from grader.slips.tree import Path

BEFORE = (
    Row("The sign is turned before the {what}: the smallest gets the most.", "-_o", 48),
    Row(
        "All numbers that the {what} gets are equal: what they were has no say.",
        "torch.where(_o > -math.inf, 0.0, _o)",
        45,
    ),
    Row("The sign is lost before the {what}: absolute values are taken.", "_o.abs()"),
    Row("The numbers are squared before the {what}.", "_o ** 2"),
    Row("Negative numbers are set to zero before the {what}.", "_o.relu()"),
    Row(
        "The numbers are divided by the root of the row's length before the {what}.",
        "_o / _o.shape[-1] ** 0.5",
    ),
    Row("The numbers are divided by the row's length before the {what}.", "_o / _o.shape[-1]"),
    Row("Each row is made one long before the {what}.", "F.normalize(_o, dim=-1)"),
    Row("Each row is divided by its standard deviation before the {what}.", "_o / _o.std(-1, keepdim=True)"),
    Row("Each row is divided by its largest number before the {what}.", "_o / _o.amax(-1, keepdim=True)"),
    Row("The numbers are clamped before the {what}: all beyond become equal.", "_o.clamp(-10, 10)"),
    Row("The numbers are clamped before the {what}: all beyond become equal.", "_o.clamp(-50, 50)"),
    Row("Large numbers are clamped before the {what}: they become equal.", "_o.clamp(max=50)"),
    Row("The numbers are rounded before the {what}.", "(_o + 0.5) // 1"),
    Row("The {what} is computed in double precision, which overflows as well, only later.", "_o.double()"),
)
SOFTMAX = (
    Row("There is half a softmax: the exponentials are never divided by their sum.", "_x.exp()"),
    Row("A sigmoid is taken where the softmax belongs.", "_x.sigmoid()"),
    Row("There are two softmaxes in a row.", "_o.softmax({axis})"),
    Row(
        "There is no exponential in the softmax: numbers are divided by their sum.",
        "_x / _x.sum({axis}, keepdim=True)",
    ),
    Row(
        "There is no exponential in the softmax: absolute values are divided by their sum.",
        "_x.abs() / _x.abs().sum({axis}, keepdim=True)",
    ),
    Row("All weights are the same: 1 over their number.", "torch.full_like(_o, 1 / _o.shape[{axis}])"),
    Row(
        "The exponentials are divided by the largest of them, not by their sum.",
        "(_x - _x.amax({axis}, keepdim=True)).exp()",
    ),
    Row("The exponentials are divided by their number, not by their sum.", "_x.exp() / _x.shape[{axis}]"),
    Row("This is the log-softmax: the logarithm of the weights.", "_o.log()"),
    Row(
        "Only the largest is kept, with weight 1: an argmax, not a softmax.",
        "(_x == _x.amax({axis}, keepdim=True)).float()",
    ),
    Row("The softmax is taken of powers of 2, not of e.", "(_x * math.log(2)).softmax({axis})"),
    Row("The softmax is taken of powers of 10, not of e.", "(_x * math.log(10)).softmax({axis})"),
    Row("The weights of the first row are used for all rows.", "_o[..., :1, :].expand(_o.shape)", 45),
    Row("The weights of item [0] are used for all items.", "_o[:1].expand(_o.shape)", 45),
    Row(
        "The last one gets no weight: the softmax stops one short.",
        "_x.masked_fill(torch.arange(_x.shape[-1]) == _x.shape[-1] - 1, -math.inf).softmax({axis})",
    ),
    Row(
        "The first one gets no weight: the softmax begins one late.",
        "_x.masked_fill(torch.arange(_x.shape[-1]) == 0, -math.inf).softmax({axis})",
    ),
)
EXPONENTIAL = (
    Row("The sigmoid is taken where the exponential belongs.", "_x.sigmoid()"),
    Row("The ReLU is taken where the exponential belongs.", "_x.relu()"),
    Row("The square is taken where the exponential belongs.", "_x ** 2"),
    Row("The absolute value is taken where the exponential belongs.", "_x.abs()"),
    Row("The logarithm is taken where the exponential belongs.", "_x.log()"),
    Row("Powers of two are taken, not of e.", "2 ** _x"),
    Row("Powers of ten are taken, not of e.", "10 ** _x"),
    Row("1 is subtracted from the exponential (expm1).", "_o - 1"),
)


def slips(context: Context) -> Iterator[Slip]:
    yield from everywhere(context, _changes)


def _changes(context: Context, path: Path, node: ast.expr) -> Iterator[Change]:
    if (call := called(node)) is None or call.name not in ("softmax", "exp", "argmax", "argmin"):
        return
    what = NOUNS[call.name]
    rows = [row._replace(sentence=row.sentence.replace("{what}", what)) for row in BEFORE]
    yield from from_table(context, rows, call.place)
    if call.name == "softmax":
        axis = -1 if call.axis is None else call.axis
        rows = [row._replace(new=row.new.replace("{axis}", str(axis))) for row in SOFTMAX]
        yield from from_table(context, rows, _x=call.operand)
    if call.name == "exp":
        yield from from_table(context, EXPONENTIAL, _x=call.operand)
