"""Which function a call calls, on what, and along which axis."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from grader.slips.context import literal
from grader.slips.tree import Path, at, copied

LIBRARIES = ("torch", "math", "nn", "F")


@dataclass(frozen=True)
class Called:
    """``x.sum(dim=-1)`` and ``torch.sum(x, dim=-1)`` are the same call: of ``sum``, on ``x``, along -1."""

    name: str
    operand: ast.expr
    place: Path  # of the operand, seen from the call
    axis: int | None = None  # None without one, or if it is no plain number
    axis_place: Path = ()
    keepdim_place: Path = ()  # of the True in keepdim=True


def called(node: ast.AST) -> Called | None:
    """What is called, if it is a function of something."""
    match node:
        case ast.Call(func=ast.Attribute(value=ast.Name(id="self"))):
            return None  # a layer, or a method of its own
        case ast.Call(func=ast.Attribute(value=owner, attr=name), args=arguments) if (
            _root(owner) in LIBRARIES
        ):
            return _of(node, name, (("args", 0),), 1) if arguments else None
        case ast.Call(func=ast.Attribute(attr=name)):
            return _of(node, name, (("func", None), ("value", None)), 0)
        case ast.Call(func=ast.Name(id=name), args=arguments) if arguments:
            return _of(node, name, (("args", 0),), 1)
    return None


def _root(node: ast.AST) -> str | None:
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


def _of(call: ast.Call, name: str, place: Path, first: int) -> Called:
    axis: int | None = None
    axis_place: Path = ()
    arguments: list[tuple[Path, ast.expr]] = [
        ((("args", i),), argument) for i, argument in enumerate(call.args) if i == first
    ]
    arguments += [
        ((("keywords", i), ("value", None)), keyword.value)
        for i, keyword in enumerate(call.keywords)
        if keyword.arg in ("dim", "axis")
    ]
    for where, argument in arguments:
        number = literal(argument)
        if isinstance(number, int) and not isinstance(number, bool):
            axis, axis_place = number, where
    kept = [i for i, k in enumerate(call.keywords) if k.arg == "keepdim" and literal(k.value) is True]
    keepdim_place: Path = (("keywords", kept[0]), ("value", None)) if kept else ()
    return Called(name, at(call, place), place, axis, axis_place, keepdim_place)


def renamed(call: ast.expr, name: str) -> ast.expr:
    """The same call of another function."""
    call = copied(call)
    assert isinstance(call, ast.Call)
    if isinstance(call.func, ast.Attribute):
        call.func.attr = name
    else:
        call.func = ast.Name(name, ast.Load())
    return call


def part(axis: int, what: str) -> str:
    """The index of a part along an axis: ``part(-2, ":1")`` is ``[..., :1, :]``."""
    return f"[..., {what}{', :' * (-axis - 1)}]" if axis < 0 else f"[{':, ' * axis}{what}]"
