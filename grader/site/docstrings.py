"""Docstrings of ours as reStructuredText: plain text with `code` in it, lists and indented formulas."""

from __future__ import annotations

import re
from typing import Any

INDENT = 4
_CODE = re.compile(r"(`+)(.+?)\1")
_SPECIAL = re.compile(r"([\\*|_`<>]|:(?=//(?!\w)))")  # file:// alone is no link
_ITEM = re.compile(r"^(\s*)- ")
_EMPHASIS = re.compile(r"(?<![\w*])\*(\w(?:[\w ,'-]*\w)?)\*(?![\w*])")


def rewrite(app: Any, what: str, name: str, found: Any, options: Any, lines: list[str]) -> None:
    """Sphinx's event: change the lines of a docstring in place."""
    lines[:] = as_rst("\n".join(lines)).split("\n")


def as_rst(text: str) -> str:
    """Paragraphs, lists and indented blocks of a docstring; all else in it means itself."""
    out: list[str] = []
    for block in re.split(r"\n\s*\n", text.strip("\n").expandtabs()):
        out += [*_block(block.split("\n")), ""]
    return "\n".join(out)


def _block(lines: list[str]) -> list[str]:
    """A block without an empty line in it: sentences, then perhaps a list or an indented part."""
    out: list[str] = []
    group: list[str] = []

    def end() -> None:
        if group:
            out.extend([*_group(group), ""])
            group.clear()

    for line in lines:
        if _ITEM.match(line) or (_depth(line) >= INDENT) != bool(group and _depth(group[0]) >= INDENT):
            continues = group and _ITEM.match(group[0]) and _depth(line) > 0 and not _ITEM.match(line)
            if not continues:
                end()
        group.append(line)
    end()
    return out[:-1]


def _group(lines: list[str]) -> list[str]:
    """One paragraph, item of a list, or indented block."""
    if _ITEM.match(lines[0]):
        first, *rest = (line.strip() for line in lines)
        return [f"- {_escaped(first[2:])}", *(f"  {_escaped(line)}" for line in rest)]
    if _depth(lines[0]) >= INDENT:
        least = min(_depth(line) for line in lines)
        return ["::", "", *(f"    {line[least:]}" for line in lines)]
    return [_escaped(line.strip()) for line in lines]


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip())


def _escaped(line: str) -> str:
    """A line in which `code` is code and every other sign means itself."""
    out, at = "", 0
    for code in _CODE.finditer(line):
        out += _plain(line[at : code.start()]) + _spaced(line, code)
        at = code.end()
    return out + _plain(line[at:])


def _plain(text: str) -> str:
    """Signs that mean themselves; the stars of *emphasis* are left."""
    words = _EMPHASIS.split(text)
    return "".join(
        f"*{word}*" if place % 2 else _SPECIAL.sub(r"\\\1", word) for place, word in enumerate(words)
    )


def _spaced(line: str, code: re.Match[str]) -> str:
    """``code``, set off by an empty escape from letters that touch it."""
    inside = code[2].strip()
    before = "\\ " if code.start() and not line[code.start() - 1].isspace() else ""
    after = "\\ " if code.end() < len(line) and line[code.end()].isalnum() else ""
    return f"{before}``{inside}``{after}"
