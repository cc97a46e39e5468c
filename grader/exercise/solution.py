"""The cell for an answer: what the student gets, and the solution between nbgrader's marks."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterator
from typing import Any

from grader.exercise.comments import for_readers

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"


def of_value(name: str, empty: str, comment: str, value: str) -> str:
    """``name = ""  # a formula``, and the right value between the marks."""
    return f"{name} = {empty}  # {comment}\n{BEGIN}\n{name} = {value}\n{END}"


def of_code(reference: Any) -> str:
    """The source of a function or class, with the marks around what the student is to write.

    That is every function's body without its docstring and without ``super().__init__()``. Marks that the
    author has set in the source stay as they are.
    """
    source = for_readers(textwrap.dedent(inspect.getsource(reference)).rstrip())
    if BEGIN in source:
        return source
    lines = source.split("\n")
    for first, last in sorted(_bodies(ast.parse(source)), reverse=True):
        indent = " " * (len(lines[first]) - len(lines[first].lstrip()))
        lines[last + 1 : last + 1] = [indent + END]
        lines[first:first] = [indent + BEGIN]
    return "\n".join(lines)


def _bodies(tree: ast.Module) -> Iterator[tuple[int, int]]:
    """First and last line, counted from 0, of what is written in each function that is not inside another."""
    waiting: list[ast.AST] = list(tree.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.ClassDef):
            waiting += node.body
        elif isinstance(node, ast.FunctionDef):
            body = [statement for statement in node.body if not _is_given(statement)]
            if body:
                yield body[0].lineno - 1, (body[-1].end_lineno or body[-1].lineno) - 1


def _is_given(statement: ast.stmt) -> bool:
    """A docstring, or the call without which a module cannot begin."""
    if not isinstance(statement, ast.Expr):
        return False
    return isinstance(statement.value, ast.Constant) or ast.unparse(statement) == "super().__init__()"
