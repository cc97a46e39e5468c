"""What a cell does with names, told from its text: which it gives a value, and which it needs from others.

Read off the instructions that Python makes of the text, which is not run: they stand in the order in which
they are carried out, and tell a global name from a parameter or the variable of a comprehension. What stands
in a function is needed when it is called; what stands in a class or a comprehension, at once. Both sides of
an ``if`` count.
"""

from __future__ import annotations

import ast
import dis
import inspect
import re
import warnings
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from types import CodeType
from typing import NamedTuple

MAGIC = re.compile(r"^([ \t]*)(?:[\w.,* \t]+=[ \t]*)?[%!].*$", re.MULTILINE)
MOST = 100_000  # signs: to read more of them takes seconds, and no answer has them
WORD = re.compile(r"\w+")
COMPREHENSIONS = ("<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>")
LOAD, STORE, DELETE = "load", "store", "delete"
DOES = {
    "LOAD_NAME": LOAD,
    "LOAD_GLOBAL": LOAD,
    "STORE_NAME": STORE,
    "STORE_GLOBAL": STORE,
    "DELETE_NAME": DELETE,
}


class Step(NamedTuple):
    """One thing that running a cell does with a name."""

    does: str
    name: str


@dataclass(frozen=True)
class Uses:
    """What becomes of names when a cell is run, in order, and what its functions load when called."""

    steps: tuple[Step, ...] = ()
    later: frozenset[str] = frozenset()

    @cached_property
    def defines(self) -> frozenset[str]:
        """What has a value because of the cell."""
        defined = set[str]()
        for does, name in self.steps:
            if does == STORE:
                defined.add(name)
            elif does == DELETE:
                defined.discard(name)
        return frozenset(defined)

    @cached_property
    def needs(self) -> frozenset[str]:
        """What others have to give a value, before the cell is run or before its functions are called."""
        stored, needed = set[str](), set[str]()
        for does, name in self.steps:
            if does == STORE:
                stored.add(name)
            elif name not in stored:
                needed.add(name)
        return frozenset(needed | (self.later - stored))

    def stops_at(self, missing: Collection[str]) -> tuple[str, frozenset[str]] | None:
        """At which name a cell stops if some have no value, and what it then never defines."""
        stored = set[str]()
        for does, name in self.steps:
            if does == STORE:
                stored.add(name)
            elif name in missing and name not in stored:
                return name, self.defines - stored
        return None


@lru_cache(maxsize=2048)  # the cells of a lesson are everybody's
def uses(text: str) -> Uses:
    """What a cell does with names; nothing, for text that is no Python even without its lines of magic."""
    code = _compiled(text) if len(text) <= MOST else None
    if code is None:
        return Uses()
    steps, later = _read(code)
    return Uses(tuple(steps), frozenset(later))


def _compiled(text: str) -> CodeType | None:
    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    for variant in (text, MAGIC.sub(r"\1pass", text)):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # a student's "\d" is none of our concern
                return compile(variant, "cell", "exec", flags, dont_inherit=True)
        except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError):
            continue
    return None


def _read(code: CodeType) -> tuple[list[Step], set[str]]:
    """The steps of code that is run at once, and what functions in it load."""
    steps, later = list[Step](), set[str]()
    for instruction in dis.get_instructions(code):
        if isinstance(instruction.argval, CodeType):
            inner = instruction.argval
            if _is_at_once(inner):
                inner_steps, inner_later = _read(inner)
                steps += _outside(inner_steps)
                later |= inner_later
            else:
                later.update(_loaded(inner))
        elif does := DOES.get(instruction.opname):
            steps.append(Step(does, instruction.argval))
    return steps, later


def _is_at_once(code: CodeType) -> bool:
    """Whether code within code is run where it stands: the body of a class, or a comprehension."""
    return code.co_name in COMPREHENSIONS or not code.co_flags & inspect.CO_OPTIMIZED


def _outside(steps: list[Step]) -> Iterator[Step]:
    """What the body of a class, or a comprehension, loads from outside: names of its own are its own."""
    own = set[str]()
    for step in steps:
        if step.does == STORE:
            own.add(step.name)
        elif step.does == LOAD and step.name not in own:
            yield step


def _loaded(code: CodeType) -> Iterator[str]:
    """The global names that a function loads, and those within it."""
    for instruction in dis.get_instructions(code):
        if isinstance(instruction.argval, CodeType):
            yield from _loaded(instruction.argval)
        elif DOES.get(instruction.opname) == LOAD:
            yield instruction.argval
