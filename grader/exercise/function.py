"""Exercises whose answer is a function."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor

from grader.exercise.base import Exercise, Question
from grader.judging.mutants import Mutant, mutants_of_code
from grader.questions.draw import Draw

Inputs = Callable[[Draw], dict[str, Any]]


class Function(Exercise):
    """The student writes a function; it must give what the reference gives on fresh inputs.

    ``cases`` maps each property that must hold to the inputs that test it: a function of a `Draw` that
    returns the keyword arguments. Each case is worth the same.
    """

    kind = "function"
    nothing_yet = "Nothing is written here yet, or a `return` is missing."

    def __init__(self, id: str, title: str, *, cases: dict[str, Inputs], **common: Any) -> None:
        super().__init__(id, title, **common)
        self.cases = cases

    @property
    def parts(self) -> tuple[str, ...]:
        return tuple(self.cases)

    def questions(self, draw: Draw) -> list[Question]:
        return [
            Question(part, self._payload(inputs(draw), draw))
            for _ in range(self.rounds)
            for part, inputs in self.cases.items()
        ]

    def _payload(self, inputs: dict[str, Any], draw: Draw) -> dict[str, Any]:
        return {"inputs": inputs}

    def circumstances(self, question: Question) -> str:
        inputs = question.payload["inputs"].items()
        shapes = [f"`{name}` {_unbroken(value.shape)}" for name, value in inputs if isinstance(value, Tensor)]
        return f"The shapes were {', '.join(shapes)}." if shapes else ""

    @property
    def call(self) -> str:
        return f"check({self.id})"

    def mutants(self) -> Iterator[Mutant]:
        return mutants_of_code(self.reference)


def _unbroken(shape: torch.Size) -> str:
    """A shape that no line ends in."""
    return str(tuple(shape)).replace(", ", ",\u00a0")
