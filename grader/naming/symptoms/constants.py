"""What a constant is called: a fraction, a known number, or a form in the names of the sizes."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations, permutations

EXACT = 3e-5  # how exactly a constant must be the number that it is called
ALIKE = 3e-4  # how far one constant may vary from case to case
LARGEST_TERM = 12  # of a fraction
LARGEST_WHOLE = 10_000  # above, each number would be a whole one

Form = Callable[[float], float]
PairForm = Callable[[float, float], float]

FAMOUS = {
    "π": math.pi,
    "2π": 2 * math.pi,
    "1/π": 1 / math.pi,
    "e": math.e,
    "1/e": 1 / math.e,
    "ln 2": math.log(2),
    "1/ln 2": 1 / math.log(2),
    "ln 10": math.log(10),
    "1/ln 10": 1 / math.log(10),
    "√2": math.sqrt(2),
    "1/√2": math.sqrt(1 / 2),
    "√3": math.sqrt(3),
    "1/√3": math.sqrt(1 / 3),
    "180/π": 180 / math.pi,
    "π/180": math.pi / 180,
}
ONE_SIZE: dict[str, Form] = {
    "{}": lambda n: n,
    "1/{}": lambda n: 1 / n,
    "√{}": lambda n: math.sqrt(n),
    "1/√{}": lambda n: 1 / math.sqrt(n),
    "{}²": lambda n: n * n,
    "1/{}²": lambda n: 1 / n**2,
    "({} − 1)": lambda n: n - 1,
    "({} + 1)": lambda n: n + 1,
    "1/({} − 1)": lambda n: 1 / (n - 1),
    "1/({} + 1)": lambda n: 1 / (n + 1),
    "({} − 1)/{}": lambda n: (n - 1) / n,
    "{}/({} − 1)": lambda n: n / (n - 1),
    "√(({} − 1)/{})": lambda n: math.sqrt((n - 1) / n),
    "√({}/({} − 1))": lambda n: math.sqrt(n / (n - 1)),
    "{}/2": lambda n: n / 2,
    "2/{}": lambda n: 2 / n,
    "2·{}": lambda n: 2 * n,
    "1/(2·{})": lambda n: 1 / (2 * n),
    "√{}/2": lambda n: math.sqrt(n) / 2,
    "2/√{}": lambda n: 2 / math.sqrt(n),
    "{}·√{}": lambda n: n * math.sqrt(n),
    "1/({}·√{})": lambda n: 1 / (n * math.sqrt(n)),
    "ln {}": lambda n: math.log(n),
    "1/ln {}": lambda n: 1 / math.log(n),
}
TWO_SIZES: dict[str, PairForm] = {
    "{0}/{1}": lambda a, b: a / b,
    "√({0}/{1})": lambda a, b: math.sqrt(a / b),
    "{0}/√{1}": lambda a, b: a / math.sqrt(b),
    "√{0}/{1}": lambda a, b: math.sqrt(a) / b,
    "({0} − {1})": lambda a, b: a - b,
}
TWO_SIZES_IN_ANY_ORDER: dict[str, PairForm] = {
    "{0}·{1}": lambda a, b: a * b,
    "1/({0}·{1})": lambda a, b: 1 / (a * b),
    "√({0}·{1})": lambda a, b: math.sqrt(a * b),
    "1/√({0}·{1})": lambda a, b: 1 / math.sqrt(a * b),
    "({0} + {1})": lambda a, b: a + b,
}


@dataclass(frozen=True)
class Constant:
    """What a constant is called, and its value in a case."""

    text: str
    at: Callable[[Mapping[str, float]], float]


def name_constant(values: Sequence[float], known: Sequence[Mapping[str, float]]) -> Constant | None:
    """The constant that all cases have in common, or None where no one name fits.

    Args:
        values: the constant of each case.
        known: the numbers of each case that have a name.
    """
    if not values or not all(math.isfinite(value) and value for value in values):
        return None
    sign = -1.0 if values[0] < 0 else 1.0
    sizes = [value * sign for value in values]
    if min(sizes) < 0:
        return None
    if all(math.isclose(size, sizes[0], rel_tol=ALIKE) for size in sizes):
        found = _name_number(sizes)
    else:
        found = _name_form(sizes, known)
    if found is None or sign > 0:
        return found
    return Constant(f"−{found.text}", lambda numbers: -found.at(numbers))


def _name_number(values: Sequence[float]) -> Constant | None:
    value = sorted(values)[len(values) // 2]
    text = _fraction(value) or next(
        (text for text, number in FAMOUS.items() if math.isclose(value, number, rel_tol=EXACT)), None
    )
    if text is None and len(values) > 1:  # one case alone could give away a number of its inputs
        text = f"{value:.4g}"
    return Constant(text, lambda _: value) if text else None


def _fraction(value: float) -> str | None:
    for below in range(1, LARGEST_TERM + 1):
        above = round(value * below)
        largest = LARGEST_WHOLE if below == 1 else LARGEST_TERM
        if 0 < above <= largest and math.isclose(value, above / below, rel_tol=EXACT):
            return f"{above}/{below}" if below > 1 else f"{above}"
    below = round(1 / value)
    if 0 < below <= LARGEST_WHOLE and math.isclose(value, 1 / below, rel_tol=EXACT):  # 0: too large for one
        return f"1/{below}"
    return None


def _name_form(values: Sequence[float], known: Sequence[Mapping[str, float]]) -> Constant | None:
    """The only form in the names of the sizes that gives every value; several would be a guess."""
    names = sorted(set.intersection(*(set(numbers) for numbers in known)))
    for forms in (_of_one_size(names), _of_two_sizes(names)):
        fitting = [form for form in forms if _fits(form, values, known)]
        if fitting:
            return fitting[0] if len(fitting) == 1 else None
    return None


def _fits(form: Constant, values: Sequence[float], known: Sequence[Mapping[str, float]]) -> bool:
    try:
        return all(
            math.isclose(value, form.at(numbers), rel_tol=EXACT) for value, numbers in zip(values, known)
        )
    except (ZeroDivisionError, ValueError, OverflowError):
        return False


def _of_one_size(names: Sequence[str]) -> Iterator[Constant]:
    for name in names:
        for text, form in ONE_SIZE.items():
            yield Constant(text.replace("{}", name), partial(_at_one, form, name))


def _of_two_sizes(names: Sequence[str]) -> Iterator[Constant]:
    for a, b in permutations(names, 2):
        for text, form in TWO_SIZES.items():
            yield Constant(text.format(a, b), partial(_at_two, form, a, b))
    for a, b in combinations(names, 2):
        for text, form in TWO_SIZES_IN_ANY_ORDER.items():
            yield Constant(text.format(a, b), partial(_at_two, form, a, b))


def _at_one(form: Form, name: str, numbers: Mapping[str, float]) -> float:
    return form(numbers[name])


def _at_two(form: PairForm, a: str, b: str, numbers: Mapping[str, float]) -> float:
    return form(numbers[a], numbers[b])
