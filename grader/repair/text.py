"""What can be told of a text without running it: is it Python, what does it name, how like is it to another.

Nothing here may be slow or fail on any text whatever: it runs in the grader's own process.
"""

from __future__ import annotations

import difflib
import re
import symtable
import warnings
from functools import lru_cache

from grader.uses import MAGIC

NAMING = re.compile(
    r"^(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)|^(\w+)[ \t]*(?::[^=\n]+)?=(?!=)", re.MULTILINE
)
TOKEN = re.compile(r"\w+|[^\w\s]")
MOST_TOKENS = 200  # of a text that are compared: difflib is quadratic
MOST_LINES = 300  # of a text in which code is looked for


def squeeze(text: str) -> str:
    """The text without any white space."""
    return "".join(text.split())


def lines_of(text: str) -> frozenset[str]:
    """The lines that are not empty, without the white space around them."""
    return frozenset(line.strip() for line in text.split("\n") if line.strip())


def tokens(text: str) -> list[str]:
    """The first words and signs."""
    return TOKEN.findall(text)[:MOST_TOKENS]


def likeness(a: str, b: str) -> float:
    """How alike two texts are, from 0 to 1, by their words and signs."""
    return difflib.SequenceMatcher(None, tokens(a), tokens(b), autojunk=False).ratio()


def parses(text: str) -> bool:
    """Whether the text is complete Python; lines of IPython magic are allowed."""
    return _table(text) is not None


def names(text: str) -> frozenset[str]:
    """What the text gives a value at its top level; read off the beginnings of lines if it does not parse."""
    table = _table(text)
    if table is None:
        return frozenset(name for pair in NAMING.findall(text) for name in pair if name)
    bound = (s.get_name() for s in table.get_symbols() if s.is_assigned() or s.is_imported())
    return frozenset(bound)


def code_within(text: str, wanted: frozenset[str]) -> tuple[str, str] | None:
    """The longest run of lines at the end or beginning that is Python and names any of these; and the rest.

    What is left of an answer that was merged into a text which somebody had changed as well.
    """
    lines = text.split("\n")
    for length in range(len(lines), 0, -1) if len(lines) <= MOST_LINES else ():
        for part, rest in ((lines[-length:], lines[:-length]), (lines[:length], lines[length:])):
            candidate = "\n".join(part)
            if wanted & names(candidate) and parses(candidate):
                return candidate, "\n".join(rest)
    return None


@lru_cache(maxsize=2048)
def _table(text: str) -> symtable.SymbolTable | None:
    for variant in (text, MAGIC.sub(r"\1pass", text)):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # a student's "\d" is none of our concern
                return symtable.symtable(variant, "answer", "exec")
        except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError):
            continue
    return None
