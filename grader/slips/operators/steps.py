"""Named steps: returned too early, one in place of another, or changed on their way."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import combinations

from grader.slips.context import Context
from grader.slips.operators.making import Row, around, slip
from grader.slips.slip import Edit, Slip

CHANGED = (
    Row("negative numbers are set to zero", "_o.relu()", 55),
    Row("a softmax is taken", "_o.softmax(-1)", 55),
    Row("a softmax is taken over the second-last axis", "_o.softmax(-2)", 55),
    Row("the sign is lost", "_o.abs()", 55),
    Row("the sign is turned", "-_o", 55),
    Row("the numbers are divided by the root of their last size", "_o / _o.shape[-1] ** 0.5", 55),
    Row("the numbers are divided by their last size", "_o / _o.shape[-1]", 55),
    Row("the mean of each row is subtracted", "_o - _o.mean(-1, keepdim=True)", 55),
    Row("each row is divided by its sum", "_o / _o.sum(-1, keepdim=True)", 55),
    Row("each row is made one long", "F.normalize(_o, dim=-1)", 55),
    Row("elu + 1 is taken", "F.elu(_o) + 1", 55),
    Row("a sigmoid is taken", "_o.sigmoid()", 55),
    Row("a tanh is taken", "_o.tanh()", 55),
    Row("an exponential is taken", "_o.exp()", 55),
    Row("the numbers are squared", "_o ** 2", 55),
    Row("the numbers are rounded", "(_o + 0.5) // 1", 55),
    Row("all above the diagonal is set to zero", "_o.tril()", 55),
    Row("item [0] stands for all", "_o[:1].expand(_o.shape)", 55),
)
OF_TWO = (
    "negative numbers",
    "a softmax is taken",
    "elu",
    "each row is made",
    "the numbers are divided by the root",
)


def slips(context: Context) -> Iterator[Slip]:
    for name in context.steps:
        what = context.step(name)
        yield slip(f"It returns {what}: what comes after is missing.", _returning(context, name), 35)
        for row in CHANGED if context.floats else ():
            yield around(f"In {what}, {row.sentence}.", [context.steps[name]], row.new, row.rank)
        yield from _instead(context, name)
    for one, other in combinations(context.steps, 2):
        yield from _both(context, one, other)


def _returning(context: Context, name: str) -> list[Edit]:
    return [Edit.to(path, ast.Name(name, ast.Load())) for path in context.returns]


def _instead(context: Context, right: str) -> Iterator[Slip]:
    """Another step is used in the place of this one: mostly an earlier one, so that a step is left out."""
    own = context.steps[right]
    for wrong in context.steps:
        for path in context.uses(right):
            if wrong != right and path[: len(own)] != own:
                edit = Edit.to(path, ast.Name(wrong, ast.Load()))
                yield slip(f"It takes {context.step(wrong)} in place of {context.step(right)}.", [edit], 42)


def _both(context: Context, one: str, other: str) -> Iterator[Slip]:
    """The same is done to two steps that are made in one line, such as queries and keys."""
    places = context.steps[one], context.steps[other]
    if places[0][-1][0] == "elts" and places[0][:-1] == places[1][:-1]:
        for row in CHANGED if context.floats else ():
            if row.sentence.startswith(OF_TWO):
                sentence = f"In {context.step(one)} and in {context.step(other)}, {row.sentence}."
                yield around(sentence, places, row.new, 56)
