"""One question with what was expected of it and what came: the evidence from which an answer is named."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from grader.asking.outcome import Outcome
from grader.exercise.base import Question


@dataclass(frozen=True, eq=False)
class Case:
    """A question, the right answer's outcome, the given one, and whether the two differ.

    Two cases are never equal: what they hold are tensors. So what is worked out of a case can be kept by it.
    """

    question: Question
    expected: Outcome
    given: Outcome
    wrong: bool

    @property
    def part(self) -> str:
        """The property that the question belongs to."""
        return self.question.part

    @property
    def sizes(self) -> dict[str, int]:
        """The sizes of the inputs' axes by name."""
        return self.question.sizes

    @property
    def inputs(self) -> dict[str, Any]:
        """The inputs by name, or what a number is computed from; none where nothing of that kind is asked."""
        payload = self.question.payload
        return payload.get("inputs", payload.get("given", {}))

    @property
    def has_gradient(self) -> bool:
        """Whether the question asks for gradients as well."""
        return "cotangent" in self.question.payload

    @property
    def right_value(self) -> Any:
        """The expected value, without the gradients that may stand beside it."""
        return _without_gradient(self.expected.value)

    @property
    def given_value(self) -> Any:
        """The given value, without the gradients that may stand beside it."""
        return _without_gradient(self.given.value)


STOPS = "stops"


@dataclass(frozen=True)
class Named:
    """A sentence for a wrong answer.

    ``how`` says what it rests on. That the answer gives what a known one gives: authored, slip, pair, term.
    What it does, seen from outside: wrapper (round the value), trivial (it ignores its inputs), rule (it
    breaks one). Where it is wrong, and no more: symptom, finding, error. That there is nothing but an error,
    whatever else seemed to hold: stops. ``slips`` are the sentences in it, one or two, by which a class
    report counts.
    """

    sentence: str
    how: str
    slips: tuple[str, ...] = ()


def _without_gradient(value: Any) -> Any:
    return value["value"] if isinstance(value, dict) and value.keys() == {"value", "gradient"} else value
