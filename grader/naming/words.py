"""Sentences put together from sentences."""

from __future__ import annotations

import re
from collections.abc import Mapping

_SHORT_WORDS = "A|An|As|At|By|If|In|It|No|Of|On|So|To"
_KEEPS_ITS_CAPITAL = re.compile(rf"[A-Z]{{2}}|NaN|(?!(?:{_SHORT_WORDS})\b)[A-Za-z]{{1,2}}\b")


def two_things(one: str, other: str) -> str:
    """``Two things: …; and ….``"""
    return f"Two things: {clause(one)}; and {clause(other)}."


def clause(sentence: str) -> str:
    """The sentence's first clause, to stand inside another: what is before a colon or a semicolon."""
    first = re.split(r"[:;] ", sentence)[0].rstrip(".")
    return first if _KEEPS_ITS_CAPITAL.match(first) else first[:1].lower() + first[1:]


def renamed(sentence: str, words: Mapping[str, str]) -> str:
    """The sentence with other names for sizes: ``Lq`` of attention is ``L`` in self-attention."""
    for name, other in words.items():
        if name.isidentifier():
            sentence = re.sub(rf"\b{name}\b(?!`)", other, sentence)
    return sentence
