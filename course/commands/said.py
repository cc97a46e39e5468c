"""What a command says when something went wrong: a sentence where errors go, and status 1."""

import sys
from typing import NoReturn

import typer


def failed(problem: object) -> int:
    """Say what went wrong, and go on; the exit status for it."""
    print(problem, file=sys.stderr, flush=True)
    return 1


def refuse(problem: object) -> NoReturn:
    """Say what went wrong, and end."""
    raise typer.Exit(failed(problem))
