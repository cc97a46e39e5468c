"""A slip as an author writes it: ``"old -> new"``, in Python, found in the tree and not in the text.

Spacing does not matter. ``_x`` in the old part stands for any expression (the same one wherever it stands
again) and may be used in the new part. Every equal place is changed. Several spots are parted by `` ;; ``. An
empty new part leaves a statement out.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

from grader.slips.slip import Edit
from grader.slips.tree import Path, copied, expression, walk

ARROW, AND = "->", " ;; "


class PatchError(ValueError):
    """A patch cannot be read, or does not fit the tree; the message says which."""


def patch(tree: ast.AST, text: str) -> tuple[Edit, ...]:
    """The edits that a patch makes of this tree.

    Raises:
        PatchError: it cannot be read, or its old part is nowhere in the tree.
    """
    edits: list[Edit] = []
    for spot in text.split(AND):
        if ARROW not in spot:
            raise PatchError(f"{spot!r} has no `->`: write old -> new.")
        old, new = (part.strip() for part in spot.split(ARROW, 1))
        found = list(_places(tree, old))
        if not found:
            raise PatchError(f"`{old}` stands nowhere in the reference{_hint(tree, old)}.")
        edits += [Edit(path, _maker(new, bound)) for path, bound in found]
    return tuple(edits)


def _hint(tree: ast.AST, old: str) -> str:
    """For a method without what it is called on: what to write."""
    name = old.split("(")[0]
    methods = {node.attr for _, node in walk(tree) if isinstance(node, ast.Attribute)}
    return f" as a whole expression: write `_x.{old}`, whatever it is called on" if name in methods else ""


def _places(tree: ast.AST, old: str) -> Iterator[tuple[Path, dict[str, ast.AST]]]:
    wanted = _read(old)
    if isinstance(wanted, ast.Expr):  # an expression fits anywhere, not only as a line of its own
        wanted = wanted.value
    kind = ast.expr if isinstance(wanted, ast.expr) else ast.stmt
    for path, node in walk(tree):
        if isinstance(getattr(node, "ctx", None), ast.Store):
            continue  # what is assigned to is not read
        bound: dict[str, ast.AST] = {}
        if isinstance(node, kind) and _fits(wanted, node, bound):
            yield path, bound


def _read(text: str) -> ast.AST:
    try:
        body = ast.parse(text).body
    except SyntaxError as error:
        raise PatchError(f"`{text}` is not Python: {error.msg}.") from None
    if len(body) != 1:
        raise PatchError(f"`{text}` is not one expression or one statement.")
    return body[0]


def _fits(wanted: ast.AST, node: ast.AST, bound: dict[str, ast.AST]) -> bool:
    if isinstance(wanted, ast.Name) and wanted.id.startswith("_"):
        if wanted.id in bound:
            return ast.dump(bound[wanted.id]) == ast.dump(node)
        bound[wanted.id] = node
        return isinstance(node, ast.expr)
    if type(wanted) is not type(node):
        return False
    fields = (field for field in wanted._fields if field != "ctx")
    return all(_equal(getattr(wanted, f, None), getattr(node, f, None), bound) for f in fields)


def _equal(one: object, other: object, bound: dict[str, ast.AST]) -> bool:
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(_equal(a, b, bound) for a, b in zip(one, other))
    if isinstance(one, ast.AST) and isinstance(other, ast.AST):
        return _fits(one, other, bound)
    return one == other


def _maker(new: str, bound: dict[str, ast.AST]) -> Callable[[ast.AST], ast.AST | None]:
    if not new:
        return lambda _: None
    try:
        made = expression(new, **bound)
        return lambda _: copied(made)
    except SyntaxError:
        statement = _read(new)
        return lambda _: copied(statement)
