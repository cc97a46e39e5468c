"""Exercises whose answer is a test: the student says what must hold; right and wrong code is held to it."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from grader.exercise.base import Exercise, Question
from grader.exercise.compare import Difference
from grader.judging.mutants import Mutant, mutants_of_code
from grader.questions.draw import Draw

ACCEPTS = "accepts code that is right"


class PropertyTest(Exercise):
    """The student writes a test that takes an implementation and asserts what must hold of it.

    ``right`` are implementations it must accept; ``wrong`` maps a description, read after "rejects code
    that …", to one it must reject. Rejecting counts only for a test that accepts what is right.
    """

    kind = "property test"
    nothing_yet = "The test never calls the function that it is handed: is something left to write?"

    def __init__(
        self,
        id: str,
        title: str,
        *,
        right: Sequence[Callable[..., Any]],
        wrong: dict[str, Callable[..., Any]],
        **common: Any,
    ) -> None:
        super().__init__(id, title, **common)
        self.right, self.wrong = list(right), wrong

    @property
    def implementations(self) -> list[Callable[..., Any]]:
        return [*self.right, *self.wrong.values()]

    @property
    def parts(self) -> tuple[str, ...]:
        return (ACCEPTS, *(f"rejects code that {description}" for description in self.wrong))

    def questions(self, draw: Draw) -> list[Question]:
        parts = [ACCEPTS] * len(self.right) + list(self.parts[1:])
        order = draw.shuffled(range(len(parts)))  # the place in the order tells the test nothing
        return [
            Question(parts[i], {"exercise": self.id, "index": i, "seed": draw.integer(0, 2**31)})
            for i in order
        ]

    def difference(self, expected: Any, given: Any) -> Difference | None:
        match given:
            case {"accepts": bool(accepts), "because": str(because), "summary": str(summary)}:
                pass
            case _:
                return Difference.plain("It is not a test function.")
        if accepts == expected["accepts"]:
            return None
        if accepts:
            return Difference.plain("Your test accepts it.")
        return Difference(*(f"Your test rejects it. {told}".strip() for told in (because, summary)))

    def same(self, one: Any, other: Any) -> bool:
        return self.difference(one, other) is None

    def score(self, held: dict[str, bool]) -> float:
        rejected = [held[part] for part in self.parts if part != ACCEPTS]
        return self.points * sum(rejected) / len(rejected) if held[ACCEPTS] else 0.0

    @property
    def call(self) -> str:
        return f"check({self.id})"

    def mutants(self) -> Iterator[Mutant]:
        return mutants_of_code(self.reference, within=ast.Assert)  # its inputs are its own affair
