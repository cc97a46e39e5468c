"""How operators make slips: from tables of sentences and expressions, at one place or at all equal ones."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from grader.slips.context import Context
from grader.slips.slip import Edit, Slip
from grader.slips.tree import Path, expression

OLD = re.compile(r"(?<!\w)_o\b")
UNSAID = 100  # the rank of a slip without a sentence: a mutant, which names nothing


class Row(NamedTuple):
    """A line of a table.

    ``sentence`` names operands: ``{b}`` is what to call the node ``_b``. ``new`` is what stands there then,
    made of nodes ``_b`` and of ``_o``, the old expression. ``at`` is the field that is changed, if it is
    not the node itself: the smaller a change, the more slips it goes together with.
    """

    sentence: str
    new: str
    rank: int = 50
    at: str = ""


@dataclass(frozen=True)
class Change:
    """What may stand at a node instead, wherever that node stands."""

    sentence: str
    new: str | ast.expr
    rank: int = 50
    nodes: Mapping[str, ast.AST] = field(default_factory=dict)
    place: Path = ()  # from the node on

    def edit(self, path: Path) -> Edit:
        path = (*path, *self.place)
        if isinstance(self.new, ast.expr):
            return Edit.to(path, self.new)
        text, nodes = self.new, self.nodes
        if OLD.search(text):
            return Edit(path, lambda old: expression(text, **nodes, _o=old), wraps=True)
        return Edit.to(path, expression(text, **nodes))


Changes = Callable[[Context, Path, ast.expr], Iterable[Change]]


def slip(sentence: str, edits: Iterable[Edit], rank: int = 50) -> Slip:
    return Slip(sentence, tuple(edits), rank if sentence else UNSAID)


def around(sentence: str, paths: Iterable[Path], new: str, rank: int = 50, **nodes: ast.AST) -> Slip:
    """The slip that puts ``new`` at all these places; ``_o`` in it is what stands there."""
    change = Change(sentence, new, rank, nodes)
    return slip(sentence, (change.edit(path) for path in paths), rank)


def from_table(context: Context, rows: Iterable[Row], place: Path = (), **nodes: ast.AST) -> Iterator[Change]:
    """The changes of a table at a node, or at a place below it."""
    operands = {name.removeprefix("_"): node for name, node in nodes.items()}
    for row in rows:
        sentence = context.sentence(row.sentence, **operands)
        yield Change(sentence, row.new, row.rank, nodes, ((row.at, None),) if row.at else place)


def everywhere(context: Context, changes: Changes) -> Iterator[Slip]:
    """The changes at each node, and at all equal nodes at once: what is got wrong, is so everywhere."""
    equal: dict[str, list[Path]] = defaultdict(list)
    found = [
        (path, node, ast.dump(node))
        for path, node in context.nodes
        if isinstance(node, ast.expr) and isinstance(getattr(node, "ctx", None), ast.Load | None)
    ]
    for path, _, key in found:
        equal[key].append(path)
    for path, node, key in found:
        places = equal[key] if not isinstance(node, (ast.Name, ast.Constant)) else [path]
        for change in changes(context, path, node):
            if len(places) > 1:
                yield slip(change.sentence, [change.edit(path)], change.rank + 8)
            if path == places[0]:
                yield slip(change.sentence, (change.edit(place) for place in places), change.rank)
