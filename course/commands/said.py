"""What a command says when something went wrong: a sentence where errors go, and status 1."""

import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import typer


def failed(problem: object) -> int:
    """Say what went wrong, and go on; the exit status for it."""
    print(problem, file=sys.stderr, flush=True)
    return 1


@contextmanager
def warnings_said() -> Iterator[None]:
    """Warnings as plain sentences, each once, without the line of the library that they come from."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        try:
            yield
        finally:
            for sentence in dict.fromkeys(str(warning.message) for warning in told):
                failed(f"{sentence[0].upper()}{sentence[1:]}.")


def refuse(problem: object) -> NoReturn:
    """Say what went wrong, and end."""
    raise typer.Exit(failed(problem))


def counted(number: int, thing: str) -> str:
    """`1 core`, `1,000 steps`."""
    return f"{number:,} {thing}" + ("" if number == 1 else "s")


def at_once(text: str) -> None:
    """Say what begins, before the seconds that PyTorch takes to load; once, however many torchrun begins."""
    if os.environ.get("RANK", "0") == "0":
        print(text, flush=True)
