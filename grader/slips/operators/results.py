"""What is done to the result: one step too many, a wrong scale, some rows only."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.slips.context import Context
from grader.slips.operators.making import Row, around
from grader.slips.slip import Slip
from grader.slips.tree import at

TENSOR = (
    Row("The sign of the result is turned.", "-_o", 45),
    Row("The sign is lost: these are the absolute values of what is asked for.", "_o.abs()", 45),
    Row("This is the exponential of what is asked for.", "_o.exp()", 45),
    Row("This is the logarithm of what is asked for.", "_o.log()", 45),
    Row("This is the square of what is asked for.", "_o ** 2", 45),
    Row("This is the root of what is asked for.", "_o ** 0.5", 45),
    Row("Negative numbers are set to zero (a ReLU at the end).", "_o.relu()", 45),
    Row("There is a tanh at the end.", "_o.tanh()", 45),
    Row("There is a layer norm at the end.", "F.layer_norm(_o, _o.shape[-1:])", 45),
    Row("There is one softmax too many at the end.", "_o.softmax(-1)", 45),
    Row("There is one softmax too many at the end, over the columns.", "_o.softmax(-2)", 46),
    Row("The rows of the result are made one long.", "F.normalize(_o, dim=-1)", 45),
    Row("Each row of the result is divided by its sum.", "_o / _o.sum(-1, keepdim=True)", 45),
    Row("Only the largest of each row is kept, as a 1.", "(_o == _o.amax(-1, keepdim=True)).float()", 45),
    Row("The result is averaged over the rows; one row each is asked for.", "_o.mean(-2)", 45),
    Row("The result is summed over the rows; one row each is asked for.", "_o.sum(-2)", 45),
    Row("The result is summed over its last axis; that axis is to stay.", "_o.sum(-1)", 45),
    Row("The result is averaged over its last axis; that axis is to stay.", "_o.mean(-1)", 45),
    Row(
        "The result is averaged over its first axis: the items of a batch are mixed.",
        "_o.mean(0, keepdim=True).expand(_o.shape)",
        46,
    ),
    Row("The result is divided by the size of its last axis.", "_o / _o.shape[-1]", 46),
    Row("The result is divided by the root of the size of its last axis.", "_o / _o.shape[-1] ** 0.5", 46),
    Row("The result is transposed.", "_o.mT", 45),
    Row("The result is summed to a single number.", "_o.sum()", 46),
    Row("The result is averaged to a single number.", "_o.mean()", 46),
    Row("Only the diagonal of the result is returned.", "_o.diagonal(dim1=-2, dim2=-1)", 46),
    Row("Only the first row of the result is returned.", "_o[..., 0, :]", 46),
    Row("There is an axis too many in front.", "_o[None]", 45),
    Row("It returns a pair; one value is asked for.", "(_o, _o)", 45),
    Row("Only the first item is returned.", "_o[0]", 45),
    Row("NaN is replaced by 0 afterwards: what overflowed is lost.", "torch.nan_to_num(_o)", 45),
    Row("Above the diagonal, the result is set to zero.", "_o.tril()", 48),
    Row("Below the diagonal, the result is set to zero.", "_o.triu()", 48),
    Row("On the diagonal, the result is set to zero.", "_o - _o.tril().triu()", 48),
    Row("On the diagonal and above it, the result is set to zero.", "_o.tril(-1)", 48),
    Row("On the diagonal and below it, the result is set to zero.", "_o.triu(1)", 48),
    Row("Both triangles are added: the diagonal counts twice.", "_o.triu() + _o.triu().mT", 48),
)
LEFT_AT_ZERO = {  # which part of the result a loop never reaches: the index of what it leaves
    "last row": ("-2", "{n} - 1 ==", "a loop stopped one row short"),
    "first row": ("-2", "0 ==", "a loop began at row 1"),
    "last column": ("-1", "{n} - 1 ==", "a loop stopped one column short"),
    "first column": ("-1", "0 ==", "a loop began at column 1"),
}
ONLY = {
    "the last row": ("-2", "{n} - 1 !="),
    "the first row": ("-2", "0 !="),
    "the last column": ("-1", "{n} - 1 !="),
    "the first column": ("-1", "0 !="),
    "item [0]": ("0", "0 !="),
}
COUNTED = (
    Row("The result is in thousands (divided by 10³).", "_o / 1e3"),
    Row("The result is in millions (divided by 10⁶).", "_o / 1e6"),
    Row("The result is in billions (divided by 10⁹).", "_o / 1e9"),
    Row("The result is divided by 2¹⁰.", "_o / 2**10"),
    Row("The result is divided by 2²⁰.", "_o / 2**20"),
    Row("The result is divided by 2³⁰.", "_o / 2**30"),
    Row("The result is half of what is asked for.", "_o / 2", 46),
    Row("The result is twice what is asked for.", "2 * _o", 46),
    Row("The result is three times what is asked for.", "3 * _o", 47),
    Row("The result is four times what is asked for.", "4 * _o", 47),
    Row("The result is eight times what is asked for.", "8 * _o", 47),
    Row("The result is an eighth of what is asked for.", "_o / 8", 48),
    Row("The result is one too large.", "_o + 1", 48),
    Row("The result is one too small.", "_o - 1", 48),
    Row(
        "The result went through single precision: seven digits are left.",
        "torch.tensor(float(_o)).item()",
        60,
    ),
    Row("This is the logarithm of what is asked for.", "math.log(_o)"),
    Row("This is the square of what is asked for.", "_o ** 2"),
)
SCALED = (
    Row("The result is divided by {size}.", "_o / _s", 44),
    Row("The result is divided by √{size}.", "_o / _s ** 0.5", 44),
    Row("The result is multiplied by {size}.", "_o * _s", 44),
    Row("The result is multiplied by √{size}.", "_o * _s ** 0.5", 44),
)


def slips(context: Context) -> Iterator[Slip]:
    if _is_count(context):
        yield from _changed(context, COUNTED)
        return
    yield from _changed(context, TENSOR)
    for which, (axis, test, why) in LEFT_AT_ZERO.items():
        yield around(
            f"The {which} of the result is left at zero, as if {why}.",
            context.returns,
            _zeroed(axis, test),
            47,
        )
    for which, (axis, test) in ONLY.items():
        sentence = f"Of the result, only {which} is filled in: the rest is zero."
        yield around(sentence, context.returns, _zeroed(axis, test), 47)
    yield from _scaled(context)
    for name in context.floats:
        residual = f"`{name}` is added to the result (a residual connection)."
        yield around(residual, context.returns, f"_o + {name}", 40)
        yield around(f"The result is multiplied by `{name}`.", context.returns, f"_o * {name}", 45)


def _changed(context: Context, rows: tuple[Row, ...]) -> Iterator[Slip]:
    for row in rows:
        yield around(row.sentence, context.returns, row.new, row.rank)


def _scaled(context: Context) -> Iterator[Slip]:
    """By each named size, and by its root."""
    seen = set()
    for name, sizes in context.sizes.items():
        for i, size in enumerate(sizes):
            if size not in seen and name not in context.optional:
                seen.add(size)
                read = f"{name}.shape[{i - len(sizes)}]"
                for row in SCALED:
                    sentence = row.sentence.format(size=size)
                    yield around(sentence, context.returns, row.new.replace("_s", read), row.rank)


def _zeroed(axis: str, test: str) -> str:
    """Zero where the place along an axis passes the test."""
    where = f"{test.format(n=f'_o.shape[{axis}]')} torch.arange(_o.shape[{axis}])"
    shape = {"-1": "", "-2": "[:, None]", "0": ".reshape(-1, *[1] * (_o.dim() - 1))"}[axis]
    return f"_o.masked_fill(({where}){shape}, 0)"


def _is_count(context: Context) -> bool:
    """Whether what it returns is worked out from whole numbers alone."""
    values = [at(context.tree, path) for path in context.returns]
    return not context.floats and all(isinstance(value, ast.BinOp) for value in values)
