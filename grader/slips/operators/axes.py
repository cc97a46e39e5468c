"""Reductions over another axis: one of them, or all together; the axis that keepdim keeps, lost."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.slips.context import NOUNS, Context
from grader.slips.operators.making import Change, slip
from grader.slips.operators.reading import Called, called
from grader.slips.slip import Slip
from grader.slips.tree import Path

AXES: dict[int | None, str] = {
    -2: "the second-last axis",
    -1: "the last axis",
    0: "the first axis",
    1: "axis 1",
    None: "the whole tensor",
}
SEVERAL = ("sum", "mean", "amax", "amin", "std", "var", "norm", "logsumexp")  # take several axes at once
FLAT = ("softmax", "log_softmax", "cumsum", "cumprod")  # give as many numbers as they get
MIXED_SOFTMAX = "(_x - _x.logsumexp({axes}, keepdim=True)).exp()"


def slips(context: Context) -> Iterator[Slip]:
    calls = [(path, call) for path, node in context.nodes if (call := called(node)) is not None]
    found = [(path, call) for path, call in calls if call.name in NOUNS and call.axis is not None]
    for path, call in found:
        for change in _changes(call):
            yield slip(change.sentence, [change.edit(path)], change.rank)
    kept = [(path, call) for path, call in found if call.keepdim_place]
    if len(kept) > 1:
        yield slip(
            "No reduction keeps its axis (no keepdim), so that rows meet the numbers of other rows.",
            [_unkept(call).edit(path) for path, call in kept],
            18,
        )
    if len(found) > 1 and len({call.axis for _, call in found}) == 1:
        yield from _together(context, found)


def _changes(call: Called) -> Iterator[Change]:
    what, axis = NOUNS[call.name], call.axis
    for other, words in AXES.items():
        if other != axis:
            yield _along(call, other, f"The {what} runs over {words} instead of {_words(axis)}.", 20)
    yield _mixed(call, f"The {what} runs over the first axis as well: the items of a batch are mixed.", 25)
    if call.keepdim_place:
        yield _unkept(call)


def _together(context: Context, found: list[tuple[Path, Called]]) -> Iterator[Slip]:
    axis, what = found[0][1].axis, context.words.get("everything", "It")
    for other, words in AXES.items():
        if other != axis:
            edits = [_along(call, other).edit(path) for path, call in found]
            yield slip(f"{what} works along {words} instead of {_words(axis)}.", edits, 15)
    edits = [_mixed(call).edit(path) for path, call in found]
    yield slip(f"{what} works along the first axis as well: the items of a batch are mixed.", edits, 18)


def _along(call: Called, axis: int | None, sentence: str = "", rank: int = 50) -> Change:
    if axis is not None:
        return Change(sentence, str(axis), rank, place=call.axis_place)
    if call.name in SEVERAL:
        return Change(sentence, "()", rank, place=call.axis_place)
    flat = f"_x.flatten().{call.name}(0)" + (".reshape(_x.shape)" if call.name in FLAT else "")
    return Change(sentence, flat, rank, {"_x": call.operand})


def _mixed(call: Called, sentence: str = "", rank: int = 50) -> Change:
    """Over the first axis too."""
    axes = f"(0, {call.axis})"
    if call.name == "softmax":
        return Change(sentence, MIXED_SOFTMAX.format(axes=axes), rank, {"_x": call.operand})
    return Change(sentence, axes, rank, place=call.axis_place)


def _unkept(call: Called) -> Change:
    sentence = (
        f"The {NOUNS[call.name]} lost its axis (no keepdim), so that it meets the numbers of other rows."
    )
    return Change(sentence, ast.Constant(False), 20, place=call.keepdim_place)


def _words(axis: int | None) -> str:
    return AXES.get(axis, f"axis {axis}")
