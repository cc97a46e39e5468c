"""Places in a syntax tree, and expressions put together from text and from nodes."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterator
from functools import cache
from typing import Any, TypeVar

Node = TypeVar("Node")  # a node, or a list of nodes
Path = tuple[tuple[str, int | None], ...]  # from the root: (field, place in its list)


def parse(thing: Any) -> ast.Module:
    """The syntax tree of a function or class, without its decorators and docstrings."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(thing)))
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            node.decorator_list = []
            if ast.get_docstring(node, clean=False) is not None:
                node.body = node.body[1:] or [ast.Pass()]
    return tree


def walk(node: ast.AST, path: Path = ()) -> Iterator[tuple[Path, ast.AST]]:
    """The node and everything below it, each with its place."""
    yield path, node
    for name, value in ast.iter_fields(node):
        if isinstance(value, ast.AST):
            yield from walk(value, (*path, (name, None)))
        elif isinstance(value, list):
            for i, child in enumerate(value):
                if isinstance(child, ast.AST):
                    yield from walk(child, (*path, (name, i)))


def at(tree: ast.AST, path: Path) -> Any:
    """The node at a place."""
    for name, i in path:
        tree = getattr(tree, name) if i is None else getattr(tree, name)[i]
    return tree


def copied(node: Node) -> Node:
    """A copy of a node and all that is below it: of fields and line numbers, and of nothing else.

    `copy.deepcopy` copies other attributes, too. All trees share one `ast.Load()`, and what IPython shows a
    traceback with leaves on it a way to the tree of the file that failed: a copy of `x` was one of PyTorch.
    """
    if isinstance(node, list):
        return [copied(one) for one in node]  # type: ignore[return-value]
    if not isinstance(node, ast.AST):
        return node
    return ast.copy_location(
        type(node)(**{name: copied(value) for name, value in ast.iter_fields(node)}), node
    )


def expression(text: str, **bound: ast.AST) -> ast.expr:
    """``expression("_x / _x.shape[-1]", _x=node)``: the text, with copies of nodes in place of names."""
    made = copied(_parsed(text))
    return _Binder(bound).visit(made) if bound else made


@cache
def _parsed(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


class _Binder(ast.NodeTransformer):
    def __init__(self, bound: dict[str, ast.AST]) -> None:
        self._bound = bound

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return copied(self._bound[node.id]) if node.id in self._bound else node
