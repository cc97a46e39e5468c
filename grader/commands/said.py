"""How a command that cannot go on ends: one sentence on standard error, and no traceback."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import typer

from grader.terminal import errors


def fail(sentence: str, code: int = 2) -> typer.Exit:
    """Say one sentence on standard error; raise what is returned."""
    errors.print(sentence)
    return typer.Exit(code)


@contextmanager
def said(*kinds: type[Exception]) -> Iterator[None]:
    """Errors of these kinds are sentences: say them and stop."""
    try:
        yield
    except kinds as error:
        raise fail(str(error)) from None
