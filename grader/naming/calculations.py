"""The wrong calculations of a number: each with its sentence, and what it gives for any given values."""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, permutations
from operator import itemgetter
from typing import Any

from grader.exercise.number import Number
from grader.naming.polynomials import Polynomial
from grader.naming.terms import MULTIPLY_ADDS, Terms
from grader.naming.units import SIZES, others, parts

Given = Mapping[str, Any]
SPOKEN = {"k": "Kilo", "M": "Mega", "G": "Giga", "T": "Tera"}
SUPERSCRIPT = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
XOR = "`^` is not a power in Python but an exclusive or: write `**`."


@dataclass(frozen=True)
class Guess:
    """A wrong calculation: how it is named (as in `Named`), what it gives, and what to say of it.

    The sentence is only asked for when the number fits; None says that nothing can be said.
    """

    how: str
    value: Callable[[Given], float]
    sentence: Callable[[], str | None]

    @classmethod
    def saying(cls, sentence: str, value: Callable[[Given], float], how: str = "slip") -> Guess:
        return cls(how, value, lambda: sentence)

    def at(self, given: Given) -> float:
        """What it gives; NaN where it gives nothing."""
        try:
            return float(self.value(given))
        except (ArithmeticError, ValueError, TypeError, LookupError, AttributeError, NameError):
            return math.nan


def authored(exercise: Number) -> Iterator[Guess]:
    """The author's own slips."""
    for sentence, calculation in exercise.wrong.items():
        yield Guess.saying(sentence, _called(calculation), "authored")


def _called(calculation: Callable[..., float]) -> Callable[[Given], float]:
    return lambda given: calculation(**given)


# -- units and digits --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Unit:
    """Another unit: what it makes of the number, and what to say of it, alone or beside something else."""

    sentence: str
    factor: float
    beside: str = ""


def multiply_adds(exercise: Number) -> Iterator[Unit]:
    """Half of all FLOPs."""
    if exercise.unit.endswith("FLOPs"):
        yield Unit(f"{MULTIPLY_ADDS[0].upper()}{MULTIPLY_ADDS[1:]}.", 0.5, "This is in multiply–adds.")


def units(exercise: Number) -> Iterator[Unit]:
    """Larger and smaller units than the one that is asked for; thousands and millions of what is counted."""
    prefix, base = parts(exercise.unit)
    if prefix:
        own = SIZES[base][prefix]
        written = _power(own)
        if prefix in SPOKEN:
            digits = round(math.log10(own)) // 3 * 10  # of 2, about as much as those of 10
            said = f"{SPOKEN[prefix]} is {_power(2**digits)} here; it should be {written}."
            yield Unit(said, own / 2**digits)
        yield Unit(f"It is multiplied by {written} where it should be divided.", float(own**2))
        yield Unit(f"It is divided by {written} twice.", 1 / own)
    for clause, factor in others(exercise.unit):
        yield Unit(f"{clause[0].upper()}{clause[1:]}.", float(factor))
    if base:
        return
    if exercise.unit == "nats":
        yield Unit("This is in bits, with log₂; nats are asked for.", 1 / math.log(2))
        yield Unit("The logarithm is log₁₀; it should be ln.", 1 / math.log(10))
    yield Unit("This is in per cent.", 100.0)
    if not exercise.unit:
        for power in (3, 6, 9, -3, -6, -9):
            yield Unit(f"It is 10{_raised(power)} times the right number.", 10.0**power)


def _power(number: int) -> str:
    """A power of two or of ten as one writes it: 2²⁰, 10⁹."""
    of_ten = round(math.log10(number))
    return f"10{_raised(of_ten)}" if 10**of_ten == number else f"2{_raised(number.bit_length() - 1)}"


def _raised(power: int) -> str:
    return str(power).translate(SUPERSCRIPT)


def rounded(number: float, right: float) -> str | None:
    """What to say of a number that is the right one with too few digits."""
    few = "give at least four digits."
    by_digits = {float(f"{right:.{digits}g}") for digits in (1, 2, 3)}
    by_places = {float(round(right, places)) for places in (0, 1, 2)}
    if number in by_digits | by_places:
        return f"The right number, rounded too much: {few}"
    return f"The right number, rounded down (`//` for `/`?): {few}" if number == math.floor(right) else None


# -- terms -------------------------------------------------------------------------------------------


class OfTerms:
    """Wrong calculations by the named terms of the formula that a number is computed with."""

    def __init__(self, exercise: Number, terms: Terms) -> None:
        self._exercise, self._terms = exercise, terms

    def singles(self) -> Iterator[Guess]:
        """One change of one group of terms, or of all."""
        return map(self._guess, self._polynomials())

    def _polynomials(self) -> Iterator[Polynomial]:
        yield from self._terms.of_all()
        for group in self._terms.groups:
            for change in self._terms.of_group(group):
                yield self._terms.total + change

    def pairs(self, given: Given) -> Iterator[tuple[Guess, float]]:
        """One change in each of two groups, or one change and all in multiply–adds; with what each gives."""
        right = self._terms.total.value(given)
        scale = self._exercise.reference(**given) / right
        for one, other in combinations(self._terms.groups, 2):
            others = [(also, also.value(given)) for also in self._terms.of_group(other)]
            for change in self._terms.of_group(one):
                begun, value = self._terms.total + change, right + change.value(given)
                for also, more in others:
                    yield self._guess(begun, also), (value + more) * scale
        if self._terms.unit == "FLOPs":
            for polynomial in self._polynomials():
                guess = self._guess(polynomial.times(Fraction(1, 2)))
                yield guess, guess.at(given)

    def _guess(self, polynomial: Polynomial, also: Polynomial | None = None) -> Guess:
        def value(given: Given) -> float:
            total = polynomial.value(given) + (also.value(given) if also else 0)
            return total * self._exercise.reference(**given) / self._terms.total.value(given)

        def sentence() -> str | None:
            explained = self._terms.explain(polynomial + also if also else polynomial)
            return explained.sentence if explained else None

        return Guess("term", value, sentence)


# -- the calculation as it is written ------------------------------------------------------------------


def written_otherwise(exercise: Number) -> Iterator[Guess]:
    """What becomes of it with a sign, a parenthesis or a name that is not the right one."""
    if isinstance(exercise.value, str):
        yield from _punctuation(exercise, exercise.value)
    yield Guess.saying("The sign is turned round.", lambda given: -exercise.reference(**given))
    used = [name for name in exercise.names if _uses(exercise.tree, name)]
    for a, b in combinations(used, 2):
        yield Guess.saying(f"{a} and {b} have changed places.", _renamed(exercise, {a: b, b: a}))
    for a, b in permutations(used, 2):
        yield Guess.saying(f"{b} stands where {a} belongs.", _renamed(exercise, {a: b}))
    for name in used:
        if _is_a_list(exercise, name):
            yield Guess.saying(
                f"The entries of {name} have changed places.", _with(exercise, name, lambda x: x[::-1])
            )
            continue
        yield Guess.saying(f"{name} is one too large.", _with(exercise, name, lambda x: x + 1))
        yield Guess.saying(f"{name} is one too small.", _with(exercise, name, lambda x: x - 1))
        yield Guess.saying(f"This is {name} itself, one of the given numbers.", itemgetter(name))
    lists = [name for name in used if _is_a_list(exercise, name)]
    if lists:
        yield Guess.saying("Only the first number of each list is used.", _only(exercise, lists, 0))
        yield Guess.saying("The first number of each list is left out.", _only(exercise, lists, 1))


def _punctuation(exercise: Number, text: str) -> Iterator[Guess]:
    if "**" in text:
        yield Guess.saying(XOR, _called(exercise.calculation(text.replace("**", "^"))))
    for begin in (found.start() for found in re.finditer(r"(?<![\w\]])\(", text)):
        end = _closing(text, begin)
        without = f"{text[:begin]}{text[begin + 1 : end]}{text[end + 1 :]}"
        sentence = f"The parentheses around `{text[begin + 1 : end]}` are missing."
        yield Guess.saying(sentence, _called(exercise.calculation(without)))


def _closing(text: str, begin: int) -> int:
    depth = 0
    for i in range(begin, len(text)):
        depth += (text[i] == "(") - (text[i] == ")")
        if depth == 0:
            return i
    raise ValueError(f"the parentheses of {text!r} do not balance")


def _uses(tree: ast.Module, name: str) -> bool:
    return any(isinstance(node, ast.Name) and node.id == name for node in ast.walk(tree))


def _is_a_list(exercise: Number, name: str) -> bool:
    return any(
        isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and node.value.id == name
        for node in ast.walk(exercise.tree)
    )


def _renamed(exercise: Number, names: Mapping[str, str]) -> Callable[[Given], float]:
    return lambda given: exercise.reference(**{name: given[names.get(name, name)] for name in given})


def _with(exercise: Number, name: str, change: Callable[[Any], Any]) -> Callable[[Given], float]:
    return lambda given: exercise.reference(**{**given, name: change(given[name])})


def _only(exercise: Number, lists: list[str], begin: int) -> Callable[[Given], float]:
    """With zeros in place of the first number of each list, or of all others."""

    def masked(numbers: Any) -> list[Any]:
        return [x if (i > 0) == bool(begin) else 0 for i, x in enumerate(numbers)]

    return lambda given: exercise.reference(**{**given, **{name: masked(given[name]) for name in lists}})
