"""Another size in place of the right one: counted from the left, of another axis, one off, or fixed."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.slips.context import Context, literal, size_read
from grader.slips.operators.making import Change, everywhere
from grader.slips.slip import Slip
from grader.slips.tree import Path

FIXED = (1, 2, 8, 64)


def slips(context: Context) -> Iterator[Slip]:
    yield from everywhere(context, _changes)
    yield from everywhere(context, _other_place)


def _changes(context: Context, path: Path, node: ast.expr) -> Iterator[Change]:
    if (read := size_read(node)) is None or (right := context.say(node)) is None:
        return
    name, axis = read
    if axis < 0:
        for left in (0, 1, 2):
            sentence = f"`{name}.shape[{left}]` stands for {right}: in a batch, that is another axis."
            yield Change(sentence, f"{name}.shape[{left}]", 25)
    for other, (parameter, place) in _sizes(context).items():
        if other != right:
            yield Change(f"It takes {other} in place of {right}.", f"{parameter}.shape[{place}]", 30)
    yield Change(f"It takes {right} − 1 in place of {right}.", "_o - 1", 45)
    yield Change(f"It takes {right} − 1 in place of {right}.", "max(_o - 1, 1)", 46)
    yield Change(f"It takes {right} + 1 in place of {right}.", "_o + 1", 45)
    for number in FIXED:
        yield Change(f"It takes a fixed {number} in place of {right}.", str(number), 70)


def _other_place(context: Context, path: Path, node: ast.expr) -> Iterator[Change]:
    """Of a shape that is handed in as numbers."""
    match node:
        case ast.Subscript(value=ast.Name(id=name)) if name in context.integers:
            right = literal(node.slice)
            for wrong in (-1, -2, -3, 0, 1):
                if isinstance(right, int) and wrong != right:
                    sentence = f"`{name}[{wrong}]` stands where `{name}[{right}]` belongs."
                    yield Change(sentence, f"{name}[{wrong}]", 35)


def _sizes(context: Context) -> dict[str, tuple[str, int]]:
    """Each named size, and where to read it; not of a parameter that may be None."""
    found: dict[str, tuple[str, int]] = {}
    for parameter, names in context.sizes.items():
        if parameter not in context.optional:
            for i, name in enumerate(names):
                found.setdefault(name, (parameter, i - len(names)))
    return found
