"""Formulas as sums of products of powers, so that two of them can be compared term by term.

A monomial is the powers of its symbols, ``(("L", 2), ("n", 1))``. Roots of numbers stand in it as powers of
primes, ``(("2", 1/2), …)``, so that coefficients remain fractions.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import prod

from grader.formula import as_python

Monomial = tuple[tuple[str, Fraction], ...]
LARGEST = 64  # monomials; beyond it nobody can be told which of them is wrong
LARGEST_PRIME = 1000

SUPERSCRIPT = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


@dataclass(frozen=True)
class Polynomial:
    """A sum of monomials, each with its coefficient, none of them 0."""

    parts: tuple[tuple[Monomial, Fraction], ...]  # sorted

    @classmethod
    def of(cls, parts: Iterable[tuple[Monomial, Fraction]]) -> Polynomial:
        """The sum of these parts; equal monomials are added up."""
        total: dict[Monomial, Fraction] = {}
        for monomial, coefficient in parts:
            total[monomial] = total.get(monomial, Fraction(0)) + coefficient
        return cls(tuple(sorted((m, c) for m, c in total.items() if c)))

    @classmethod
    def read(cls, text: str) -> Polynomial | None:
        """A formula that has passed `grader.formula.parse`; None for one that is no such sum."""
        try:
            return _read(ast.parse(as_python(text), mode="eval").body)
        except _NoPolynomial:
            return None

    @cached_property
    def coefficients(self) -> dict[Monomial, Fraction]:
        return dict(self.parts)

    def __len__(self) -> int:
        return len(self.parts)

    def __add__(self, other: Polynomial) -> Polynomial:
        return Polynomial.of((*self.parts, *other.parts))

    def __sub__(self, other: Polynomial) -> Polynomial:
        return self + other.times(-1)

    def __mul__(self, other: Polynomial) -> Polynomial:
        products = ((a, b, c * d) for a, c in self.parts for b, d in other.parts)
        return Polynomial.of((m, c * factor) for a, b, c in products for m, factor in [times(a, b)])

    def times(self, factor: Fraction | int, monomial: Monomial = ()) -> Polynomial:
        """The polynomial with each of its parts multiplied by the same."""
        if not monomial:
            return Polynomial(tuple((m, c * factor) for m, c in self.parts if factor))
        return self * Polynomial(((monomial, Fraction(factor)),))

    def with_symbols(self, names: Mapping[str, str]) -> Polynomial:
        """With other symbols in place of some; several may change places."""
        return Polynomial.of(
            (monomial_of((names.get(symbol, symbol), power) for symbol, power in m), c) for m, c in self.parts
        )

    def value(self, values: Mapping[str, float]) -> float:
        """The polynomial at these values of the symbols, as a number of the machine."""
        return sum(
            float(c) * prod(_raised(symbol, power, values) for symbol, power in m) for m, c in self.parts
        )


def _raised(symbol: str, power: Fraction, values: Mapping[str, float]) -> float:
    base = int(symbol) if symbol.isdigit() else values[symbol]
    return base ** (int(power) if power.denominator == 1 else float(power))


def monomial_of(powers: Iterable[tuple[str, Fraction]]) -> Monomial:
    """The product of these powers, without those that cancel."""
    total: dict[str, Fraction] = {}
    for symbol, power in powers:
        total[symbol] = total.get(symbol, Fraction(0)) + power
    return tuple(sorted((s, p) for s, p in total.items() if p))


def times(a: Monomial, b: Monomial) -> tuple[Monomial, Fraction]:
    """The product of two monomials, and the number that the roots in it leave."""
    product = monomial_of((*a, *b))
    factor = Fraction(1)
    if any(base.isdigit() for base, _ in product):
        powers = dict(product)
        for base, power in product:
            if base.isdigit():
                whole = power // 1
                factor *= Fraction(int(base)) ** whole
                powers[base] = power - whole
        product = tuple(sorted((s, p) for s, p in powers.items() if p))
    return product, factor


def over(a: Monomial, b: Monomial) -> Monomial:
    """The first monomial divided by the second."""
    return monomial_of((*a, *((symbol, -power) for symbol, power in b)))


def numbers_in(monomial: Monomial) -> Monomial:
    """The roots of numbers among its factors."""
    return tuple((base, power) for base, power in monomial if base.isdigit())


# -- reading -----------------------------------------------------------------------------------------


class _NoPolynomial(Exception):
    """The formula is no sum of products of powers, or too long a one."""


def _read(node: ast.expr) -> Polynomial:
    match node:
        case ast.Constant(value=int() | float() as number):
            value = Fraction(number) if isinstance(number, int) else Fraction(str(number))
            return _constant(value)
        case ast.Name(id=name):
            return Polynomial(((((name, Fraction(1)),), Fraction(1)),))
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return _read(operand).times(-1)
        case ast.UnaryOp(op=ast.UAdd(), operand=operand):
            return _read(operand)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _read(left) + _read(right)
        case ast.BinOp(left=left, op=ast.Sub(), right=right):
            return _read(left) - _read(right)
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            return _product(_read(left), _read(right))
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            return _product(_read(left), _power(_read(right), Fraction(-1)))
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            return _power(_read(left), _number(_read(right)))
        case ast.Call(func=ast.Name(id="sqrt"), args=[inner]):
            return _power(_read(inner), Fraction(1, 2))
    raise _NoPolynomial


def _product(one: Polynomial, other: Polynomial) -> Polynomial:
    product = one * other
    if len(product) > LARGEST:
        raise _NoPolynomial
    return product


def _constant(value: Fraction) -> Polynomial:
    return Polynomial((((), value),)) if value else Polynomial(())


def _number(polynomial: Polynomial) -> Fraction:
    """The number that a polynomial without symbols is."""
    if any(monomial for monomial, _ in polynomial.parts):
        raise _NoPolynomial
    return polynomial.coefficients.get((), Fraction(0))


def _power(base: Polynomial, power: Fraction) -> Polynomial:
    if power.denominator == 1 and power >= 0:
        result = _constant(Fraction(1))
        for _ in range(int(power)):
            result = _product(result, base)
        return result
    if len(base) != 1:
        raise _NoPolynomial
    ((monomial, coefficient),) = base.parts
    raised = Polynomial(((monomial_of((s, p * power) for s, p in monomial), Fraction(1)),))
    return raised * _constant_to(coefficient, power)


def _constant_to(value: Fraction, power: Fraction) -> Polynomial:
    """A positive number to any power: roots of primes are symbols."""
    if power.denominator == 1:
        return _constant(value ** int(power))
    if value < 0:
        raise _NoPolynomial
    powers = [*_primes(value.numerator, power), *_primes(value.denominator, -power)]
    monomial, factor = times(monomial_of(powers), ())
    return Polynomial(((monomial, factor),))


def _primes(number: int, power: Fraction) -> list[tuple[str, Fraction]]:
    found, prime = [], 2
    while number > 1 and prime <= LARGEST_PRIME:
        if number % prime:
            prime += 1
        else:
            number //= prime
            found.append((str(prime), power))
    if number > 1:
        raise _NoPolynomial
    return found


# -- writing -----------------------------------------------------------------------------------------


def written(monomial: Monomial, coefficient: Fraction | int = 1) -> str:
    """As on paper: ``4·L²·n``, ``√d/2``."""
    above = [_factor(symbol, power) for symbol, power in monomial if power > 0]
    below = [_factor(symbol, -power) for symbol, power in monomial if power < 0]
    coefficient = Fraction(coefficient)
    if coefficient.numerator != 1 or not above:
        above.insert(0, str(coefficient.numerator))
    if coefficient.numerator == -1 and len(above) > 1:
        above[:2] = [f"−{above[1]}"]
    if coefficient.denominator != 1:
        below.insert(0, str(coefficient.denominator))
    fraction = "·".join(above).replace("-", "−")
    if not below:
        return fraction
    return f"{fraction}/{below[0]}" if len(below) == 1 else f"{fraction}/({'·'.join(below)})"


def _factor(symbol: str, power: Fraction) -> str:
    if power == Fraction(1, 2):
        return f"√{symbol}"
    if power.denominator != 1:
        return f"{symbol}^({power})"
    return symbol if power == 1 else symbol + str(power).translate(SUPERSCRIPT)
