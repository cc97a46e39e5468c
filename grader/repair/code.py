"""What can be told of a piece of a student's Python without running it: does it parse, what does it name.

Nothing here may be slow or fail on any text whatever: it runs in the grader's own process.
"""

from __future__ import annotations

import re
import symtable
import warnings
from functools import lru_cache

MAGIC = re.compile(r"^([ \t]*)(?:[\w.,* \t]+=[ \t]*)?[%!].*$", re.MULTILINE)
NAMING = re.compile(
    r"^(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)|^(\w+)[ \t]*(?::[^=\n]+)?=(?!=)", re.MULTILINE
)


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
