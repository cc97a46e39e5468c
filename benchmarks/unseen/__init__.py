"""Answers written by somebody who had read the released lessons and not the catalogue of mistakes.

One file an exercise, named after it, with a list ``ANSWERS``. They measure how often the grader names a
mistake that it was not built for (`benchmarks.naming`); an entry must not be changed to suit the catalogue.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Answer:
    """What one student might hand in.

    Attributes:
        description: what is wrong with it, or how a right one is written.
        source: the cell of a function, class or number; for a formula, the formula itself.
        right: whether it deserves full marks.
    """

    description: str
    source: str
    right: bool = False
