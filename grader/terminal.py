"""Where the command line speaks: plain sentences and tables, whole lines where nobody is watching."""

from __future__ import annotations

import sys

from rich.console import Console

PIPED_WIDTH = 160  # columns of a table that goes to a file or another program

console = Console(width=None if sys.stdout.isatty() else PIPED_WIDTH, markup=False, highlight=False)
errors = Console(stderr=True, markup=False, highlight=False, soft_wrap=True)


def say(text: str) -> None:
    """Print text as it is: nothing in it is markup, and no line is broken."""
    console.print(text, soft_wrap=True)
