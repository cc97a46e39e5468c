"""What operators know of a form beside its tree: its parameters, its steps, words for what stands in it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from grader.slips.tree import Path, at, walk

NOUNS = {  # what a call gives
    "softmax": "softmax",
    "log_softmax": "log-softmax",
    "logsumexp": "log-sum-exp",
    "sum": "sum",
    "mean": "mean",
    "prod": "product",
    "cumsum": "running sum",
    "cumprod": "running product",
    "amax": "maximum",
    "max": "maximum",
    "amin": "minimum",
    "min": "minimum",
    "median": "median",
    "argmax": "argmax",
    "argmin": "argmin",
    "std": "standard deviation",
    "var": "variance",
    "norm": "norm",
    "exp": "exponential",
    "log": "logarithm",
    "sigmoid": "sigmoid",
    "relu": "ReLU",
    "gelu": "GELU",
}
FACTS = ("shape", "size", "dim", "ndim", "dtype", "device")  # about a tensor; its numbers are not read


@dataclass(frozen=True)
class Context:
    """A form as the operators see it.

    Args:
        tree: its syntax tree.
        floats, booleans, integers: its parameters, by what they hold.
        sizes: the names of each parameter's axes, the last one last: ``{"q": ("Lq", "d")}``.
        layers: the names of a module's layers, those that it calls.
        words: what to call a step, a layer or an expression: ``{"k @ q": "the similarities"}``; under
            ``everything`` what all reductions make together.
    """

    tree: ast.Module
    floats: Sequence[str] = ()
    booleans: Sequence[str] = ()
    integers: Sequence[str] = ()
    sizes: Mapping[str, Sequence[str]] = field(default_factory=dict)
    layers: Sequence[str] = ()
    words: Mapping[str, str] = field(default_factory=dict)

    # -- places -------------------------------------------------------------------------------------------

    @cached_property
    def nodes(self) -> tuple[tuple[Path, ast.AST], ...]:
        """All nodes that do some work: no annotations, no defaults, nothing that is only raised."""
        return tuple((path, node) for path, node in walk(self.tree) if not _is_aside(self.tree, path))

    @cached_property
    def main(self) -> Path:
        """The place of the function, or of a module's ``forward``."""
        functions = [(path, node) for path, node in self.nodes if isinstance(node, ast.FunctionDef)]
        forward = [path for path, node in functions if node.name == "forward"]
        return (forward or [path for path, _ in functions])[0]

    @cached_property
    def returns(self) -> tuple[Path, ...]:
        """The places of all values that the form returns."""
        return tuple(
            (*path, ("value", None))
            for path, node in self.nodes
            if isinstance(node, ast.Return) and node.value is not None and self._is_inside(path)
        )

    @cached_property
    def steps(self) -> Mapping[str, Path]:
        """The names that the form gives on its way, each with the place of its last value."""
        found: dict[str, Path] = {}
        for path, node in self.nodes:
            if isinstance(node, ast.Assign) and self._is_inside(path):
                for target in node.targets:
                    found |= _named(target, node.value, (*path, ("value", None)))
        return {name: path for name, path in found.items() if not _is_fact(at(self.tree, path))}

    def uses(self, name: str) -> tuple[Path, ...]:
        """Where a variable's value is read: not its shape, and not whether it is None."""
        return tuple(path for path, node in self.nodes if _reads(node, name) and not self._is_fact(path))

    def _is_fact(self, path: Path) -> bool:
        parent = at(self.tree, path[:-1])
        if isinstance(parent, ast.Call) and isinstance(parent.func, ast.Name):
            return parent.func.id == "len"
        return isinstance(parent, ast.Compare) or (isinstance(parent, ast.Attribute) and parent.attr in FACTS)

    def _is_inside(self, path: Path) -> bool:
        """In the main function, and in none that it defines for itself."""
        between = (at(self.tree, path[:i]) for i in range(len(self.main) + 1, len(path)))
        return path[: len(self.main)] == self.main and not any(
            isinstance(n, ast.FunctionDef) for n in between
        )

    # -- parameters ---------------------------------------------------------------------------------------

    @cached_property
    def parameters(self) -> tuple[str, ...]:
        return tuple(arg.arg for arg in at(self.tree, self.main).args.args if arg.arg != "self")

    @cached_property
    def optional(self) -> tuple[str, ...]:
        """Parameters that may be None."""
        defaults = at(self.tree, self.main).args.defaults
        late = self.parameters[len(self.parameters) - len(defaults) :]
        return tuple(
            name
            for name, default in zip(late, defaults)
            if isinstance(default, ast.Constant) and default.value is None
        )

    @cached_property
    def interchangeable(self) -> tuple[tuple[str, ...], ...]:
        """Parameters in groups that hold the same kind of thing; no masks."""
        sorted_out = {*self.floats, *self.booleans, *self.integers}
        others = tuple(name for name in self.parameters if name not in sorted_out)
        return tuple(self.floats), tuple(self.integers), others

    def size(self, parameter: str, axis: int) -> str | None:
        """The name of a parameter's axis, counted from the right (a negative number)."""
        names = self.sizes.get(parameter, ())
        return names[axis] if -len(names) <= axis < 0 else None

    # -- words --------------------------------------------------------------------------------------------

    def sentence(self, template: str, **operands: ast.AST | str | None) -> str:
        """The template with its operands named, ``{b}`` by `say`; empty if one of them has no name."""
        said = {
            name: operand if isinstance(operand, str) or operand is None else self.say(operand)
            for name, operand in operands.items()
            if f"{{{name}}}" in template
        }
        if None in said.values():
            return ""
        text = template.format(**said)
        return text[0].upper() + text[1:] if text.startswith("the ") else text

    def say(self, node: ast.AST) -> str | None:
        """What to call an expression in the student's terms: ``√d``, ``the maximum``; None without a name."""
        if (word := self._words.get(ast.unparse(node))) is not None:
            return word
        match node:
            case ast.Name(id=name):
                return self._variable(name)
            case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
                return f"{number}"
            case ast.Attribute(value=ast.Name(id="math" | "torch"), attr=name):
                return {"inf": "∞", "pi": "π", "e": "e"}.get(name)
            case (
                ast.Attribute(value=operand, attr="T" | "mT")
                | ast.Call(func=ast.Attribute(value=operand, attr="transpose"))
            ):
                return _formula("{}ᵀ", self.say(operand))
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return _formula("−{}", self.say(operand))
            case ast.BinOp(left=a, op=ast.Pow(), right=ast.Constant(value=0.5)):
                return _root(self.say(a))
            case ast.BinOp(left=a, op=ast.Mult() | ast.Add() | ast.Sub() as op, right=b):
                return _formula(_SIGNS[type(op)], self.say(a), self.say(b))
            case ast.Call(func=ast.Attribute(attr="sqrt", value=ast.Name(id="math" | "torch")), args=[a]):
                return _root(self.say(a))
            case ast.Call(func=ast.Attribute(value=ast.Name(id="self"), attr=layer)) if layer in self.layers:
                return self.layer(layer)
            case ast.Call(func=ast.Attribute(attr=name) | ast.Name(id=name)) if name in NOUNS:
                return f"the {NOUNS[name]}"
            case ast.Subscript(value=ast.Name(id=name)) if name in self.parameters and _is_plain(node):
                return f"`{ast.unparse(node)}`"
        if (size := size_read(node)) is not None:
            return self.size(*size) or (f"`{ast.unparse(node)}`" if size[0] in self.parameters else None)
        return None

    def step(self, name: str) -> str:
        """What to call a named step: ``the weights``, ``the running sum``, `q`."""
        return self.words.get(name) or (f"the {name.replace('_', ' ')}" if len(name) > 2 else f"`{name}`")

    def layer(self, name: str) -> str:
        """What to call the result of a layer."""
        return self.words.get(name, f"what `{name}` gives")

    def _variable(self, name: str) -> str | None:
        if name in self.parameters:
            return f"`{name}`"
        if name in self._facts:
            return self.say(self._facts[name]) or name
        return self.step(name) if name in self.steps else None

    @cached_property
    def _facts(self) -> Mapping[str, ast.AST]:
        """Names that stand for a size or for a root of one."""
        return {
            target.id: node.value
            for _, node in self.nodes
            if isinstance(node, ast.Assign) and _is_fact(node.value)
            for target in node.targets
            if isinstance(target, ast.Name)
        }

    @cached_property
    def _words(self) -> Mapping[str, str]:
        return {_respelled(text): word for text, word in self.words.items()}


def size_read(node: ast.AST) -> tuple[str, int] | None:
    """The variable and the axis of ``q.shape[-1]`` or ``q.size(-1)``."""
    match node:
        case ast.Subscript(value=ast.Attribute(value=ast.Name(id=name), attr="shape"), slice=axis):
            pass
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="size"), args=[axis]):
            pass
        case _:
            return None
    number = literal(axis)
    return (name, number) if isinstance(number, int) else None


def literal(node: ast.AST) -> object:
    """The value of a literal, else None."""
    try:
        return ast.literal_eval(node)
    except ValueError:
        return None


_SIGNS: dict[type[ast.operator], str] = {ast.Mult: "{}·{}", ast.Add: "{} + {}", ast.Sub: "{} − {}"}


def _formula(pattern: str, *operands: str | None) -> str | None:
    """Symbols put together; phrases (``the maximum``) are not."""
    symbols = [
        operand for operand in operands if operand is not None and not operand.startswith(("the ", "what "))
    ]
    if len(symbols) < len(operands):
        return None
    if pattern != "{} + {}":
        symbols = [f"({symbol})" if " " in symbol else symbol for symbol in symbols]
    return pattern.format(*symbols)


def _root(operand: str | None) -> str | None:
    if operand is not None and operand.startswith(("the ", "what ")):
        return f"the root of {operand}"
    return _formula("√({})" if operand is not None and re.search(r"[·]", operand) else "√{}", operand)


def _is_plain(node: ast.AST) -> bool:
    """Short, and without any calculation."""
    allowed = (
        ast.Subscript,
        ast.Slice,
        ast.Tuple,
        ast.Name,
        ast.Constant,
        ast.UnaryOp,
        ast.USub,
        ast.expr_context,
    )
    return len(ast.unparse(node)) <= 16 and all(isinstance(part, allowed) for part in ast.walk(node))


def _is_fact(node: ast.AST) -> bool:
    """Whether it is a size, a root of one, or a shape."""
    match node:
        case ast.Call(func=ast.Attribute(attr="sqrt"), args=[inner]):
            return _is_fact(inner)
        case ast.BinOp(left=inner, op=ast.Pow(), right=ast.Constant()):
            return _is_fact(inner)
        case ast.Subscript(value=ast.Attribute(attr="shape")) | ast.Attribute(attr="shape"):
            return True
    return size_read(node) is not None


def _named(target: ast.expr, value: ast.expr, path: Path) -> dict[str, Path]:
    if isinstance(target, ast.Name):
        return {target.id: path}
    if not (isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple)):
        return {}
    pairs = enumerate(zip(target.elts, value.elts))
    return {name.id: (*path, ("elts", i)) for i, (name, _) in pairs if isinstance(name, ast.Name)}


def _reads(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load)


def _respelled(text: str) -> str:
    try:
        return ast.unparse(ast.parse(text, mode="eval").body)
    except SyntaxError:  # a word that is no expression is never looked up as one
        return text


def _is_aside(tree: ast.AST, path: Path) -> bool:
    above: Iterator[ast.AST] = (at(tree, path[:i]) for i in range(len(path)))
    return any(_hides(node, name) for node, (name, _) in zip(above, path))


def _hides(node: ast.AST, name: str) -> bool:
    """Whether what stands there under a node does no work."""
    declares = (ast.FunctionDef, ast.ClassDef, ast.arg, ast.AnnAssign)
    aside = ("args", "returns", "annotation", "decorator_list", "bases")
    return isinstance(node, (ast.Raise, ast.JoinedStr)) or (isinstance(node, declares) and name in aside)
