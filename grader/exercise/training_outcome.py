"""Exercises that are judged by what comes of training: accuracy on images whose labels stay with the judge.

Accuracy hangs on chance, so two things are fixed by measurement (`grader.judging.measure`): what the best
simple rule reaches, where points begin, and what the reference reaches, near which they are full.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from grader.asking.outcome import Outcome
from grader.asking.rules import with_article
from grader.asking.wire import type_name
from grader.exercise.base import Exercise, Question
from grader.exercise.compare import Difference
from grader.exercise.solution import of_code
from grader.questions.draw import Draw

PART = "images that it has not seen are recognised"
REFERENCE, HIDDEN = "reference", "hidden"
NEAR = 0.9  # of the way from the best baseline to the reference: full marks
LUCK = 4  # standard deviations by which a right answer may fall short by chance, or a baseline exceed itself
Measured = Mapping[str, tuple[float, float]]  # mean and standard deviation of the accuracy, by name


@dataclass
class Trial(Question):
    """Data to train on, and the right classes of the hidden images, which do not cross."""

    labels: Tensor = field(default_factory=lambda: torch.empty(0))


class TrainingOutcome(Exercise):
    """The student writes a function that trains and predicts the class of hidden images.

    Points grow from the best baseline to the reference, both as measured; near the reference they are full.

    Args:
        reference: a right answer, ``train(images, labels, hidden_images) -> (N,)`` classes.
        data: gives from a `Draw` the function's inputs in order, and under ``"hidden"`` the right classes.
        baselines: rules that do not learn what is taught, by name; each is called as the reference is.
        measured: the accuracy of the reference and of each baseline.
        seconds: time for one training.
    """

    kind = "training outcome"
    nothing_yet = "Nothing is written here yet, or a `return` is missing."

    def __init__(
        self,
        reference: Callable[..., Any],
        *,
        data: Callable[[Draw], dict[str, Any]],
        baselines: Mapping[str, Callable[..., Any]],
        measured: Measured,
        seconds: float = 60.0,
        **common: Any,
    ) -> None:
        super().__init__(reference=reference, **common)
        self.data, self.baselines, self.measured = data, dict(baselines), dict(measured)
        self.seconds = seconds
        if self.measured.keys() != {REFERENCE, *self.baselines}:
            raise ValueError("`measured` gives the accuracy of the reference and of each baseline.")
        if problem := too_close(self.measured):
            raise ValueError(problem)

    @property
    def watches_operators(self) -> bool:
        return False  # training runs millions, and each is recorded with 2 kB

    @property
    def parts(self) -> tuple[str, ...]:
        return (PART,)

    def questions(self, draw: Draw) -> list[Question]:
        inputs = self.data(draw)
        labels = inputs.pop(HIDDEN)
        return [Trial(PART, {"inputs": inputs, "seed": draw.integer(0, 2**31)}, labels=labels)]

    def expected(self, questions: Iterable[Question]) -> list[Outcome]:
        """The right classes: nothing needs to be trained for them."""
        return [Outcome(value=question.labels) for question in questions if isinstance(question, Trial)]

    # -- how good it is -------------------------------------------------------------------------------

    def accuracy(self, question: Question, given: Any) -> float:
        """The share of the hidden images that are right.

        Raises:
            ValueError: what was given is not a class for each image; the message is a sentence about it.
        """
        assert isinstance(question, Trial)
        try:
            predicted = torch.as_tensor(given)
        except (TypeError, ValueError, RuntimeError, OverflowError):
            what = with_article(type_name(given))
            raise ValueError(f"It returns {what}; a class for each image is expected.") from None
        if predicted.shape != question.labels.shape:
            shapes = f"{tuple(predicted.shape)}; {tuple(question.labels.shape)}, a class for each image,"
            raise ValueError(f"The shape is {shapes} is expected.")
        return float((predicted == question.labels).double().mean())

    def share(self, accuracy: float) -> float:
        """The share of the points for an accuracy: 0 up to the best baseline, 1 near the reference."""
        (_, low), (high, spread) = best_baseline(self.measured), self.measured[REFERENCE]
        if accuracy >= min(low + NEAR * (high - low), high - LUCK * spread):
            return 1.0
        return max(0.0, (accuracy - low) / (high - low))

    def difference(self, question: Question, expected: Any, given: Any) -> Difference | None:
        try:
            accuracy = self.accuracy(question, given)
        except ValueError as error:
            return Difference.plain(str(error))
        if self.share(accuracy) == 1.0:
            return None
        name, low = best_baseline(self.measured)
        return Difference.plain(
            f"{accuracy:.1%} of the images are right. “{name}” reaches {low:.1%}, training "
            f"{self.measured[REFERENCE][0]:.1%}: this is {self.share(accuracy):.0%} of the way."
        )

    def earned(
        self, questions: Sequence[Question], given: Sequence[Outcome], held: Mapping[str, bool]
    ) -> float:
        """Points for the way from the best baseline to the reference; none for what cannot be read."""
        (question,), (outcome,) = questions, given
        try:
            share = 0.0 if outcome.failure else self.share(self.accuracy(question, outcome.value))
        except ValueError:
            share = 0.0
        return self.points * share

    @property
    def call(self) -> str:
        return f"check({self.id})"

    @property
    def solution(self) -> str:
        return of_code(self.reference)


def best_baseline(measured: Measured) -> tuple[str, float]:
    """The baseline that reaches most, and how much."""
    return max(((n, mean) for n, (mean, _) in measured.items() if n != REFERENCE), key=lambda found: found[1])


def too_close(measured: Measured) -> str:
    """What is wrong with an exercise in which luck decides; nothing where it does not.

    From the best baseline to full marks there are four standard deviations, and four more to the reference.
    """
    (name, low), (high, spread) = best_baseline(measured), measured[REFERENCE]
    sigma = math.hypot(spread, measured[name][1])
    if high - low >= 2 * LUCK * sigma:
        return ""
    return (
        f"the reference ({high:.3f}) lies {high - low:.3f} above “{name}”, less than {2 * LUCK} standard "
        f"deviations of {sigma:.4f}."
    )
