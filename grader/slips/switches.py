"""All slips of a form compiled once: each is a branch that can be switched on, alone or with others.

Compiling a function for every slip, or for every pair, takes a thousand times as long as calling it. So the
form is compiled once, with ``new if 17 in _on else old`` at each place that a slip changes (what mutation
testing calls a schema). An edit that wraps becomes ``(lambda _v: …)([old])``: the old expression stands there
once, and what is compiled grows with the number of slips, not with their nesting.

A slip may take a shape for a number, or never leave a loop. A shape times a million is a million shapes, and
fills the memory: so products and powers are made by functions that refuse to, and loops are counted.
"""

from __future__ import annotations

import ast
import copy
import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import torch

from grader.slips.slip import Edit, Slip, as_statement
from grader.slips.tree import Path, copied

USUAL = {"torch": torch, "math": math, "nn": torch.nn, "F": torch.nn.functional}
ON, VALUE, TIMES, POWER, STEP = "_on", "_v", "_times", "_power", "_step"
MOST_STEPS = 10_000  # of the loops of a form, from one look at its switches to the next
LONGEST = 10_000  # items of a list, and bits of a number, that a form may make


class _BoundedItertools:
    """`itertools`, whose iterators stop with an error before a slip fills the memory (19! orders for 4!)."""

    def __getattr__(self, name: str) -> Any:
        made = getattr(itertools, name)

        def bounded(*arguments: Any, **others: Any) -> Iterator[Any]:
            for number, item in enumerate(made(*arguments, **others)):
                if number >= LONGEST:
                    raise RecursionError("A loop would not end.")
                yield item

        return bounded


class Board:
    """A form (a function or a class) and the switches of its slips.

    ``form`` is the compiled form; with no switch on it is the form itself. ``switches`` holds the numbers of
    the slips that are made; it is read while the form runs: one thread at a time.
    """

    def __init__(
        self, tree: ast.Module, name: str, namespace: Mapping[str, Any], slips: Sequence[Slip]
    ) -> None:
        self.slips = tuple(slips)
        self.switches: set[int] = set()
        self.steps = 0  # made in loops, since somebody set it to 0
        self.numbers = {slip: number for number, slip in enumerate(slips)}
        edits: dict[Path, list[tuple[int, Edit]]] = {}
        for number, slip in enumerate(slips):
            for edit in slip.edits:
                edits.setdefault(edit.path, []).append((number, edit))
        branched = ast.fix_missing_locations(_Guarded().visit(_branched(tree, (), edits)))
        space = {**USUAL, **namespace, ON: self.switches, TIMES: _times, POWER: _power, STEP: self._step}
        if namespace.get("itertools") is itertools:
            space["itertools"] = _BoundedItertools()
        exec(compile(branched, f"<slips of {name}>", "exec"), space)
        self.form: Any = space[name]

    def _step(self) -> None:
        self.steps += 1
        if self.steps > MOST_STEPS:
            raise RecursionError("A loop would not end.")

    @contextmanager
    def on(self, slips: Sequence[Slip]) -> Iterator[None]:
        """Within the block, these slips are made, and no others."""
        before = set(self.switches)
        self.steps = 0
        self.switches.clear()
        self.switches.update(self.numbers[slip] for slip in slips)
        try:
            yield
        finally:
            self.switches.clear()
            self.switches.update(before)


def _branched(node: Any, path: Path, edits: dict[Path, list[tuple[int, Edit]]]) -> Any:
    """The node with a branch at each place below it that a slip changes."""
    made = copy.copy(node)
    for name, value in ast.iter_fields(node):
        if isinstance(value, ast.AST):
            setattr(made, name, _branched(value, (*path, (name, None)), edits))
        elif isinstance(value, list):
            children = [
                _branched(child, (*path, (name, i)), edits) if isinstance(child, ast.AST) else child
                for i, child in enumerate(value)
            ]
            setattr(made, name, children)
    here = edits.get(path, ())
    for number, edit in here:
        if not edit.wraps:
            new = as_statement(node, edit.make(copied(node)))
            made = _either(number, new, made)
    if wraps := [(number, edit) for number, edit in here if edit.wraps]:
        made = _wrapped(made, wraps)
    return made


def _is_on(number: int) -> ast.expr:
    return ast.Compare(ast.Constant(number), [ast.In()], [ast.Name(ON, ast.Load())])


def _either(number: int, new: Any, old: Any) -> Any:
    if isinstance(old, ast.stmt):
        return ast.If(_is_on(number), [new], [old])
    return ast.IfExp(_is_on(number), new, old)


def _wrapped(inner: ast.expr, wraps: list[tuple[int, Edit]]) -> ast.expr:
    """``(lambda _v: [_v.append(new) if 17 in _on else None, …, _v[-1]][-1])([inner])``.

    One by one, so that all count. (Python has no ``:=`` where a comprehension says what it runs over.)
    """
    steps: list[ast.expr] = []
    for number, edit in wraps:
        keep = ast.Attribute(ast.Name(VALUE, ast.Load()), "append", ast.Load())
        new: Any = edit.make(_value())
        made = ast.Call(keep, [new], [])
        steps.append(ast.IfExp(_is_on(number), made, ast.Constant(None)))
    parameter = ast.arguments(
        posonlyargs=[], args=[ast.arg(VALUE)], kwonlyargs=[], kw_defaults=[], defaults=[]
    )
    last = _last_of(ast.List([*steps, _value()], ast.Load()))
    return ast.Call(ast.Lambda(parameter, last), [ast.List([inner], ast.Load())], [])


def _value() -> ast.expr:
    return _last_of(ast.Name(VALUE, ast.Load()))


def _last_of(values: ast.expr) -> ast.expr:
    return ast.Subscript(values, ast.Constant(-1), ast.Load())


class _Guarded(ast.NodeTransformer):
    """``a * b`` and ``a ** b`` as calls of `_times` and `_power`; `_step` in every `while`."""

    def visit_While(self, node: ast.While) -> ast.AST:
        self.generic_visit(node)
        step = ast.Expr(ast.Call(ast.Name(STEP, ast.Load()), [], []))
        return ast.While(node.test, [step, *node.body], node.orelse)

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        name = {ast.Mult: TIMES, ast.Pow: POWER}.get(type(node.op))
        return ast.Call(ast.Name(name, ast.Load()), [node.left, node.right], []) if name else node


def _times(one: Any, other: Any) -> Any:
    for items, times in ((one, other), (other, one)):
        if isinstance(items, (tuple, list, str)) and isinstance(times, int) and len(items) * times > LONGEST:
            raise MemoryError("A list would become too long.")
    return one * other


def _power(base: Any, exponent: Any) -> Any:
    whole = isinstance(base, int) and isinstance(exponent, int)
    if whole and base.bit_length() * exponent > LONGEST:
        raise OverflowError("A number would become too large.")
    return base**exponent
