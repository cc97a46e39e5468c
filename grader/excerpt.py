"""As much of a program as one name needs: its definition, and all that this hangs on, as text of its own.

Read off the text (`grader.uses`); nothing is run. Of several definitions of a name the last one counts, and
of an import only the names that are needed.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from grader.uses import MAGIC, uses

ALWAYS_THERE = {*dir(builtins), "__name__", "get_ipython", "display", "In", "Out"}


class Unfound(LookupError):
    """A name that no text gives a value; the message is the name."""


@dataclass(frozen=True, eq=False)
class _Statement:
    """One statement at the margin, with the names that it gives a value and those that it needs."""

    text: str
    gives: frozenset[str]
    needs: frozenset[str]


def excerpt(name: str, texts: Sequence[str]) -> str:
    """The statements that define ``name`` and all that it needs, each behind those on which it hangs.

    Args:
        texts: cells or files, in the order in which they were run.

    Raises:
        Unfound: a name that is needed comes from none of them, such as one that ``import *`` brought.
    """
    # each run of a cell is one of its own, where `x = x + 1` was run twice
    statements = [replace(statement) for text in texts for statement in _statements(text)]
    taken: list[_Statement] = []
    _take(name, statements, taken, [])
    imports = [one.text for one in taken if one.text.startswith(("import ", "from "))]
    others = [one.text for one in taken if one.text not in imports]
    return "\n\n\n".join(filter(None, ["\n".join(dict.fromkeys(imports)), *others])) + "\n"


def _take(
    name: str, statements: Sequence[_Statement], taken: list[_Statement], on_the_way: list[_Statement]
) -> None:
    places = [place for place, one in enumerate(statements) if name in one.gives]
    if not places:
        raise Unfound(name)
    place = places[-1]
    statement = statements[place]
    if statement in taken or statement in on_the_way:
        return
    for needed in sorted(statement.needs - ALWAYS_THERE):
        # `x = x + 1` needs the x before it
        before = statements[:place] if needed in statement.gives else statements
        _take(needed, before, taken, [*on_the_way, statement])
    if statement not in taken:
        taken.append(statement)


@lru_cache(maxsize=1024)  # a notebook's cells are read at every check that passes
def _statements(text: str) -> tuple[_Statement, ...]:
    return tuple(_read(text))


def _read(text: str) -> Iterator[_Statement]:
    text = MAGIC.sub(r"\1pass", text)
    try:
        body = ast.parse(text).body
    except (SyntaxError, ValueError):
        return
    for node in body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            for alias in node.names:
                alone = ast.Import([alias])
                if isinstance(node, ast.ImportFrom):
                    alone = ast.ImportFrom(node.module, [alias], node.level)  # type: ignore[assignment]
                yield _statement(ast.unparse(alone))
        else:
            yield _statement(_source(text, node))


def _source(text: str, node: ast.stmt) -> str:
    """The lines of a statement, its decorators with it."""
    first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", ()))])
    return "\n".join(text.split("\n")[first - 1 : node.end_lineno])


def _statement(text: str) -> _Statement:
    found = uses(text)
    return _Statement(text, found.defines, found.needs)
