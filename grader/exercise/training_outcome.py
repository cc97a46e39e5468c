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
REFERENCE, HIDDEN, OWN = "reference", "hidden", "own"
NEAR = 0.9  # of the way from the best baseline to the reference: full marks
LUCK = 4  # standard deviations by which a right answer may fall short by chance, or a baseline exceed itself
Measured = Mapping[str, tuple[float, float]]  # mean and standard deviation of the accuracy, by name


@dataclass
class Trial(Question):
    """Data to train on, and what does not cross: the right classes of the hidden images, and which of them
    are no news: an answer has trained on them with their labels, and they do not count.
    """

    labels: Tensor = field(default_factory=lambda: torch.empty(0))
    own: Tensor = field(default_factory=lambda: torch.empty(0, dtype=torch.bool))


@dataclass(frozen=True)
class Halfway:
    """What can be reached without what an exercise is about.

    Args:
        name: by what.
        reached: mean and standard deviation of its accuracy, as measured.
        share: of the points that it is worth; the rest is for the way from there to the reference.
        sentence: what is said to who comes no further.
    """

    name: str
    reached: tuple[float, float]
    share: float
    sentence: str

    def explains(self, accuracy: float) -> bool:
        """Whether an accuracy is its own, but for luck."""
        mean, spread = self.reached
        return abs(accuracy - mean) <= LUCK * spread


class TrainingOutcome(Exercise):
    """The student writes a function that trains and predicts the class of hidden images.

    Points grow from the best baseline to the reference, both as measured; near the reference they are full.
    A `halfway` bends that line.

    Args:
        reference: a right answer, ``train(images, labels, hidden_images) -> (N,)`` classes.
        data: gives from a `Draw` the function's inputs in order, and under ``"hidden"`` the right classes;
            where images of the training stand again among the hidden ones, ``"own"`` is True at their places.
        baselines: rules that do not learn what is taught, by name; each is called as the reference is.
        measured: the accuracy of the reference and of each baseline.
        halfway: what is reached without the point of it, between the best baseline and the reference.
        seconds: time for one training.
    """

    kind = "training outcome"
    is_kept = True
    nothing_yet = "Nothing is written here yet, or a `return` is missing."

    def __init__(
        self,
        reference: Callable[..., Any],
        *,
        data: Callable[[Draw], dict[str, Any]],
        baselines: Mapping[str, Callable[..., Any]],
        measured: Measured,
        halfway: Halfway | None = None,
        seconds: float = 60.0,
        **common: Any,
    ) -> None:
        super().__init__(reference=reference, **common)
        self.data, self.baselines, self.measured = data, dict(baselines), dict(measured)
        self.halfway, self.seconds = halfway, seconds
        if self.measured.keys() != {REFERENCE, *self.baselines}:
            raise ValueError("`measured` gives the accuracy of the reference and of each baseline.")
        if problem := too_close(self.measured):
            raise ValueError(problem)
        if halfway and self.share(halfway.reached[0]) == 1.0:
            raise ValueError(f"“{halfway.name}” has full marks: it is no halfway.")

    @property
    def watches_operators(self) -> bool:
        return False  # training runs millions, and each is recorded with 2 kB

    @property
    def parts(self) -> tuple[str, ...]:
        return (PART,)

    def questions(self, draw: Draw) -> list[Question]:
        inputs = self.data(draw)
        labels = inputs.pop(HIDDEN)
        own = inputs.pop(OWN, torch.zeros(len(labels), dtype=torch.bool))
        return [Trial(PART, {"inputs": inputs, "seed": draw.integer(0, 2**31)}, labels=labels, own=own)]

    def expected(self, questions: Iterable[Question]) -> list[Outcome]:
        """The right classes: nothing needs to be trained for them."""
        return [Outcome(value=question.labels) for question in questions if isinstance(question, Trial)]

    # -- how good it is -------------------------------------------------------------------------------

    def accuracy(self, question: Question, given: Any) -> float:
        """The share of the hidden images that are right, of those that are new.

        Raises:
            ValueError: what was given is not a class for each image; the message is a sentence about it.
        """
        assert isinstance(question, Trial)
        return float(self._right(question, given)[~question.own].double().mean())

    def by_heart(self, question: Question, given: Any) -> float | None:
        """The share that is right of the images of the training; None where the hidden ones hold none.

        Raises:
            ValueError: as `accuracy` does.
        """
        assert isinstance(question, Trial)
        own = self._right(question, given)[question.own]
        return float(own.double().mean()) if len(own) else None

    def _right(self, question: Trial, given: Any) -> Tensor:
        """Which of the predictions are right: (N,)"""
        try:
            predicted = torch.as_tensor(given)
        except (TypeError, ValueError, RuntimeError, OverflowError):
            what = with_article(type_name(given))
            raise ValueError(f"It returns {what}; a class for each image is expected.") from None
        if predicted.shape != question.labels.shape:
            shapes = f"{tuple(predicted.shape)}; {tuple(question.labels.shape)}, a class for each image,"
            raise ValueError(f"The shape is {shapes} is expected.")
        return predicted == question.labels

    def share(self, accuracy: float) -> float:
        """The share of the points for an accuracy: 0 up to the best baseline, 1 near the reference."""
        (_, low), (high, spread) = best_baseline(self.measured), self.measured[REFERENCE]
        if accuracy >= min(low + NEAR * (high - low), high - LUCK * spread):
            return 1.0
        if self.halfway is None:
            return max(0.0, (accuracy - low) / (high - low))
        middle, worth = self.halfway.reached[0], self.halfway.share
        if accuracy <= middle:
            return max(0.0, worth * (accuracy - low) / (middle - low))
        return worth + (1 - worth) * (accuracy - middle) / (high - middle)

    def difference(self, question: Question, expected: Any, given: Any) -> Difference | None:
        try:
            accuracy = self.accuracy(question, given)
        except ValueError as error:
            return Difference.plain(str(error))
        if self.share(accuracy) == 1.0:
            return None
        name, low = best_baseline(self.measured)
        worth = "of the way"
        rules = f"“{name}” reaches {low:.1%}"
        if self.halfway:
            worth = "of the points"
            rules += f", “{self.halfway.name}” {self.halfway.reached[0]:.1%}"
        return Difference.plain(
            f"{accuracy:.1%} of the images are right. {rules}, the course's own training "
            f"{self.measured[REFERENCE][0]:.1%}: this is {self.share(accuracy):.0%} {worth}."
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
