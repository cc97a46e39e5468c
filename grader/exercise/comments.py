"""Comments that speak to our tools (formatter, linter, type checker) are not for those who read the code."""

from __future__ import annotations

import re

_WORDS = r"fmt: ?(?:skip|on|off)|noqa\b[\w:, ]*|type: ?ignore\b[\w\[\], -]*|(?:ruff|mypy|pragma): ?[\w:, -]+"
_TO_TOOLS = f"# ?(?:{_WORDS})"
_LINE = re.compile(rf"^[ \t]*{_TO_TOOLS}[ \t]*\n", re.MULTILINE)  # with nothing else on it
_BEHIND = re.compile(rf"(?:[ \t]*{_TO_TOOLS})+[ \t]*$", re.MULTILINE)


def for_readers(code: str) -> str:
    """The code without them; a comment for people that stands before one on its line stays."""
    return _BEHIND.sub("", _LINE.sub("", code))
