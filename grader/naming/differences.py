"""What differs between a formula and the right one, in the fewest changes.

Terms are missing, counted too often, charged something else, or do not belong there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import combinations, product

from grader.naming.polynomials import Monomial, Polynomial, monomial_of, numbers_in, over, written

MOST_WRONG = 6  # monomials; beyond it nobody can be told which of them is meant for which
FAR = 2  # powers by which a term may differ and still be taken for the same one
SIMPLE = 16  # a fraction of larger numbers than this explains nothing
COUNTED = (
    "no",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)


@dataclass(frozen=True)
class Remark:
    """One thing that is different.

    ``alone`` is how to say it where it is all there is to say; ``partly``: it tears a group of terms apart.
    """

    text: str
    changes: int = 1
    alone: str = ""
    partly: bool = False


@dataclass(frozen=True)
class Group:
    """The terms that have the same monomial: what each of them adds to its coefficient, by its name."""

    monomial: Monomial
    terms: tuple[tuple[str, Fraction], ...]

    @cached_property
    def total(self) -> Fraction:
        return sum((coefficient for _, coefficient in self.terms), Fraction(0))

    @cached_property
    def names(self) -> list[str]:
        return [name for name, _ in self.terms]

    @cached_property
    def each(self) -> Fraction | None:
        """What each term adds, where all add the same."""
        coefficients = {coefficient for _, coefficient in self.terms}
        return coefficients.pop() if len(coefficients) == 1 else None

    def of(self, part: Fraction) -> str | None:
        """The terms that add up to ``part``, in words; None where that is not one choice."""
        if part == self.total:
            return listed(self.names)
        if self.each is not None:
            count = part / self.each
            some = count.denominator == 1 and 0 < count < len(self.terms)
            return f"{counted(int(count))} of {listed(self.names)}" if some else None
        fits = [
            chosen
            for size in range(1, len(self.terms))
            for chosen in combinations(self.terms, size)
            if sum(coefficient for _, coefficient in chosen) == part
        ]
        return listed([name for name, _ in fits[0]]) if len(fits) == 1 else None


def difference(given: Polynomial, groups: Sequence[Group], unit: str) -> list[Remark] | None:
    """The fewest changes that lead from the groups to what is given; None where they cannot be told."""
    right = {group.monomial: group for group in groups}
    excess = {
        monomial: given.coefficients.get(monomial, Fraction(0))
        - (right[monomial].total if monomial in right else 0)
        for monomial in {*right, *given.coefficients}
    }
    wrong = [monomial for monomial in sorted(excess) if excess[monomial]]
    if len(wrong) > MOST_WRONG:
        return None
    short = [monomial for monomial in wrong if monomial in right]
    best: list[Remark] | None = None
    least: tuple[Fraction | int, ...] = ()
    for chosen in product(*([*_nearest(m, wrong), None] for m in short)):
        targets = dict(zip(short, chosen))
        taken = [x for m, target in targets.items() if target is not None for x in (m, target)]
        if len(set(taken)) == len(taken):
            remarks = _changes(given, right, excess, targets, unit)
            if remarks is None:
                continue
            rank = (*_rank(remarks), sum(_distance(m, x) for m, x in targets.items() if x is not None))
            if best is None or rank < least:
                best, least = remarks, rank
    return best


def _nearest(monomial: Monomial, others: Sequence[Monomial]) -> list[Monomial]:
    """The others, the nearest first; a plain number comes after what has a symbol."""
    return sorted((x for x in others if x != monomial), key=lambda x: (_distance(monomial, x), not x))


def cost(remarks: Sequence[Remark]) -> int:
    """How many changes they are together."""
    return sum(remark.changes for remark in remarks)


def _rank(remarks: Sequence[Remark]) -> tuple[int, int]:
    """Of explanations with as few changes, one that tears no group apart is likelier."""
    return cost(remarks), sum(remark.partly for remark in remarks)


def _changes(
    given: Polynomial,
    right: Mapping[Monomial, Group],
    excess: Mapping[Monomial, Fraction],
    targets: Mapping[Monomial, Monomial | None],
    unit: str,
) -> list[Remark] | None:
    """The changes, if what is short of each group went to its target."""
    remarks: list[Remark] = []
    explained: set[Monomial] = set()
    single = len(right) == len(given) == 1
    for monomial, target in targets.items():
        if target is None:
            continue
        if _distance(monomial, target) > FAR and not single:
            return None
        what_is_short = right[monomial].of(-excess[monomial])
        all_of_it = -excess[monomial] == right[monomial].total
        place = "" if len(right) == 1 and all_of_it else what_is_short
        if excess[target] == -excess[monomial] and place is not None:
            remarks += _moved(monomial, target, place, partly=not all_of_it)
        elif all_of_it and target not in right:
            remarks += [
                *_moved(monomial, target, place or "", partly=True),
                _recounted(right[monomial], target, excess[target], unit),
            ]
        else:
            return None
        explained |= {monomial, target}
    if not explained and not any(monomial in right for monomial in given.coefficients):
        return None  # nothing in it is near to anything right
    gone = [m for m in targets if m not in explained and m not in given.coefficients]
    if gone and any(remark.partly for remark in remarks):
        return None  # what came of a part of one group may as well be what is left of another
    for monomial in targets:
        if monomial not in explained:
            coefficient = given.coefficients.get(monomial, Fraction(0))
            remarks.append(_recounted(right[monomial], monomial, coefficient, unit))
    foreign = [m for m in sorted(excess) if excess[m] and m not in right and m not in explained]
    if foreign:
        if any(remark.partly for remark in remarks):
            return None  # what became of a group that is torn apart is anybody's guess
        said = listed([written(m, given.coefficients[m]) for m in foreign])
        remarks.append(
            Remark(f"{said} {'do' if len(foreign) > 1 else 'does'} not belong there", len(foreign))
        )
    return remarks


def _moved(right: Monomial, given: Monomial, place: str, partly: bool = False) -> list[Remark]:
    """One monomial in place of another; a root of a number among its factors is a remark of its own."""
    root = numbers_in(over(given, right))
    given = over(given, root)
    remarks = []
    if given != right:
        text = _stands(right, given) + (f" in {place}" if place else "")
        remarks.append(Remark(text, partly=partly))
    if root:
        times = f"{written(root)} times the right"
        remarks.append(
            Remark(f"the number before {written(given)} is {times} one", 1, f"it is {times} formula")
        )
    return remarks


def _stands(right: Monomial, given: Monomial) -> str:
    """How one monomial differs from another: a factor missing or too many, or one in place of another."""
    before, after = dict(right), dict(given)
    changed = sorted(s for s in {*before, *after} if before.get(s) != after.get(s))
    old = monomial_of((s, before.get(s, Fraction(0))) for s in changed)
    new = monomial_of((s, after.get(s, Fraction(0))) for s in changed)
    if not new:
        return f"a factor {written(old)} is missing"
    if not old and all(power < 0 for _, power in new):
        return f"there is a division by {written(over((), new))} too many"
    if not old:
        return f"there is a factor {written(new)} too many"
    both = monomial_of((s, min(before[s], after[s])) for s in changed if s in before and s in after)
    if over(old, both) and over(new, both):  # d·n and n²: what stands in both is left out
        old, new = over(old, both), over(new, both)
        one = "one " if any(symbol in dict(both) for symbol, _ in old) else ""
        return f"{written(new)} stands where {one}{written(old)} belongs"
    return f"{written(new)} stands where {written(old)} belongs"


def _distance(a: Monomial, b: Monomial) -> Fraction:
    return sum((abs(power) for _, power in over(a, b)), Fraction(0))


# -- a group whose coefficient is another one ----------------------------------------------------------


def _recounted(group: Group, monomial: Monomial, given: Fraction, unit: str) -> Remark:
    """What the coefficient of a group tells; it may stand before another monomial than the group's."""
    ratio = given / group.total
    if not any(group.names):
        return _without_names(ratio, monomial, given, unit)
    names, are = listed(group.names), be(group.names)
    if given == 0:
        return Remark(f"{names} {are} missing")
    if ratio == -1:
        return Remark(f"{names} {are} taken with the wrong sign")
    halved = unit == "FLOPs" and ratio == Fraction(1, 2)
    aside = " (or these are in multiply–adds)" if halved else ""
    if group.each is not None:
        found = given / group.each
        if found.denominator == 1 and 0 < found <= SIMPLE * len(group.terms):
            return _how_many(group, int(found), aside)
        if halved:
            return Remark(f"{names} {are} in multiply–adds, each of which is two FLOPs")
        if unit == "FLOPs" and group.total - given == group.each / 2:
            return Remark(f"one of {names} is in multiply–adds, each of which is two FLOPs")
    elif 0 < ratio < 1 and (missing := group.of(group.total - given)):
        return Remark(f"{missing} {be(missing.split(' and '))} missing{aside}")
    return _fraction(ratio, f"the number before {written(monomial)} is", "the right one")


def _how_many(group: Group, found: int, aside: str) -> Remark:
    """As many terms as the coefficient makes, where all of them add the same."""
    names, count = listed(group.names), len(group.terms)
    if found < count - found:
        return Remark(f"only {counted(found)} of {names} {'is' if found == 1 else 'are'} counted{aside}")
    if found < count:
        missing = count - found
        return Remark(f"{counted(missing)} of {names} {'is' if missing == 1 else 'are'} missing{aside}")
    if found % count == 0:
        return Remark(f"{names} {be(group.names)} counted {how_often(found // count)}")
    return Remark(f"{counted(found)} terms are counted instead of {counted(count)} ({names})")


def _without_names(ratio: Fraction, monomial: Monomial, given: Fraction, unit: str) -> Remark:
    if ratio == -1:
        return Remark("the sign is wrong")
    if unit == "FLOPs" and ratio == Fraction(1, 2):
        return Remark("this is in multiply–adds, each of which is two FLOPs")
    if unit == "bytes" and monomial and given.denominator == 1 and 0 < given <= SIMPLE:
        bytes_are = "byte is" if given == 1 else "bytes are"
        return Remark(
            f"{counted(int(given))} {bytes_are} charged for each of the {written(monomial)} numbers"
        )
    remark = _fraction(ratio, f"the number before {written(monomial)} is", "the right one")
    bits = ", as if it were in bits" if unit == "bytes" and ratio == 8 else ""
    return Remark(remark.text, remark.changes, f"it is {fraction_of(ratio)} the right formula{bits}")


def _fraction(ratio: Fraction, before: str, after: str) -> Remark:
    simple = max(abs(ratio.numerator), ratio.denominator) <= SIMPLE
    changes = 3 if not simple else 1 if ratio.denominator == 1 and ratio > 0 else 2
    return Remark(f"{before} {fraction_of(ratio)} {after}", changes)


# -- words -------------------------------------------------------------------------------------------


def listed(names: Sequence[str]) -> str:
    """``the queries, the keys and the values``"""
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)


def be(names: Sequence[str]) -> str:
    """``is`` or ``are``, for several names or one that may be a plural."""
    singular = len(names) == 1 and (not names[0].endswith("s") or names[0].endswith(("ss", "us", "is", "as")))
    return "is" if singular else "are"


def counted(number: int) -> str:
    """A small number as a word."""
    return COUNTED[number] if number < len(COUNTED) else str(number)


def how_often(number: int) -> str:
    """``twice``, ``three times``"""
    return "twice" if number == 2 else f"{counted(number)} times"


def fraction_of(ratio: Fraction) -> str:
    """``twice``, ``3 times`` or ``3/4 of``, before what it is taken of."""
    if ratio == 2:
        return "twice"
    number = str(ratio).replace("-", "−")
    return f"{number} times" if ratio.denominator == 1 else f"{number} of"
