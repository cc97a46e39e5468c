"""A case for the exercise's author: the answer as a file of its own, which a test judges from then on.

The file holds what the answer consists of and nothing else of the notebook: neither the lines that say who
the student is, nor comments, in which a name may stand.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from IPython.core.inputtransformer2 import TransformerManager

FOLDER = "appeals"  # in the root of the course; part of the repository
RIGHT, OWN_WORK = "accept", "do not refuse"  # what the author's checks should do
_HEADER = re.compile(rf"# exercise: (\w+)\n# ({RIGHT}|{OWN_WORK}): (.+)\n")
_HIDES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.comprehension)


@dataclass(frozen=True)
class Case:
    """What the author's checks should make of an answer, and why."""

    exercise: str
    expected: str  # RIGHT or OWN_WORK
    because: str


def place(root: Path, exercise: str, answer: str) -> Path:
    """Where the case of an answer with this fingerprint stands."""
    return root / FOLDER / f"{exercise}_{answer[:8]}.py"


def as_text(case: Case, sources: Sequence[str]) -> str:
    """The file of a case; ``sources`` are the cells that the student's answer was defined in."""
    head = f"# exercise: {case.exercise}\n# {case.expected}: {' '.join(case.because.split())}\n"
    return f"{head}\n{stand_alone(sources, case.exercise)}\n"


def read(file: Path) -> Case:
    """The case in a file.

    Raises:
        ValueError: it does not begin as one.
    """
    if found := _HEADER.match(file.read_text(encoding="utf-8")):
        return Case(*found.groups())
    raise ValueError(f"{file.name} does not begin with “# exercise: …” and “# {RIGHT}: …”.")


def stand_alone(sources: Iterable[str], name: str) -> str:
    """The statements among ``sources`` that ``name`` needs, in their order, as text."""
    statements = [statement for source in sources for statement in _statements(source)]
    needed, wanted = set[int](), {name}
    while found := {i for i, s in enumerate(statements) if i not in needed and wanted & set(_makes(s))}:
        needed |= found
        nodes = (node for i in found for node in ast.walk(statements[i]))
        wanted |= {node.id for node in nodes if isinstance(node, ast.Name)}
    return "\n\n".join(ast.unparse(_without_docstrings(statements[i])) for i in sorted(needed))


def _without_docstrings(statement: ast.stmt) -> ast.stmt:
    """The statement without texts that say who wrote it, or anything else."""
    kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    for node in ast.walk(statement):
        if isinstance(node, kinds) and ast.get_docstring(node):
            node.body[:1] = [] if len(node.body) > 1 else [ast.Pass()]
    return statement


def _statements(source: str) -> list[ast.stmt]:
    """A cell's statements; none where it is not Python, as it defined nothing then."""
    try:
        return ast.parse(TransformerManager().transform_cell(source)).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []


def _makes(node: ast.AST) -> Iterator[str]:
    """The names that a statement defines, or changes something of: ``model`` in ``model.width = 3``."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.Import | ast.ImportFrom):
        yield from ((alias.asname or alias.name).partition(".")[0] for alias in node.names)
    elif isinstance(node, ast.Name | ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store):
        yield from _base(node)
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        yield from _base(node.value.func) if isinstance(node.value.func, ast.Attribute) else ()
    for child in () if isinstance(node, _HIDES) else ast.iter_child_nodes(node):
        yield from _makes(child)


def _base(node: ast.AST) -> Iterator[str]:
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    if isinstance(node, ast.Name):
        yield node.id
