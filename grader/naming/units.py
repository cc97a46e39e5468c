"""Other units than the one that is asked for, and what they make of a right number."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

THOUSANDS = {"": 1, "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
SIZES = {  # of the units that take a prefix
    "FLOPs": THOUSANDS,
    "B": THOUSANDS | {"Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40},
}
COUNTED = {"thousands": 10**3, "millions": 10**6, "billions": 10**9}
NOT_COUNTED = ("", "nats", "times", "of 1")  # nobody gives thousands of them


def parts(unit: str) -> tuple[str, str]:
    """The prefix of a unit and what takes it: "MiB" is ("Mi", "B"); nothing, of a unit that takes none."""
    unit = "B" if unit == "bytes" else unit
    found = [(unit.removesuffix(base), base) for base in SIZES if unit.endswith(base)]
    return next(((prefix, base) for prefix, base in found if prefix in SIZES[base]), ("", ""))


def others(unit: str) -> Iterator[tuple[str, Fraction]]:
    """Other units, each as the clause that names it, with what it makes of the right number."""
    prefix, base = parts(unit)
    if base:
        for other, size in SIZES[base].items():
            if other != prefix:
                name = "bytes" if other + base == "B" else other + base
                yield f"this is in {name}; {unit} are asked for", Fraction(SIZES[base][prefix], size)
    elif unit not in NOT_COUNTED:
        for number, size in COUNTED.items():
            yield f"this is in {number} of {unit}", Fraction(1, size)
