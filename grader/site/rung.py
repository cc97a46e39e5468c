"""Rungs: warm-ups in plain Python that a page asks before an exercise, and judges itself.

Each is a file, ``grader/site/rungs/LESSON/ID.py``, written as an exercise is: the docstring is title and
statement, the function is stub, solution and reference, and the declaration ends in ``rung = Rung(…)``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from grader import catalogue
from grader.exercise.function import Function, Inputs

RUNGS = Path(__file__).parent / "rungs"


class Rung(Function):
    """A function of numbers, lists and text. It is worth no points.

    Args:
        reference: as of `Function`.
        before: the id of the exercise before which it stands.
        cases: the properties, each with the function of a `Draw` that gives its inputs; the first one's are
            the plainest.
    """

    def __init__(
        self, reference: Callable[..., Any], *, before: str, cases: Mapping[str, Inputs], **common: Any
    ) -> None:
        super().__init__(reference, cases=cases, points=0, difficulty=1, minutes=3, **common)
        self.before = before


@cache
def rungs_of(lesson: str) -> tuple[Rung, ...]:
    """A lesson's rungs, by name.

    Raises:
        BrokenExercise: a file does not run.
        ValueError: a file does not end in ``rung = Rung(…)``.
    """
    return tuple(_load(file) for file in sorted((RUNGS / lesson).glob("*.py")))


def _load(file: Path) -> Rung:
    module = catalogue.module_of(file, f"{__package__}.rungs")
    rung = getattr(module, "rung", None)
    if not isinstance(rung, Rung):
        raise ValueError(f"{file.parent.name}/{file.name} does not end in `rung = Rung(…)`.")
    rung.place(id=file.stem, lesson=file.parent.name, text=module.__doc__ or "")
    return rung
