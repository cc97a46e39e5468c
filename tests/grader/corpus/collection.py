"""How the files of the corpus say which of their functions are answers, and what an answer is called."""

from __future__ import annotations

import ast
import itertools
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any


class Collection:
    """The answers of one file: functions and classes that it marks as wrong or right, in its order."""

    def __init__(self) -> None:
        self.wrongs: list[tuple[Any, str]] = []  # with what was said of them
        self.rights: list[Any] = []

    def wrong(self, sentence: str, *answers: Any) -> Callable[[Any], Any]:
        """Mark wrong answers: those given, or the one that this decorates."""

        def add(answer: Any) -> Any:
            self.wrongs.append((answer, sentence))
            return answer

        for answer in answers:
            add(answer)
        return add

    def right(self, answer: Any) -> Any:
        """Mark a right answer."""
        self.rights.append(answer)
        return answer


def pairs(*aspects: dict[str, Any]) -> list[tuple[str, tuple[Any, ...]]]:
    """Every choice of one way for each aspect with two wrong ones, and its sentence. "" is the right way."""
    choices = [tuple(zip(*choice, strict=True)) for choice in itertools.product(*map(dict.items, aspects))]
    named = [([wrong for wrong in said if wrong], ways) for said, ways in choices]
    return [(f"Two things: {said[0]}, and {said[1]}.", ways) for said, ways in named if len(said) == 2]


def name_of(answer: Any) -> str:
    """What an answer is called: the name it was defined by, the text of a lambda, or a text or choice itself.

    One that a function made is called by that function and what it was made with, for it shares its own name
    with others: ``in_unit(flops=4 * L * d * n, unit=1000.0)``.
    """
    code = getattr(getattr(answer, "forward", answer), "__code__", None)
    if code is None:
        return getattr(answer, "__name__", None) or str(answer)
    made, within, _ = answer.__qualname__.rpartition(".<locals>.")
    if within:
        maker = made.rpartition(".")[2].lstrip("_")
        cells = getattr(answer, "forward", answer).__closure__ or ()
        made_with = zip(code.co_freevars, cells, strict=True)
        return f"{maker}({', '.join(f'{k}={name_of(cell.cell_contents)}' for k, cell in made_with)})"
    if answer.__name__ == "<lambda>":
        return _lambdas(code.co_filename)[code.co_firstlineno]
    return answer.__name__.lstrip("_")


@cache
def _lambdas(file: str) -> dict[int, str]:
    """The lambdas of a file, the last one of each line: the text of what they return."""
    tree = ast.parse(Path(file).read_text())
    return {node.lineno: ast.unparse(node.body) for node in ast.walk(tree) if isinstance(node, ast.Lambda)}
