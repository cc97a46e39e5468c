"""One input in place of another, once or throughout; an input that is not handed on."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import combinations

from grader.slips.context import Context
from grader.slips.operators.making import Change, everywhere, slip
from grader.slips.slip import Edit, Slip
from grader.slips.tree import Path, at


def slips(context: Context) -> Iterator[Slip]:
    for group in context.interchangeable:
        for one, other in combinations(group, 2):
            yield from _exchanged(context, one, other)
        for right in group:
            for wrong in group:
                if wrong != right:
                    yield from _instead(context, wrong, right)
    yield from everywhere(context, _not_handed_on)


def _exchanged(context: Context, one: str, other: str) -> Iterator[Slip]:
    edits = [_to(path, other) for path in context.uses(one)] + [
        _to(path, one) for path in context.uses(other)
    ]
    if edits:
        yield slip(f"`{one}` and `{other}` have changed places.", edits, 30 if one in context.floats else 46)


def _instead(context: Context, wrong: str, right: str) -> Iterator[Slip]:
    places = context.uses(right)
    for path in places:
        there = _there(context, path)
        if there != right:
            here = there.replace(right, wrong, 1)
            yield slip(f"It takes `{here}` in place of `{there}`.", [_to(path, wrong)], 45)
        elif len(places) > 1:
            sentence = f"It takes `{wrong}` in place of `{right}`, at one of {len(places)} places."
            yield slip(sentence, [_to(path, wrong)], 45)
    if len(places) > 1 or (places and _there(context, places[0]) == right):
        yield slip(f"It takes `{wrong}` in place of `{right}`.", [_to(path, wrong) for path in places], 44)


def _there(context: Context, path: Path) -> str:
    """The parameter, or the part of it that is read there."""
    parent = at(context.tree, path[:-1])
    reads = isinstance(parent, ast.Subscript) and path[-1][0] == "value" and context.say(parent) is not None
    return ast.unparse(parent if reads else at(context.tree, path))


def _to(path: Path, name: str) -> Edit:
    return Edit.to(path, ast.Name(name, ast.Load()))


def _not_handed_on(context: Context, path: Path, node: ast.expr) -> Iterator[Change]:
    match node:
        case ast.Call(args=[_, *_, ast.Name(id=last)]) if last in context.optional:
            yield Change(
                f"`{last}` is not handed on.", ast.Call(node.func, node.args[:-1], node.keywords), 25
            )
        case ast.Call(keywords=[*_, ast.keyword(value=ast.Name(id=last))]) if last in context.optional:
            yield Change(
                f"`{last}` is not handed on.", ast.Call(node.func, node.args, node.keywords[:-1]), 25
            )
