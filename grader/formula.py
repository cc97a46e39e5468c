"""Formulas typed by students: read through a whitelist, evaluated exactly, never executed.

Python's own parser turns the text into a syntax tree; each node must be on the whitelist below before
it is given a meaning. Nothing here calls `eval`. Values are fractions as long as they are rational, and
decimal numbers of eighty digits where they are not.
"""

from __future__ import annotations

import ast
import decimal
import math
import random
import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

Number = Fraction | Decimal

LONGEST, DEEPEST = 400, 60  # characters; nested operations
LARGEST_NUMBER, LARGEST_POWER = 10**15, 64
EULER = "exp(1)"  # what `e` stands for

PRECISION = decimal.Context(prec=80, Emax=decimal.MAX_EMAX, Emin=decimal.MIN_EMIN)
AGREE = Decimal(
    "1e-40"
)  # irrational numbers this close, relatively, are equal: forty digits are left for rounding

FUNCTIONS = ("sqrt", "log", "log2", "exp", "ceil", "floor", "min", "max")
WRITTEN = str.maketrans(
    dict.fromkeys("×·⋅∙∗•✕✖\u2062", "*")  # the last is Unicode's invisible multiplication
    | dict.fromkeys("−–‐‑", "-")
    | dict.fromkeys("÷∕⁄／", "/")
    | dict.fromkeys("\u200b\u2060\ufeff", "")  # spaces of no width
    | {"^": "**", "ⁿ": "**n"}
)
SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
FRACTIONS = "½⅓⅔¼¾⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞"
NOT_UNDERSTOOD = "Only numbers, the symbols, + - * / ** and parentheses are understood here."
MULTIPLY = "A multiplication sign is missing: write 2*a, not 2a."
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
        """The value of each part, exact where it is rational, with integers for the symbols."""
        with precision():
            return tuple(_evaluate(part, values) for part in self.parts)

    def value(self, **values: int) -> float:
        """The value of a formula with one part, as a number to compute with."""
        (result,) = self.evaluate(values)
        whole = isinstance(result, Fraction) and result.denominator == 1
        return int(result) if whole else float(result)


def parse(text: Any, symbols: Collection[str]) -> Formula:
    """Read a formula in the given symbols, such as ``"2*L*d*n"`` or, for a shape, ``"(L, d)"``.

    Python's operators are understood, and ``^ · × ² ½ √`` and a symbol's logarithm as on paper; ``ln`` is
    ``log``, and ``e`` its base.

    Raises:
        FormulaError: one sentence on what to change.
    """
    if not isinstance(text, str):
        raise FormulaError(f'Write the formula as text in quotes, like "{" * ".join(sorted(symbols))}".')
    if not text.strip():
        raise FormulaError("There is no formula yet.")
    if len(text) > LONGEST:
        raise FormulaError(f"The formula is longer than {LONGEST} characters; simplify it.")
    if missing := _no_sign_before_a_root(text):
        raise FormulaError(missing)
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


def value_of(text: Any, **sizes: int) -> float:
    """What a formula gives at these sizes; nan for what is no formula in them, or has no value there."""
    try:
        return parse(text, sizes).value(**sizes)
    except (FormulaError, ArithmeticError, ValueError):
        return math.nan


def as_python(text: str) -> str:
    """The text with what is written as on paper (^ · × ² ½ √ ln e, a line break) put in Python's way."""
    text = re.sub(rf"(?<![\w./])([{FRACTIONS}])\s*(?=[\w(√])", r"\1*", text)
    text = re.sub(r"[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+", lambda power: "**" + power[0].translate(SUPERSCRIPTS), text)
    text = "".join(_fraction(letter) for letter in text)
    text = re.sub(r"\s+", " ", text.translate(WRITTEN))
    text = re.sub(r"\be\b(?!\s*\()", EULER, text)
    text = re.sub(r"√\s*\(", "sqrt(", text)
    text = re.sub(r"√\s*(\w+(?:\.\d+)?)", r"sqrt(\1)", text)
    text = re.sub(r"\bln\b", "log", text).strip()
    return re.sub(r"\blog (\w+)(?= ?(?:[-+),]|$))", r"log(\1)", text)  # `log L/2` could be meant in two ways


def _fraction(letter: str) -> str:
    """``½`` as ``(1/2)``; any other letter as it is."""
    above, slash, below = unicodedata.normalize("NFKC", letter).partition("\N{FRACTION SLASH}")
    return f"({above}/{below})" if above and slash and below else letter


def _no_sign_before_a_root(text: str) -> str | None:
    """What to say of ``d√d``, where nothing stands between the two."""
    found = re.search(r"([\w.]+|\))\s*√\s*(\w+|\()", text)
    if not found:
        return None
    before, under = ("(…)" if found[1] == ")" else found[1]), ("(…)" if found[2] == "(" else found[2])
    return f"A multiplication sign is missing before the root: write {before}*√{under}."


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
        case ast.BinOp(left=base, op=ast.Pow(), right=exponent) if _is_euler(base):
            children = [exponent]  # as in exp(…), where it may be anything
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


def _is_euler(node: ast.expr) -> bool:
    """Whether it is what `EULER` reads as."""
    match node:
        case ast.Call(func=ast.Name(id="exp"), args=[ast.Constant(value=1)]):
            return True
    return False


def _exponent(node: ast.expr, depth: int) -> float:
    """The value of a power, which must be a number."""
    not_a_number = FormulaError("A power must be a number, like L**2.")
    if any(isinstance(inner, ast.Name) and inner.id not in FUNCTIONS for inner in ast.walk(node)):
        raise not_a_number
    _allow(node, (), depth, power=1)
    try:
        with precision():
            return float(_evaluate(node, {}))
    except (OverflowError, decimal.Overflow):
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
            return Fraction(value) if isinstance(value, int) else Fraction(float(value))
        case ast.UnaryOp(op=operator, operand=operand):
            value = _evaluate(operand, values)
            return -value if isinstance(operator, ast.USub) else value
        case ast.BinOp(left=base, op=ast.Pow(), right=exponent) if _is_euler(base):
            return _call("exp", [_evaluate(exponent, values)])
        case ast.BinOp(left=left, op=operator, right=right):
            return _apply(operator, _evaluate(left, values), _evaluate(right, values))
        case ast.Call(func=ast.Name(id=name), args=arguments):
            return _call(name, [_evaluate(argument, values) for argument in arguments])
    raise FormulaError(NOT_UNDERSTOOD)


def _apply(operator: ast.operator, left: Any, right: Any) -> Number:
    if isinstance(operator, ast.Pow):
        return _power(left, right)
    if isinstance(operator, ast.FloorDiv):
        return _floor(_apply(ast.Div(), left, right))
    if isinstance(left, Decimal) or isinstance(right, Decimal):  # a fraction does not mix with them
        left, right = _decimal(left), _decimal(right)
    if isinstance(operator, ast.Add):
        return left + right
    if isinstance(operator, ast.Sub):
        return left - right
    return left * right if isinstance(operator, ast.Mult) else left / right


def _call(name: str, arguments: list[Number]) -> Number:
    first = arguments[0]
    if name in ("min", "max"):
        return (min if name == "min" else max)(arguments, key=_decimal)
    if name == "sqrt":
        return _power(first, Fraction(1, 2))
    if name == "exp":
        return _decimal(first).exp()
    if name == "floor":
        return _floor(first)
    if name == "ceil":
        return -_floor(-first)
    if first <= 0:
        raise ArithmeticError("only positive numbers have a logarithm")
    return _decimal(first).ln() / (Decimal(2).ln() if name == "log2" else 1)


def _power(base: Number, power: Number) -> Number:
    if isinstance(power, Fraction) and power.denominator == 1:
        if isinstance(base, Fraction):
            return Fraction(base ** int(power))
        return base ** int(power)
    if power == Fraction(1, 2):
        if isinstance(base, Fraction) and (root := _exact_root(base)) is not None:
            return root
        return _decimal(base).sqrt()
    return _decimal(base) ** _decimal(power)


def _exact_root(square: Fraction) -> Fraction | None:
    if square < 0:
        return None
    root = Fraction(math.isqrt(square.numerator), math.isqrt(square.denominator))
    return root if root * root == square else None


def _floor(number: Number) -> Number:
    if isinstance(number, Fraction):
        return Fraction(math.floor(number))
    nearest = number.to_integral_value()
    if close(number, nearest):  # √L·√L is a whole number, though its last digits are not
        return nearest
    return number.to_integral_value(decimal.ROUND_FLOOR)


def _decimal(number: Number) -> Decimal:
    if isinstance(number, Decimal):
        return number
    return Decimal(number.numerator) / Decimal(number.denominator)


# -- equality ----------------------------------------------------------------------------------------

SMALL = (2, 400)
SPANS = (*[SMALL] * 6, *[(400, 10**4), (10**4, 10**6), (10**6, 10**7)] * 2)


def equal(one: Formula, other: Formula, symbols: Collection[str]) -> bool:
    """Whether two formulas are equal for all positive whole values of the symbols.

    They are compared at points, which leave no doubt: rational values are exact fractions, and others are
    compared to forty digits; each symbol is once far above and once far below the others, so that a `max`, a
    `ceil` or a `//` shows.
    """
    if one.is_tuple != other.is_tuple or len(one.parts) != len(other.parts):
        return False
    told = untold = 0
    with precision():
        for values in points(symbols):
            a, b = values_at(one, values), values_at(other, values)
            if a is None or b is None:  # as (L**2 - d**2)/(L - d) where L = d
                untold += 1
            elif all(map(close, a, b)):
                told += 1
            else:
                return False
    return told > untold


def precision() -> AbstractContextManager[decimal.Context]:
    """In which values are worked out: what is not rational has eighty digits."""
    return decimal.localcontext(PRECISION)


def points(symbols: Collection[str]) -> Iterator[dict[str, int]]:
    """Where two formulas are compared: values of the symbols, always the same ones."""
    symbols, source = sorted(symbols), random.Random(0)

    def draw(low: int, high: int) -> dict[str, int]:
        return dict(zip(symbols, source.sample(range(low, high), len(symbols)), strict=True))

    for span in SPANS:
        yield draw(*span)
    for symbol in symbols:
        yield draw(*SMALL) | {symbol: source.randrange(10**6, 10**7)}
        yield draw(*SMALL) | {symbol: 1}
    yield dict.fromkeys(symbols, 1)
    yield dict.fromkeys(symbols, source.randrange(*SMALL))


def values_at(formula: Formula, values: Mapping[str, int]) -> list[Number] | None:
    """What each part of a formula gives there; None where one has no value."""
    try:
        return [_evaluate(part, values) for part in formula.parts]
    except (ArithmeticError, ValueError):
        return None


def close(a: Number, b: Number) -> bool:
    """Whether two values are equal, as far as eighty digits tell."""
    if isinstance(a, Fraction) and isinstance(b, Fraction):
        return a == b
    a, b = _decimal(a), _decimal(b)
    return abs(a - b) <= AGREE * max(abs(a), abs(b), Decimal(1))
