"""Exercises whose answer is one number, computed from values that are the student's own."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch

from grader.exercise.base import Exercise, Question
from grader.exercise.compare import Difference
from grader.judging.mutants import Mutant, mutants_of_code
from grader.questions.draw import Draw

VALUE = "the number"


class Number(Exercise):
    """The student computes a number from the values that ``numbers(id)`` gives them.

    ``given`` draws the values; ``reference`` and every mistake are functions of them. Numbers agree
    within 0.1 %, so that three to four digits typed by hand are enough.
    """

    kind = "number"
    tolerance = 1e-3

    def __init__(
        self, id: str, title: str, *, given: Callable[[Draw], dict[str, Any]], unit: str = "", **common: Any
    ) -> None:
        super().__init__(id, title, **common)
        self.given = given
        self.unit = unit

    @property
    def parts(self) -> tuple[str, ...]:
        return (VALUE,)

    def values(self, draw: Draw) -> dict[str, Any]:
        """The values of the student whose key ``draw`` carries."""
        return self.given(draw.personal(self.id))

    def questions(self, draw: Draw) -> list[Question]:
        return [Question(VALUE, {"given": self.values(draw)})]

    def difference(self, expected: Any, given: Any) -> Difference | None:
        if given is None:
            return Difference.plain("There is no number yet.")
        if isinstance(given, float) and math.isclose(given, expected, rel_tol=self.tolerance, abs_tol=1e-12):
            return None
        if not isinstance(given, float) or not math.isfinite(given):
            return Difference.plain("It is not a finite number.")
        size = "too large" if given > expected else "too small"
        return Difference(f"{given:.6g} {self.unit} is {size}.".replace("  ", " "), f"The number is {size}.")

    @property
    def alternatives(self) -> tuple[Any, ...]:
        """The number in every form a student may hold it in, and rounded to four digits."""

        def as_(form: Callable[[float], Any]) -> Callable[..., Any]:
            return lambda **given: form(self.reference(**given))

        forms = (float, np.float64, np.float32, lambda x: torch.tensor(x), lambda x: float(f"{x:.4g}"))
        return (*super().alternatives, *(as_(form) for form in forms))

    def mutants(self) -> Iterator[Mutant]:
        # a lambda stands amid the declaration, where it has no source of its own
        return iter(()) if self.reference.__name__ == "<lambda>" else mutants_of_code(self.reference)
