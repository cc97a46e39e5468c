"""What training reaches, measured: the figures on which an exercise with an outcome of training stands."""

from __future__ import annotations

import statistics
from collections.abc import Iterable

from grader.exercise.training_outcome import LUCK, REFERENCE, Measured, TrainingOutcome, too_close
from grader.questions.draw import Draw

SMALLEST = 1e-3  # a difference in accuracy that nobody need explain
ENOUGH = 6  # seeds from which a spread can be told


def measure(exercise: TrainingOutcome, seeds: Iterable[int] = range(10)) -> dict[str, tuple[float, float]]:
    """Mean and standard deviation of the accuracy of the reference and of each baseline."""
    answers = {REFERENCE: exercise.reference, **exercise.baselines}
    reached: dict[str, list[float]] = {name: [] for name in answers}
    for seed in seeds:
        (question,) = exercise.questions(Draw(seed))
        for name, answer in answers.items():
            reached[name].append(exercise.accuracy(question, exercise.outcome(answer, question).value))
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


def problems(exercise: TrainingOutcome, seeds: int) -> list[str]:
    """Why the exercise does not stand on what is measured now; nothing if it does.

    A few trainings show a mean that has drifted, and nothing of the spread.
    """
    measured = measure(exercise, range(seeds))
    crowded = too_close(measured) if seeds >= ENOUGH else ""
    return [*drifted(exercise, measured), *([crowded] if crowded else [])]
