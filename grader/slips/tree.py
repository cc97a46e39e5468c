"""Places in a syntax tree, and expressions put together from text and from nodes."""

from __future__ import annotations

import ast
import copy
import inspect
import textwrap
from collections.abc import Iterator
from functools import cache
from typing import Any

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


def expression(text: str, **bound: ast.AST) -> ast.expr:
    """``expression("_x / _x.shape[-1]", _x=node)``: the text, with copies of nodes in place of names."""
    made = copy.deepcopy(_parsed(text))
    return _Binder(bound).visit(made) if bound else made


@cache
def _parsed(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


class _Binder(ast.NodeTransformer):
    def __init__(self, bound: dict[str, ast.AST]) -> None:
        self._bound = bound

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return copy.deepcopy(self._bound[node.id]) if node.id in self._bound else node
