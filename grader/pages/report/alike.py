"""Which solutions are alike beyond what the exercise makes alike: evidence to look at, not a verdict.

    code -> syntax tree -> tokens without names -> hashes of every GRAM tokens in a row -> winnowing

Names, comments, docstrings and layout are gone after the second step, so renaming changes nothing. From
every WINDOW neighbouring hashes the smallest is kept (Schleimer, Wilkerson and Aiken, "Winnowing", 2003):
whatever two texts share in GRAM + WINDOW - 1 tokens or more, they share a fingerprint.

What the release gives away is subtracted, and so is what many wrote: the usual answer to an exercise of
three lines is everybody's. The rest is rare, and only pairs that meet in the index of rare fingerprints are
ever looked at, so the work grows with the class and not with its square.
"""

from __future__ import annotations

import ast
import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from math import log2

GRAM = 7  # tokens in a fingerprint
WINDOW = 4
FEWEST_RARE = 5  # shared rare fingerprints below which nothing is said
SMALLEST_SHARE = 0.6  # of the rarer ones of both
COMMON_PART = 0.02  # of the class: what more than these wrote is common
COMMON_LEAST = 3  # in a small class


@dataclass(frozen=True)
class Alike:
    """Two students' answers to one exercise.

    ``share`` is the part of both structures that is the same, ``rare`` the number of fingerprints that
    hardly anybody else has, ``weight`` how unlikely they are (in bits, were they independent), and the
    lines are those in which they lie (counted from 1).
    """

    exercise: str
    students: tuple[str, str]
    share: float
    rare: int
    weight: float
    same_names: tuple[str, ...]
    own_names: int
    lines: tuple[frozenset[int], frozenset[int]]


@dataclass(frozen=True)
class Group:
    """Students who are linked by alike answers to one exercise, and the weightiest of those pairs."""

    exercise: str
    students: tuple[str, ...]
    best: Alike


def groups_of(pairs: list[Alike]) -> list[Group]:
    """Pairs of one exercise, which come the weightiest first, as groups: ten who share a text are one."""
    leader: dict[str, str] = {}

    def first(student: str) -> str:
        while leader.setdefault(student, student) != student:
            leader[student] = leader[leader[student]]
            student = leader[student]
        return student

    for pair in pairs:
        leader[first(pair.students[1])] = first(pair.students[0])
    members: dict[str, list[str]] = defaultdict(list)
    for student in leader:
        members[first(student)].append(student)
    best: dict[str, Alike] = {}
    for pair in pairs:
        best.setdefault(first(pair.students[0]), pair)
    return [Group(pair.exercise, tuple(sorted(members[head])), pair) for head, pair in best.items()]


def fingerprints(source: str) -> dict[int, set[int]]:
    """The fingerprints of a piece of Python and the lines they lie in; none where it is not Python."""
    try:
        tokens = list(_tokens(_without_docstrings(ast.parse(source))))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return {}
    grams = [tokens[i : i + GRAM] for i in range(len(tokens) - GRAM + 1)]
    hashes = [_hash(" ".join(token for token, _ in gram)) for gram in grams]
    found: dict[int, set[int]] = defaultdict(set)
    for start in range(max(len(hashes) - WINDOW + 1, min(len(hashes), 1))):
        window = hashes[start : start + WINDOW]
        least = min(window)
        at = start + len(window) - 1 - window[::-1].index(least)  # the last of equals, as the paper has it
        found[least] |= {line for _, line in grams[at] if line}
    return dict(found)


def find_alike(
    exercise: str, answers: Mapping[str, str], given: str, class_size: int | None = None
) -> list[Alike]:
    """The pairs of answers that share what hardly anybody else has, the weightiest first.

    Args:
        answers: each student's text.
        given: what the release gave everybody.
        class_size: of how many; the number of answers, if it is not said.
    """
    size = class_size or len(answers)
    start = set(fingerprints(given))
    of = {student: fingerprints(text) for student, text in answers.items()}
    own = {student: set(found) - start for student, found in of.items()}
    count = Counter(print for found in own.values() for print in found)
    most = max(COMMON_LEAST, int(COMMON_PART * size))
    index: dict[int, list[str]] = defaultdict(list)
    for student, found in own.items():
        for print in found:
            if 2 <= count[print] <= most:
                index[print].append(student)
    shared: dict[tuple[str, str], list[int]] = defaultdict(list)
    for print, students in index.items():
        for pair in combinations(sorted(students), 2):
            shared[pair].append(print)
    found_pairs = []
    for (one, other), prints in shared.items():
        rarest = min(sum(count[p] <= most for p in own[student]) for student in (one, other))
        if len(prints) < FEWEST_RARE or len(prints) < SMALLEST_SHARE * rarest:
            continue
        names = [_names(answers[student]) - _names(given) for student in (one, other)]
        lines = [frozenset(line for p in prints for line in of[s][p]) for s in (one, other)]
        found_pairs.append(
            Alike(
                exercise,
                (one, other),
                share=len(own[one] & own[other]) / len(own[one] | own[other]),
                rare=len(prints),
                weight=sum(log2(max(size, 2) / count[p]) for p in prints),
                same_names=tuple(sorted(names[0] & names[1])),
                own_names=max(map(len, names)),
                lines=(lines[0], lines[1]),
            )
        )
    return sorted(found_pairs, key=lambda alike: (-alike.weight, alike.students))


# -- from text to tokens ----------------------------------------------------------------------------------


def _tokens(node: ast.AST) -> Iterator[tuple[str, int]]:
    """The tree as (token, line) pairs, parents first. Names of the student's own choice are all the same."""
    line = getattr(node, "lineno", 0)
    match node:
        case ast.Import() | ast.ImportFrom():
            return
        case ast.Load() | ast.Store() | ast.Del() | ast.arguments():
            pass
        case ast.Attribute(attr=name) | ast.keyword(arg=name):
            yield f"{type(node).__name__}.{name}", line
        case ast.Constant(value=value):
            yield f"{type(value).__name__}:{value!r}" if isinstance(value, int | float) else "Constant", line
        case _:
            yield type(node).__name__, line
    for child in ast.iter_child_nodes(node):
        yield from _tokens(child)


def _without_docstrings(tree: ast.Module) -> ast.Module:
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            node.body = [  # type: ignore[attr-defined]
                s for s in body if not (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))
            ]
    return tree


def _names(source: str) -> set[str]:
    """The names that a text gives to things."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    stored = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    return stored | {n.arg for n in ast.walk(tree) if isinstance(n, ast.arg)}


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).digest())
