"""Small changes to a right answer: each a mistake nobody thought of, to see whether the checks notice.

A mutant differs from the reference in one place of its syntax tree: an operator, a constant, an axis, a
call left out, two arguments exchanged, a statement dropped. Functions of the same file that the reference
calls are changed too. What only guards against wrong use (a statement that calls and keeps nothing, an
``if`` that raises) is left as it is: the questions are never wrong use.
"""

from __future__ import annotations

import ast
import copy
import inspect
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from types import FunctionType, ModuleType
from typing import Any

SWAPPED_OPERATORS: dict[type[ast.AST], tuple[type[ast.AST], ...]] = {
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div, ast.Add),
    ast.Div: (ast.Mult,),
    ast.FloorDiv: (ast.Div,),
    ast.Pow: (ast.Mult,),
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.And: (ast.Or,),
    ast.Or: (ast.And,),
}


@dataclass(frozen=True)
class Mutant:
    """A changed answer. ``change`` says what was changed, ``before → after``, with its line."""

    change: str
    answer: Any


def mutants_of_formula(text: str) -> Iterator[Mutant]:
    """Every mutant of a formula, as text."""
    tree = ast.parse(text, mode="eval")
    for changed in _single_changes(tree):
        yield Mutant(f"{text} → {ast.unparse(changed)}", ast.unparse(changed))


def mutants_of_code(reference: Any, within: type[ast.AST] = ast.AST) -> Iterator[Mutant]:
    """Every mutant of a function or class, and of what it calls in its own file.

    ``within`` confines the changes to syntax nodes of that type, such as `ast.Assert`.
    """
    module = sys.modules[reference.__module__]
    for name in _reachable(reference, module):
        source = textwrap.dedent(inspect.getsource(getattr(module, name)))
        tree = ast.parse(source)
        for changed in _single_changes(tree, within):
            answer = _build(changed, module, reference.__name__)
            if answer is not None:
                before, after = _first_difference(ast.unparse(tree), ast.unparse(changed))
                yield Mutant(f"{name}: {before} → {after}", answer)


def _build(changed: Any, module: ModuleType, name: str) -> Any | None:
    """The reference with one function of its file replaced; the file itself stays untouched."""
    namespace = dict(vars(module))
    for key, value in vars(module).items():
        if isinstance(value, FunctionType) and value.__module__ == module.__name__:
            namespace[key] = FunctionType(
                value.__code__, namespace, key, value.__defaults__, value.__closure__
            )
            namespace[key].__kwdefaults__ = value.__kwdefaults__
        elif isinstance(value, type) and value.__module__ == module.__name__ and key == name:
            exec(compile(textwrap.dedent(inspect.getsource(value)), "<reference>", "exec"), namespace)
    try:
        exec(compile(ast.fix_missing_locations(changed), "<mutant>", "exec"), namespace)
    except (SyntaxError, ValueError, TypeError):
        return None
    return namespace[name]


def _reachable(reference: Any, module: ModuleType) -> list[str]:
    """The reference and the functions of its file whose result it uses."""
    found: list[str] = []
    waiting = [reference.__name__]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.append(name)
        tree = ast.parse(textwrap.dedent(inspect.getsource(getattr(module, name))))
        for node in _working_nodes(tree):
            if isinstance(node, ast.Name):
                value = getattr(module, node.id, None)
                if isinstance(value, FunctionType) and value.__module__ == module.__name__:
                    waiting.append(node.id)
    return found


# -- one change at a time ---------------------------------------------------------------------------------


def _single_changes(tree: ast.AST, within: type[ast.AST] = ast.AST) -> Iterator[ast.AST]:
    """Each copy of the tree with one node replaced."""
    parameters = [node.arg for node in ast.walk(tree) if isinstance(node, ast.arg) and node.arg != "self"]
    nodes = list(_working_nodes(tree))
    inside = {id(node) for top in nodes if isinstance(top, within) for node in ast.walk(top)}
    unchanged = ast.unparse(tree)
    for node in nodes:
        for replacement in _replacements(node, parameters) if id(node) in inside else ():
            changed = copy.deepcopy(tree, {id(node): replacement})  # finds the node already copied
            if ast.unparse(changed) != unchanged:  # exchanging the arguments of f(x, x) changes nothing
                yield changed


def _working_nodes(tree: ast.AST) -> Iterator[ast.AST]:
    """All nodes but docstrings, annotations, defaults, and guards against wrong use."""
    yield tree
    aside = [getattr(tree, "returns", None), getattr(tree, "annotation", None)]
    aside += getattr(tree, "decorator_list", [])
    for child in ast.iter_child_nodes(tree):
        if child not in aside and not _does_no_work(child):
            yield from _working_nodes(child)


def _does_no_work(node: ast.AST) -> bool:
    match node:
        case ast.arguments() | ast.Raise() | ast.Import() | ast.ImportFrom() | ast.Expr(value=ast.Constant()):
            return True
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Call()))):
            return False  # super().__init__()
        case ast.Expr(value=ast.Call()):
            return True
        case ast.If(body=body):
            return all(isinstance(statement, ast.Raise) for statement in body)
    return False


def _replacements(node: ast.AST, parameters: list[str]) -> Iterator[ast.AST]:
    """What a node might be mistaken for."""
    match node:
        case ast.BinOp(left=left, op=operator, right=right):
            yield from (_with(node, op=other()) for other in _swapped(operator))
            yield from (left, right)
            if isinstance(operator, (ast.MatMult, ast.Sub, ast.Div)):
                yield _with(node, left=right, right=left)
        case ast.BoolOp(op=operator):
            yield from (_with(node, op=other()) for other in _swapped(operator))
        case ast.Compare(ops=[operator]):
            yield from (_with(node, ops=[other()]) for other in _swapped(operator))
        case ast.Constant(value=bool() as value):
            yield ast.Constant(value=not value)
        case ast.Constant(value=int() | float() as number):
            yield from (ast.Constant(value=number + 1), ast.Constant(value=number - 1))
        case ast.UnaryOp(operand=operand):
            yield operand
        case ast.Call(func=function, args=arguments, keywords=keywords):
            if isinstance(function, ast.Attribute) and not isinstance(function.value, ast.Call):
                yield function.value
            yield from arguments[:1]
            for i in range(len(arguments) - 1):
                yield _with(node, args=_exchanged(arguments, i))
            for i in range(len(keywords)):
                yield _with(node, keywords=keywords[:i] + keywords[i + 1 :])
        case ast.Name(id=name, ctx=ast.Load()) if name in parameters:
            yield from (_with(node, id=other) for other in parameters if other != name)
        case ast.IfExp(test=test) | ast.If(test=test):
            yield _with(node, test=ast.UnaryOp(op=ast.Not(), operand=test))
        case ast.Tuple(elts=elements) if len(elements) > 1:
            yield _with(node, elts=_exchanged(elements, 0))
        case ast.Assert() | ast.AugAssign():
            yield ast.Pass()


def _swapped(operator: ast.AST) -> tuple[type[ast.AST], ...]:
    return SWAPPED_OPERATORS.get(type(operator), ())


def _with(node: ast.AST, **fields: object) -> ast.AST:
    """A copy of the node with some fields changed."""
    changed = copy.copy(node)
    for name, value in fields.items():
        setattr(changed, name, value)
    return changed


def _exchanged(items: list[ast.expr], i: int) -> list[ast.expr]:
    """The items with number i and the next one exchanged."""
    return [*items[:i], items[i + 1], items[i], *items[i + 2 :]]


def _first_difference(before: str, after: str) -> tuple[str, str]:
    """The first line that a change touched, as it was and as it is."""
    for one, other in zip(before.splitlines(), after.splitlines(), strict=False):
        if one != other:
            return one.strip(), other.strip()
    return before.splitlines()[-1].strip(), "(left out)"
