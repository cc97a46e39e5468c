"""What training reaches, measured: the figures on which an exercise with an outcome of training stands."""

from __future__ import annotations

import statistics
from collections.abc import Iterable

from grader.exercise.training_outcome import LUCK, REFERENCE, Measured, TrainingOutcome, too_close
from grader.questions.draw import Draw

SMALLEST = 1e-3  # a difference in accuracy that nobody need explain


def measure(exercise: TrainingOutcome, seeds: Iterable[int] = range(10)) -> dict[str, tuple[float, float]]:
    """Mean and standard deviation of the accuracy of the reference and of each baseline."""
    answers = {REFERENCE: exercise.reference, **exercise.baselines}
    reached: dict[str, list[float]] = {name: [] for name in answers}
    for seed in seeds:
        (question,) = exercise.questions(Draw(seed))
        for name, answer in answers.items():
            reached[name].append(exercise.accuracy(question, exercise.outcome(answer, question).value))
    return {name: (statistics.fmean(values), statistics.stdev(values)) for name, values in reached.items()}


def problems(exercise: TrainingOutcome, measured: Measured) -> list[str]:
    """Why the exercise does not stand on what is measured now; nothing if it does."""
    found = [
        f"{name} reaches {now:.3f}, and the exercise says {said:.3f}"
        for name, (said, spread) in exercise.measured.items()
        if abs((now := measured[name][0]) - said) > max(LUCK * spread, SMALLEST)
    ]
    problem = too_close(measured)
    return [*found, problem] if problem else found
