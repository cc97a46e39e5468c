"""What a slip is: edits of a syntax tree, and the sentence that names the answer they make."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from grader.slips.tree import Path, at, copied


@dataclass(frozen=True, eq=False)
class Edit:
    """A change at one place.

    ``make`` gets a copy of the node there and returns what stands in its place, None to leave a statement
    out. An edit that ``wraps`` keeps the old node inside the new one, as it finds it: edits below it still
    count.
    """

    path: Path
    make: Callable[[ast.AST], ast.AST | None]
    wraps: bool = False

    @classmethod
    def to(cls, path: Path, node: ast.AST) -> Edit:
        """The edit that puts a copy of ``node`` there."""
        return cls(path, lambda _: copied(node))


@dataclass(frozen=True, eq=False)
class Slip:
    """One thing that people get wrong. Of slips that behave alike, the one of the lowest ``rank`` is said.

    Without a sentence it is a mutant: checks must notice it, and it is never said.
    """

    sentence: str
    edits: tuple[Edit, ...]
    rank: int = 50


def compatible(one: Iterable[Edit], other: Iterable[Edit]) -> bool:
    """Whether both can be made at once: neither replaces what the other one changes."""
    other = tuple(other)
    return not any(_clash(a, b) for a in one for b in other)


def _clash(a: Edit, b: Edit) -> bool:
    if a.path == b.path:
        return not (a.wraps or b.wraps)
    short, long = sorted((a, b), key=lambda edit: len(edit.path))
    return long.path[: len(short.path)] == short.path and not short.wraps


def apply(tree: ast.Module, edits: Iterable[Edit]) -> ast.Module:
    """A copy of the tree with the edits made, the innermost first."""
    tree = copied(tree)
    for edit in sorted(edits, key=lambda edit: (-len(edit.path), edit.wraps)):
        parent, (name, i) = at(tree, edit.path[:-1]), edit.path[-1]
        new = as_statement(at(tree, edit.path), edit.make(copied(at(tree, edit.path))))
        if i is None:
            setattr(parent, name, new)
        else:
            getattr(parent, name)[i] = new
    return ast.fix_missing_locations(tree)


def as_statement(old: ast.AST, new: ast.AST | None) -> ast.AST:
    """What may stand where ``old`` stood: nothing becomes ``pass``, an expression among statements one."""
    if new is None:
        return ast.Pass()
    return ast.Expr(new) if isinstance(old, ast.stmt) and isinstance(new, ast.expr) else new
