"""Layers of a module: another one, none, twice, untransposed, with a non-linearity; all at once."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from itertools import combinations, product

from grader.slips.context import Context
from grader.slips.operators.making import Change, around, slip
from grader.slips.slip import Edit, Slip
from grader.slips.tree import Path

Used = tuple[Path, ast.Call]  # where a layer is called
NON_LINEAR = {"relu": "a ReLU", "tanh": "a tanh", "sigmoid": "a sigmoid", "gelu": "a GELU"}
UNTRANSPOSED = "_x @ _l.weight"
STORED = "nn.Linear computes x Wᵀ with the W that it stores."
MANY = 3  # so many places are given every choice of layers; more, only other orders


def slips(context: Context) -> Iterator[Slip]:
    used = [(path, call) for path, node in context.nodes if (call := _layer_call(context, node)) is not None]
    for path, call in used:
        yield from _one(context, path, call)
    for layer in context.layers:
        once_more = f"The result goes through the {layer} layer once more."
        yield around(once_more, context.returns, f"self.{layer}(_o)", 45)
    if len(used) > 1:
        yield from _sources(context, used)
        yield from _several(context, used)


def _layer_call(context: Context, node: ast.AST) -> ast.Call | None:
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="self"), attr=name), args=[_]):
            return node if name in context.layers else None
    return None


def _name(call: ast.Call) -> str:
    assert isinstance(call.func, ast.Attribute)
    return call.func.attr


def _one(context: Context, path: Path, call: ast.Call) -> Iterator[Slip]:
    layer, gives = _name(call), context.layer(_name(call))
    for other in context.layers:
        if other != layer:
            sentence = context.sentence(f"{{what}} should not come from the {other} layer.", what=gives)
            yield slip(sentence, [_from(path, other)], 20)
    yield slip(f"The {layer} layer is never used: its input goes on as it is.", [_unused(path, call)], 20)
    for function, words in NON_LINEAR.items():
        yield around(f"There is {words} after the {layer} layer.", [path], f"F.{function}(_o)", 40)
    yield slip(
        f"The matrix of the {layer} layer is used untransposed: {STORED}", [_untransposed(path, call)], 30
    )
    yield around(f"The {layer} layer is applied twice.", [path], "_l(_o)", 45, _l=call.func)
    yield slip(
        f"It returns {gives}: what comes after is missing.", [Edit.to(p, call) for p in context.returns], 45
    )


def _sources(context: Context, used: Sequence[Used]) -> Iterator[Slip]:
    """Each place gets its numbers from any layer, or from none."""
    order = [_name(call) for _, call in used]
    choices: Iterator[tuple[str | None, ...]]
    if len(used) <= MANY:
        choices = product([*context.layers, None], repeat=len(used))
    else:
        choices = (_swapped(order, i, j) for i, j in combinations(range(len(order)), 2))
    for chosen in choices:
        changed = [(use, other) for use, other in zip(used, chosen) if other != _name(use[1])]
        if len(changed) > 1:
            edits = [
                _unused(path, call) if other is None else _from(path, other)
                for (path, call), other in changed
            ]
            yield slip(_said(context, changed), edits, 20 + len(changed))


def _swapped(order: Sequence[str], i: int, j: int) -> tuple[str, ...]:
    order = list(order)
    order[i], order[j] = order[j], order[i]
    return tuple(order)


def _said(context: Context, changed: Sequence[tuple[Used, str | None]]) -> str:
    names = [_name(call) for (_, call), _ in changed]
    others = [other for _, other in changed]
    if len(changed) == 2 and others == names[::-1]:
        return f"The {names[0]} and {names[1]} layers have changed places."
    said = "; ".join(
        f"the {other} layer stands where the {name} layer belongs"
        if other
        else f"no layer stands where the {name} layer belongs"
        for name, other in zip(names, others)
    )
    return f"{said[0].upper()}{said[1:]}."


def _several(context: Context, used: Sequence[Used]) -> Iterator[Slip]:
    """The same is done at several places."""
    for count in range(2, len(used) + 1):
        for some in combinations(used, count):
            listed = ", ".join(_name(call) for _, call in some)
            if count == len(used) or count == 2:
                for function in ("relu", "tanh"):
                    sentence = f"There is {NON_LINEAR[function]} after the layers {listed}."
                    yield around(sentence, [path for path, _ in some], f"F.{function}(_o)", 40)
    yield slip(
        f"The weight matrices are used untransposed: {STORED}",
        [_untransposed(path, call) for path, call in used],
        30,
    )
    for layer in context.layers:
        yield slip(f"Everything comes from the {layer} layer.", [_from(path, layer) for path, _ in used], 21)


def _from(path: Path, layer: str) -> Edit:
    return Change("", f"self.{layer}").edit((*path, ("func", None)))


def _unused(path: Path, call: ast.Call) -> Edit:
    return Edit.to(path, call.args[0])


def _untransposed(path: Path, call: ast.Call) -> Edit:
    return Change("", UNTRANSPOSED, nodes={"_x": call.args[0], "_l": call.func}).edit(path)
