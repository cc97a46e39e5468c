"""Whether student code calls what it is asked to write: read from its text, and from what it called.

The text does not say everything: a name can be put together from halves, or stand in a text that is
evaluated. What was called is seen in the student's process, and so only advises: who wants to may hide it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

USUAL_IMPORTS = {"torch": "torch", "nn": "torch.nn", "F": "torch.nn.functional", "np": "numpy"}


def forbidden_calls(source: str, name: str, forbidden: Iterable[str]) -> list[str]:
    """The names among ``forbidden`` that the definition of ``name`` in ``source`` uses.

    Followed through imports, aliases and the student's own helper functions. A dotted name stands for
    everything below it too: ``grader.exercises`` covers ``grader.exercises.attention.with_einsum``; a name
    that begins with a dot is a method, as in ``.softmax``. Lines that are not Python use nothing.
    """
    forbidden = set(forbidden)
    text = _read(source)
    imports = dict(text.imports)
    for module in text.starred:
        imports |= {f.removeprefix(f"{module}."): f for f in forbidden if f.startswith(f"{module}.")}
    parts = _reachable(text.definitions, name)
    used = {use for part in parts for node in ast.walk(part) for use in _uses(node, imports)}
    return sorted(f for f in forbidden if any(use == f or use.startswith(f + ".") for use in used))


def forbidden_uses(used: Iterable[str], forbidden: Iterable[str]) -> list[str]:
    """Those among ``forbidden`` that were called while the answer was asked (`Response.used`)."""
    names = [f".{use}." for use in used]
    return sorted(f for f in set(forbidden) if any(_is_named(f, name) for name in names))


def _is_named(forbidden: str, name: str) -> bool:
    return f"{forbidden}." in name if forbidden.startswith(".") else name.startswith(f".{forbidden}.")


@dataclass(frozen=True)
class _Text:
    """What all questions about one text begin with."""

    imports: dict[str, str]  # what each imported name stands for
    starred: set[str]  # the modules of ``from module import *``
    definitions: dict[str, list[ast.stmt]]  # the top-level statements that define each name


@lru_cache(maxsize=1)  # a submission's text is asked about once for every exercise
def _read(source: str) -> _Text:
    tree = _parse(source)
    definitions: dict[str, list[ast.stmt]] = {}
    for statement in tree.body:
        for defined in _defines(statement):
            definitions.setdefault(defined, []).append(statement)
    return _Text(_imports(tree), _starred(tree), definitions)


def _parse(source: str) -> ast.Module:
    """The text's syntax tree, without the lines that Python cannot read.

    A notebook has ``%magics``, ``!commands``, ``names?``, and cells that their author gave up on. None of
    these may keep the rest from being read.
    """
    lines = source.replace("\0", "").split("\n")
    while any(lines):
        try:
            return ast.parse("\n".join(lines))
        except SyntaxError as error:
            written = [number for number, line in enumerate(lines) if line]
            upto = [number for number in written if number < (error.lineno or 1)]
            lines[upto[-1] if upto else written[0]] = ""
        except (RecursionError, MemoryError, ValueError):
            break  # nested beyond what Python itself would run
    return ast.Module([], [])


def _imports(tree: ast.AST) -> dict[str, str]:
    """``{"F": "torch.nn.functional"}``"""
    names = dict(USUAL_IMPORTS)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                first = alias.name.split(".")[0]
                names[alias.asname or first] = alias.name if alias.asname else first
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                names[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return names


def _starred(tree: ast.AST) -> set[str]:
    froms = (node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom))
    return {node.module for node in froms if node.module and node.names[0].name == "*"}


def _reachable(definitions: dict[str, list[ast.stmt]], name: str) -> list[ast.stmt]:
    """The statements that define ``name``, and those that define what these refer to."""
    found: list[ast.stmt] = []
    waiting, seen = [name], set[str]()
    while waiting:
        if (wanted := waiting.pop()) in seen:
            continue
        seen.add(wanted)
        for statement in definitions.get(wanted, []):
            found.append(statement)
            waiting += [node.id for node in ast.walk(statement) if isinstance(node, ast.Name)]
    return found


def _defines(statement: ast.stmt) -> Iterator[str]:
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        yield statement.name
    elif isinstance(statement, (ast.Assign, ast.AnnAssign)):
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        yield from (node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name))
    elif isinstance(statement, ast.ImportFrom):
        yield from (alias.asname or alias.name for alias in statement.names)


def _uses(node: ast.AST, imports: dict[str, str]) -> Iterator[str]:
    if dotted := _dotted(node, imports):
        yield dotted
        yield f".{dotted.rpartition('.')[2]}"
    if isinstance(node, ast.Attribute):
        yield f".{node.attr}"
    if isinstance(node, ast.ImportFrom) and node.module:
        yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _dotted(node: ast.AST, imports: dict[str, str]) -> str | None:
    """The full dotted name of ``a`` or ``a.b.c``, with its first part resolved through the imports."""
    if isinstance(node, ast.Name):
        return imports.get(node.id)
    if isinstance(node, ast.Attribute):
        owner = _dotted(node.value, imports)
        return f"{owner}.{node.attr}" if owner else None
    return None
