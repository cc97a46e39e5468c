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
LARGEST_NUMBER, LARGEST_POWER = 10**15, 12

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
WRITTEN = {"×": "*", "·": "*", "−": "-", "–": "-", "÷": "/", "^": "**", "²": "**2", "³": "**3", "⁴": "**4"}


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
    try:
        tree = ast.parse(_as_python(text), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        raise FormulaError(_syntax_advice(text)) from None
    is_tuple = isinstance(tree, (ast.Tuple, ast.List))
    parts = tuple(tree.elts) if isinstance(tree, (ast.Tuple, ast.List)) else (tree,)
    for part in parts:
        _allow(part, symbols, depth=0)
    return Formula(text, parts, is_tuple)


def _as_python(text: str) -> str:
    for written, meant in WRITTEN.items():
        text = text.replace(written, meant)
    text = re.sub(r"√\s*\(", "sqrt(", text)
    return re.sub(r"√\s*(\w+)", r"sqrt(\1)", text).strip()


def _syntax_advice(text: str) -> str:
    if "=" in text:
        return "Write the right-hand side only, without an equals sign."
    if re.search(r"\d\s*[A-Za-z(]|[\w)]\s+\w|\)\s*\(", text):
        return "A multiplication sign is missing: write 2*L, not 2L."
    if text.count("(") != text.count(")"):
        return "The parentheses do not balance."
    return "This does not read as a formula; use + - * / ** and parentheses."


# -- the whitelist ------------------------------------------------------------------------------------


def _allow(node: ast.expr, symbols: Collection[str], depth: int) -> None:
    """Refuse every node that is not arithmetic on the given symbols."""
    if depth > DEEPEST:
        raise FormulaError("The formula is nested too deeply; simplify it.")
    match node:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            if not abs(number) <= LARGEST_NUMBER:  # also refuses NaN
                raise FormulaError(f"The number {number:.3g} is too large for a formula.")
            children: list[ast.expr] = []
        case ast.Name(id=name):
            if name not in symbols:
                raise FormulaError(_unknown(name, symbols))
            children = []
        case ast.BinOp(
            left=left, op=ast.Add() | ast.Sub() | ast.Mult() | ast.Div() | ast.FloorDiv(), right=right
        ):
            children = [left, right]
        case ast.BinOp(left=left, op=ast.Pow(), right=power):
            _allow_power(power)
            children = [left]
        case ast.UnaryOp(op=ast.UAdd() | ast.USub(), operand=operand):
            children = [operand]
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]) if name in FUNCTIONS:
            many = name in ("min", "max")
            if not arguments or (len(arguments) > 1 and not many):
                raise FormulaError(f"`{name}` takes {'at least one value' if many else 'one value'}.")
            children = list(arguments)
        case ast.Call(func=ast.Name(id=name)) if name in symbols:
            raise FormulaError(f"A multiplication sign is missing after `{name}`: write {name}*(…).")
        case _:
            raise FormulaError("Only numbers, the symbols, + - * / ** and parentheses are understood here.")
    for child in children:
        _allow(child, symbols, depth + 1)


def _allow_power(power: ast.expr) -> None:
    try:
        exponent = float(_evaluate(power, {}))
    except (KeyError, AttributeError, FormulaError):
        raise FormulaError("A power must be a number, like L**2.") from None
    if not abs(exponent) <= LARGEST_POWER:
        raise FormulaError(f"The power {exponent:g} is too large for a formula.")


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
            result = function(*(_evaluate(argument, values) for argument in arguments))
            return Fraction(result) if isinstance(result, int) else result
    raise FormulaError("Only numbers, the symbols, + - * / ** and parentheses are understood here.")


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
    raise FormulaError("Only numbers, the symbols, + - * / ** and parentheses are understood here.")


# -- equality ----------------------------------------------------------------------------------------


def equal(one: Formula, other: Formula, symbols: Collection[str]) -> bool:
    """Whether two formulas are equal for all positive values of the symbols.

    Numbers decide first: formulas that differ at one random point differ. Formulas that agree at all of
    them are confirmed symbolically; where sympy cannot decide (floors, logarithms), the points stand.
    """
    if one.is_tuple != other.is_tuple or len(one.parts) != len(other.parts):
        return False
    source = random.Random(0)
    for _ in range(8):
        values = {symbol: source.randint(2, 400) for symbol in sorted(symbols)}
        try:
            pairs = zip(one.evaluate(values), other.evaluate(values), strict=True)
            if not all(_close(a, b) for a, b in pairs):
                return False
        except (ArithmeticError, ValueError, TypeError):
            return False
    return all(_symbolically_zero(a - b) for a, b in zip(one.symbolic(), other.symbolic(), strict=True))


def _close(a: Number, b: Number) -> bool:
    if isinstance(a, Fraction) and isinstance(b, Fraction):
        return a == b
    if isinstance(a, complex) or isinstance(b, complex):
        return False
    return math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-9)


def _symbolically_zero(expression: sympy.Expr) -> bool:
    if expression.has(sympy.floor, sympy.ceiling, sympy.log, sympy.exp, sympy.Min, sympy.Max):
        return True  # the numbers have decided
    return sympy.simplify(expression) == 0
