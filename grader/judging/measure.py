"""What training reaches, measured: the figures on which an exercise with an outcome of training stands."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from grader.asking.outcome import Outcome
from grader.exercise import Question
from grader.exercise.training_outcome import LUCK, REFERENCE, Measured, TrainingOutcome, too_close
from grader.questions.draw import Draw

SMALLEST = 1e-3  # a difference in accuracy that nobody need explain
ENOUGH = 6  # seeds from which a spread can be told
Trained = Callable[[Any, int], tuple[Question, Outcome]]  # of an answer, and a seed


def trained(exercise: TrainingOutcome) -> Trained:
    """What an answer is asked with a seed, and what comes of it: once, as it takes seconds."""

    @lru_cache
    def once(answer: Any, seed: int) -> tuple[Question, Outcome]:
        (question,) = exercise.questions(Draw(seed))
        return question, exercise.outcome(answer, question)

    return once


def measure(
    exercise: TrainingOutcome, seeds: Iterable[int], asked: Trained
) -> dict[str, tuple[float, float]]:
    """Mean and standard deviation of the accuracy of the reference and of each baseline."""
    answers = {REFERENCE: exercise.reference, **exercise.baselines}
    reached: dict[str, list[float]] = {name: [] for name in answers}
    for seed in seeds:
        for name, answer in answers.items():
            question, outcome = asked(answer, seed)
            reached[name].append(exercise.accuracy(question, outcome.value))
    return {
        name: (statistics.fmean(values), statistics.stdev(values) if len(values) > 1 else 0.0)
        for name, values in reached.items()
    }


def drifted(exercise: TrainingOutcome, measured: Measured) -> list[str]:
    """What is measured now and is not what the exercise says, but for chance."""
    return [
        f"{name} reaches {now:.3f}, and the exercise says {said:.3f}"
        for name, (said, spread) in exercise.measured.items()
        if abs((now := measured[name][0]) - said) > max(LUCK * spread, SMALLEST)
    ]


def problems(exercise: TrainingOutcome, seeds: int, asked: Trained) -> list[str]:
    """Why the exercise does not stand on what is measured now; nothing if it does.

    A few trainings show a mean that has drifted, and nothing of the spread.
    """
    measured = measure(exercise, range(seeds), asked)
    crowded = too_close(measured) if seeds >= ENOUGH else ""
    return [*drifted(exercise, measured), *([crowded] if crowded else [])]
