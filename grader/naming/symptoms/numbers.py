"""Numbers that are not tensors: units, rounding, and what a computer cannot count."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from torch import Tensor

from grader.naming.case import Case
from grader.naming.symptoms.constants import name_constant
from grader.naming.symptoms.view import known_numbers

CLOSE = 1e-3  # numbers are often given with four digits
EXACT = 1e-9
ENOUGH = 3  # numbers; of fewer only what is a unit, a half or a double is said

_PREFIXES = {3: "kilo", 6: "mega", 9: "giga", 12: "tera", 15: "peta"}
_KILO = "1000 and 1024 are mixed up in a unit (kB and KiB, GB and GiB)."
_WIDTHS = (8, 16, 32, 64)  # bits of an integer
_FEW: dict[float, str] = {
    2.0: "It is twice the right number.",
    0.5: "It is half the right number.",
    8.0: "It is 8 times the right number: are these bits, not bytes?",
    1 / 8: "It is 1/8 of the right number: are these bytes, not bits?",
    4.0: "It is 4 times the right number.",
    1 / 4: "It is 1/4 of the right number.",
    3.0: "It is 3 times the right number.",
    1 / 3: "It is 1/3 of the right number.",
}


@dataclass(frozen=True)
class Pair:
    """The right number and the given one."""

    right: float
    given: float
    known: Mapping[str, float]


def pairs(cases: Sequence[Case]) -> list[Pair]:
    """The cases as pairs of numbers; none at all if one has a value of another kind."""
    found = []
    for case in cases:
        right, given = case.right_value, _plain(case.given_value)
        if not (_is_number(right) and _is_number(given)):
            return []
        found.append(Pair(right, given, known_numbers(case)))
    return found


def _plain(value: Any) -> Any:
    is_one = isinstance(value, (Tensor, np.ndarray, np.generic)) and math.prod(value.shape) == 1
    return value.item() if is_one else value


def _is_number(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return value.bit_length() < 1000 if isinstance(value, int) else math.isfinite(value)


def trivial_number(wrong: Sequence[Pair]) -> str | None:
    """The same number whatever the inputs are, or an input."""
    if len(wrong) < ENOUGH or len({pair.right for pair in wrong}) == 1:
        return None
    if len({pair.given for pair in wrong}) == 1:
        return f"It is {wrong[0].given:g} whatever the inputs are."
    names = set.intersection(*(set(pair.known) for pair in wrong))
    for name in sorted(names):
        if all(pair.given == pair.known[name] for pair in wrong):
            return f"It is {name} itself, whatever the other inputs are."
    return None


def wrong_number(wrong: Sequence[Pair]) -> str | None:
    """How the numbers differ from the right ones; one number is enough where the sentence is about a unit."""
    return next((said for symptom in _SYMPTOMS if (said := symptom(wrong))), None)


def _rounded(wrong: Sequence[Pair]) -> str | None:
    roundings: dict[str, Callable[[float], float]] = {
        "rounded to a whole one": round,
        "rounded down (`//` for `/`?)": math.floor,
        "rounded up": math.ceil,
        "rounded to 1 decimal": lambda x: round(x, 1),
        "rounded to 2 decimals": lambda x: round(x, 2),
        "rounded to 3 decimals": lambda x: round(x, 3),
    }
    for how, rounding in roundings.items():
        if any(pair.given for pair in wrong) and all(pair.given == rounding(pair.right) for pair in wrong):
            return f"It is the right number {how}: more digits are asked for."
    return None


def _too_few_bits(wrong: Sequence[Pair]) -> str | None:
    """Whole numbers that ran over, or went through floats."""
    if not all(isinstance(pair.right, int) and float(pair.given).is_integer() for pair in wrong):
        return None
    for bits in _WIDTHS:
        if all(_ran_over(pair, bits) for pair in wrong) and (bits >= 32 or len(wrong) >= ENOUGH):
            return f"It has run over: the right number does not fit into an integer of {bits} bits."
    if all(abs(pair.right) > 2**53 and _is_near(pair, 1e-14, np.float64) for pair in wrong):
        return "It is right to about sixteen digits: a float holds no more, an integer does."
    if all(abs(pair.right) > 2**24 and _is_near(pair, 3e-7, np.float32) for pair in wrong):
        return "It is right to about seven digits: float32 holds no more, an integer does."
    return None


def _ran_over(pair: Pair, bits: int) -> bool:
    fits = 0 < abs(pair.given) < 2**bits and abs(pair.right) >= 2 ** (bits - 1)
    return fits and (int(pair.right) - int(pair.given)) % 2**bits == 0


def _is_near(pair: Pair, rounding: float, dtype: type[np.floating[Any]]) -> bool:
    """Whether the given number is a float that the right one could have become."""
    return (
        abs(pair.given - pair.right) <= rounding * abs(pair.right) and float(dtype(pair.given)) == pair.given
    )


def _sign(wrong: Sequence[Pair]) -> str | None:
    turned = all(math.isclose(pair.given, -pair.right, rel_tol=CLOSE) for pair in wrong)
    return "The sign is turned." if turned else None


def _addend(wrong: Sequence[Pair]) -> str | None:
    differences = [pair.given - pair.right for pair in wrong]
    if all(difference == 1 for difference in differences):
        return "It is one too large."
    if all(difference == -1 for difference in differences):
        return "It is one too small."
    if len({pair.right for pair in wrong}) < ENOUGH:
        return None
    found = name_constant(differences, [pair.known for pair in wrong])
    if found is None:
        return None
    way = "small" if found.text.startswith("−") else "large"
    return f"It is {found.text.removeprefix('−')} too {way}."


def _unit(wrong: Sequence[Pair]) -> str | None:
    ratio = wrong[0].given / wrong[0].right if wrong[0].right else 0.0
    if ratio <= 0 or not _all_are(wrong, ratio):
        return None
    power = math.log10(ratio)
    if round(power) and math.isclose(ratio, 10.0 ** round(power), rel_tol=CLOSE):
        prefix = _PREFIXES.get(abs(round(power)))
        times = f"It is 10^{round(power)} times the right number".replace("-", "−")
        return f"{times}: look at the unit ({prefix})." if prefix else f"{times}: look at the unit."
    for step in range(1, 5):
        for factor, text in (
            (2.0 ** (10 * step), f"It is 2^{10 * step} times the right number: look at the unit."),
            (2.0 ** (-10 * step), f"It is 2^−{10 * step} times the right number: look at the unit."),
            ((1000 / 1024) ** step, _KILO),
            ((1024 / 1000) ** step, _KILO),
        ):
            if math.isclose(ratio, factor, rel_tol=CLOSE):
                return text
    return None


def _factor(wrong: Sequence[Pair]) -> str | None:
    for factor, sentence in _FEW.items():
        if _all_are(wrong, factor):
            return sentence
    if len({pair.right for pair in wrong}) < ENOUGH or not all(pair.right for pair in wrong):
        return None
    found = name_constant([pair.given / pair.right for pair in wrong], [pair.known for pair in wrong])
    return f"It is {found.text} times the right number." if found and found.text != "1" else None


def _all_are(wrong: Sequence[Pair], ratio: float) -> bool:
    return all(math.isclose(pair.given, pair.right * ratio, rel_tol=CLOSE) for pair in wrong)


_SYMPTOMS: tuple[Callable[[Sequence[Pair]], str | None], ...] = (
    _rounded,
    _too_few_bits,
    _sign,
    _addend,
    _unit,
    _factor,
)
