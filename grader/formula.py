"""Formulas typed by students: read through a whitelist, evaluated exactly, never executed.

Python's own parser turns the text into a syntax tree; each node must be on the whitelist below before
it is given a meaning. Nothing here calls `eval`, and sympy only ever sees trees that passed.
"""

from __future__ import annotations

import ast
import math
import random
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy

Number = Fraction | float

LONGEST, DEEPEST = 400, 60  # characters; nested operations
LARGEST_NUMBER, LARGEST_POWER = 10**15, 64
SYMBOLIC_DEGREE = 6  # beyond it, sympy may take hours

FUNCTIONS: dict[str, tuple[Any, Any]] = {
    "sqrt": (math.sqrt, sympy.sqrt),
    "log": (math.log, sympy.log),
    "log2": (math.log2, lambda x: sympy.log(x, 2)),
    "exp": (math.exp, sympy.exp),
    "ceil": (math.ceil, sympy.ceiling),
    "floor": (math.floor, sympy.floor),
    "min": (min, sympy.Min),
    "max": (max, sympy.Max),
}
WRITTEN = {
    "×": "*",
    "·": "*",
    "⋅": "*",
    "−": "-",
    "–": "-",
    "÷": "/",
    "^": "**",
    "²": "**2",
    "³": "**3",
    "⁴": "**4",
}
NOT_UNDERSTOOD = "Only numbers, the symbols, + - * / ** and parentheses are understood here."
MULTIPLY = "A multiplication sign is missing: write 2*L, not 2L."
RIGHT_HAND_SIDE = "Write the right-hand side only, without an equals sign."


class FormulaError(ValueError):
    """The text is not a formula; the message says what to change."""


@dataclass(frozen=True)
class Formula:
    """A formula that passed the whitelist. ``parts`` holds one tree, or one per entry of a shape."""

    text: str
    parts: tuple[ast.expr, ...]
    is_tuple: bool

    def evaluate(self, values: Mapping[str, Any]) -> tuple[Number, ...]:
        """The exact value of each part, with integers for the symbols."""
        return tuple(_evaluate(part, values) for part in self.parts)

    def value(self, **values: int) -> float:
        """The value of a formula with one part, as a number to compute with."""
        (result,) = self.evaluate(values)
        return int(result) if result == int(result) else float(result)

    def symbolic(self) -> tuple[sympy.Expr, ...]:
        """The parts as sympy expressions over positive symbols."""
        return tuple(_symbolic(part) for part in self.parts)


def parse(text: Any, symbols: Collection[str]) -> Formula:
    """Read a formula in the given symbols, such as ``"2*L*d*n"`` or, for a shape, ``"(L, d)"``.

    Python's operators are understood, and ``^ · × ² √`` as on paper.

    Raises:
        FormulaError: one sentence on what to change.
    """
    if not isinstance(text, str):
        raise FormulaError(f'Write the formula as text in quotes, like "{" * ".join(sorted(symbols))}".')
    if not text.strip():
        raise FormulaError("There is no formula yet.")
    if len(text) > LONGEST:
        raise FormulaError(f"The formula is longer than {LONGEST} characters; simplify it.")
    python = as_python(text)
    try:
        tree = ast.parse(python, mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        raise FormulaError(_syntax_advice(python)) from None
    is_tuple = isinstance(tree, (ast.Tuple, ast.List))
    parts = tuple(tree.elts) if isinstance(tree, (ast.Tuple, ast.List)) else (tree,)
    for part in parts:
        _allow(part, symbols, depth=0, power=1)
    return Formula(text, parts, is_tuple)


def as_python(text: str) -> str:
    """The text with what is written as on paper (^ · × ² √) put in Python's way."""
    for written, meant in WRITTEN.items():
        text = text.replace(written, meant)
    text = re.sub(r"√\s*\(", "sqrt(", text)
    return re.sub(r"√\s*(\w+(?:\.\d+)?)", r"sqrt(\1)", text).strip()


def _syntax_advice(text: str) -> str:
    if "=" in text:
        return RIGHT_HAND_SIDE
    if text.count("(") != text.count(")"):
        return "The parentheses do not balance."
    if named := re.search(rf"\b({'|'.join(FUNCTIONS)})\s+(\w+)", text):
        return f"Put what a function is taken of in parentheses: {named[1]}({named[2]})."
    if re.search(r"\d\s*[A-Za-z(]|\w\s+\w|\)\s*\w", text):
        return MULTIPLY
    return "This does not read as a formula; use + - * / ** and parentheses."


# -- the whitelist ------------------------------------------------------------------------------------


def _allow(node: ast.expr, symbols: Collection[str], depth: int, power: float) -> None:
    """Refuse every node that is not arithmetic on the given symbols.

    ``power`` is the product of the powers that the node stands under: a power of powers can be as huge as one
    huge power.
    """
    if depth > DEEPEST:
        raise FormulaError("The formula is nested too deeply; simplify it.")
    match node:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            if not abs(number) <= LARGEST_NUMBER:
                raise FormulaError(f"A number larger than {LARGEST_NUMBER:.0e} is too large for a formula.")
            children: list[ast.expr] = []
        case ast.Name(id=name):
            if name not in symbols:
                raise FormulaError(_unknown(name, symbols))
            children = []
        case ast.BinOp(
            left=left, op=ast.Add() | ast.Sub() | ast.Mult() | ast.Div() | ast.FloorDiv(), right=right
        ):
            children = [left, right]
        case ast.BinOp(left=left, op=ast.Pow(), right=exponent):
            power *= max(1.0, abs(_exponent(exponent, depth + 1)))
            if power > LARGEST_POWER:
                raise FormulaError(f"Powers larger than {LARGEST_POWER} are too large for a formula.")
            children = [left]
        case ast.UnaryOp(op=ast.UAdd() | ast.USub(), operand=operand):
            children = [operand]
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]) if name in FUNCTIONS:
            many = name in ("min", "max")
            if (len(arguments) < 2) if many else (len(arguments) != 1):
                raise FormulaError(f"`{name}` takes {'at least two values' if many else 'one value'}.")
            children = list(arguments)
        case ast.Call(func=ast.Name(id=name)) if name in symbols:
            raise FormulaError(f"A multiplication sign is missing after `{name}`: write {name}*(…).")
        case ast.Call(func=ast.Attribute(attr=name)) if name in FUNCTIONS:
            raise FormulaError(f"Write {name}(…) alone, without a dot before it.")
        case ast.Call(func=ast.Constant() | ast.BinOp() | ast.Call()):
            raise FormulaError(MULTIPLY)
        case ast.Compare(ops=[ast.Eq(), *_]) | ast.NamedExpr():
            raise FormulaError(RIGHT_HAND_SIDE)
        case _:
            raise FormulaError(NOT_UNDERSTOOD)
    for child in children:
        _allow(child, symbols, depth + 1, power)


def _exponent(node: ast.expr, depth: int) -> float:
    """The value of a power, which must be a number."""
    not_a_number = FormulaError("A power must be a number, like L**2.")
    if any(isinstance(inner, ast.Name) and inner.id not in FUNCTIONS for inner in ast.walk(node)):
        raise not_a_number
    _allow(node, (), depth, power=1)
    try:
        return float(_evaluate(node, {}))
    except OverflowError:
        return math.inf
    except (ArithmeticError, ValueError, TypeError):
        raise not_a_number from None


def _unknown(name: str, symbols: Collection[str]) -> str:
    listed = ", ".join(symbols)
    if all(letter in symbols for letter in name):
        return (
            f"`{name}` is not a symbol here: write {'*'.join(name)} for a product. The symbols are {listed}."
        )
    close = [symbol for symbol in symbols if symbol.lower() == name.lower()]
    if close:
        return f"`{name}` is not a symbol here; did you mean `{close[0]}`? The symbols are {listed}."
    return f"`{name}` is not a symbol here. The symbols are {listed}."


# -- meaning -----------------------------------------------------------------------------------------


def _evaluate(node: ast.expr, values: Mapping[str, Any]) -> Number:
    match node:
        case ast.Constant(value=int() | float() as number):
            return Fraction(number) if isinstance(number, int) else Fraction(str(number))
        case ast.Name(id=name):
            value = values[name]
            return Fraction(value) if isinstance(value, int) else float(value)
        case ast.UnaryOp(op=operator, operand=operand):
            value = _evaluate(operand, values)
            return -value if isinstance(operator, ast.USub) else value
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            base, power = _evaluate(left, values), _evaluate(right, values)
            whole = isinstance(power, Fraction) and power.denominator == 1
            return _number(base ** int(power)) if whole else float(base) ** float(power)
        case ast.BinOp(left=left, op=operator, right=right):
            return _apply(operator, _evaluate(left, values), _evaluate(right, values))
        case ast.Call(func=ast.Name(id=name), args=arguments):
            function = FUNCTIONS[name][0]
            return _number(function(*(_evaluate(argument, values) for argument in arguments)))
    raise FormulaError(NOT_UNDERSTOOD)


def _apply(operator: ast.operator, left: Number, right: Number) -> Number:
    if isinstance(operator, ast.Add):
        return left + right
    if isinstance(operator, ast.Sub):
        return left - right
    if isinstance(operator, ast.Mult):
        return left * right
    if isinstance(operator, ast.Div):
        return left / right
    return _number(left // right)


def _number(value: Any) -> Number:
    return Fraction(value) if isinstance(value, int) else value


def _symbolic(node: ast.expr) -> sympy.Expr:
    match node:
        case ast.Constant(value=int() | float() as number):
            return sympy.Rational(str(number))
        case ast.Name(id=name):
            return sympy.Symbol(name, positive=True)
        case ast.UnaryOp(op=operator, operand=operand):
            value = _symbolic(operand)
            return -value if isinstance(operator, ast.USub) else value
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            return _symbolic(left) ** _symbolic(right)
        case ast.BinOp(left=left, op=ast.FloorDiv(), right=right):
            return sympy.floor(_symbolic(left) / _symbolic(right))
        case ast.BinOp(left=left, op=operator, right=right):
            one, other = _symbolic(left), _symbolic(right)
            sign = -other if isinstance(operator, ast.Sub) else other
            if isinstance(operator, (ast.Add, ast.Sub)):
                return one + sign
            return one * other if isinstance(operator, ast.Mult) else one / other
        case ast.Call(func=ast.Name(id=name), args=arguments):
            return FUNCTIONS[name][1](*(_symbolic(argument) for argument in arguments))
    raise FormulaError(NOT_UNDERSTOOD)


# -- equality ----------------------------------------------------------------------------------------


def equal(one: Formula, other: Formula, symbols: Collection[str]) -> bool:
    """Whether two formulas are equal for all positive values of the symbols.

    Numbers decide first: formulas that differ at one random point differ. Formulas that agree at all of
    them are confirmed symbolically; where sympy cannot decide in a moment (floors, logarithms, roots, high
    degrees), the points stand. They leave no doubt: without roots, values are exact fractions.
    """
    if one.is_tuple != other.is_tuple or len(one.parts) != len(other.parts):
        return False
    source = random.Random(0)
    for _ in range(8):
        # all different, for (L**2 - d**2)/(L - d) has no value where L = d
        values = dict(zip(sorted(symbols), source.sample(range(2, 401), len(symbols)), strict=True))
        try:
            pairs = zip(one.evaluate(values), other.evaluate(values), strict=True)
            if not all(_close(a, b) for a, b in pairs):
                return False
        except (ArithmeticError, ValueError, TypeError):
            return False
    return all(_may_be_zero(a - b) for a, b in zip(one.symbolic(), other.symbolic(), strict=True))


def _close(a: Number, b: Number) -> bool:
    if isinstance(a, Fraction) and isinstance(b, Fraction):
        return a == b
    if isinstance(a, complex) or isinstance(b, complex):
        return False
    return math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-9)


def _may_be_zero(expression: sympy.Expr) -> bool:
    return _degree(expression) > SYMBOLIC_DEGREE or expression.equals(0) is not False


def _degree(expression: sympy.Expr) -> float:
    """The degree of a sum of products and quotients; infinite for anything else, such as a root."""
    if expression.is_Number:
        return 0
    if expression.is_Symbol:
        return 1
    if expression.is_Pow and expression.exp.is_Integer:
        return abs(int(expression.exp)) * _degree(expression.base)
    if expression.is_Add or expression.is_Mul:
        return (max if expression.is_Add else sum)(map(_degree, expression.args))
    return math.inf
