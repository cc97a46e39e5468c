"""What is done to an input before it is used."""

from __future__ import annotations

from collections.abc import Iterator

from grader.slips.context import Context
from grader.slips.operators.making import Row, around
from grader.slips.operators.reading import part
from grader.slips.slip import Edit, Slip

CHANGED = (
    Row("The sign of `{p}` is turned.", "-_o"),
    Row("The sign of `{p}` is lost: its absolute values are taken.", "_o.abs()"),
    Row("`{p}` is squared first.", "_o ** 2"),
    Row("The rows of `{p}` are made one long first.", "F.normalize(_o, dim=-1)"),
    Row("The columns of `{p}` are made one long first.", "F.normalize(_o, dim=-2)"),
    Row("The mean of each row of `{p}` is subtracted first.", "_o - _o.mean(-1, keepdim=True)"),
    Row("The mean row of `{p}` is subtracted first.", "_o - _o.mean(-2, keepdim=True)"),
    Row("`{p}` is normalised first (a layer norm).", "F.layer_norm(_o, _o.shape[-1:])"),
    Row("`{p}` has gone through a softmax first.", "_o.softmax(-1)"),
    Row("`{p}` is divided by the root of its width first.", "_o / _o.shape[-1] ** 0.5"),
    Row("Negative numbers of `{p}` are set to zero first.", "_o.relu()"),
    Row(
        "Every row of `{p}` is replaced by the mean of its rows.",
        "_o.mean(-2, keepdim=True).expand(_o.shape)",
    ),
    Row("The rows of `{p}` come in the opposite order.", "_o.flip(-2)"),
    Row("`{p}[0]` is used for all items of `{p}`.", "_o[:1].expand(_o.shape)"),
    Row("`{p}[0]` is used for all items of `{p}`.", "_o[(0,) * (_o.dim() - 2)].expand(_o.shape)"),
    Row("Only `{p}[0]` is used.", "_o[:1]"),
    Row(
        "`{p}` is averaged over its first axis: the items of a batch are mixed.",
        "_o.mean(0, keepdim=True).expand(_o.shape)",
    ),
    Row("`{p}` is transposed.", "_o.mT"),
)
AT_ONE_PLACE = (
    Row("The rows of `{p}` are made one long", "F.normalize(_o, dim=-1)"),
    Row("`{p}` is divided by the root of its width", "_o / _o.shape[-1] ** 0.5"),
    Row("`{p}` is divided by its width", "_o / _o.shape[-1]"),
    Row("The mean of each row of `{p}` is subtracted", "_o - _o.mean(-1, keepdim=True)"),
    Row("The gradient of `{p}` is cut off (detach, item, numpy or no_grad)", "_o.detach()", 54),
)
ENDS = {"last": (":-1", "stops one short"), "first": ("1:", "begins one late")}


def slips(context: Context) -> Iterator[Slip]:
    for name in context.floats:
        if places := context.uses(name):
            for row in CHANGED:
                yield around(row.sentence.format(p=name), places, row.new, row.rank)
        for place in places if len(places) > 1 else ():
            for row in AT_ONE_PLACE:
                sentence = f"{row.sentence.format(p=name)}, at one of {len(places)} places."
                yield around(sentence, [place], row.new, row.rank + 2)
    names = dict.fromkeys(size for sizes in context.sizes.values() for size in sizes)
    for size in names:
        yield from _cut(context, size)


def _cut(context: Context, size: str) -> Iterator[Slip]:
    """All inputs of that size lose their last, or their first: what a loop leaves out that is one short."""
    axes = {p: sizes.index(size) - len(sizes) for p, sizes in context.sizes.items() if size in sizes}
    for end, (index, how) in ENDS.items():
        edits: list[Edit] = []
        for name, axis in axes.items():
            new = f"_o{part(axis, index)}"
            if name in context.booleans:  # its axis may be one that broadcasts
                new = f"_o if _o.shape[{axis}] == 1 else {new}"
            edits += around("", context.uses(name), new).edits
        if edits:
            yield Slip(
                f"The {end} of the {size} places is left out, as by a loop that {how}.", tuple(edits), 48
            )
