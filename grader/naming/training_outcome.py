"""What is wrong with a training: it learnt nothing, learnt by heart, or no more than a simple rule knows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from grader.exercise.training_outcome import LUCK, TrainingOutcome
from grader.naming.case import Case, Named

KNOWN, APART = 0.9, 0.3  # by heart: so much of its own images is right, and so much less of the new ones


def name(exercise: TrainingOutcome, cases: Sequence[Case]) -> Named | None:
    """A fact about the predictions; None where they are no predictions, or better than every baseline."""
    (case,) = cases
    try:
        accuracy = exercise.accuracy(case.question, case.given.value)
        own = exercise.by_heart(case.question, case.given.value)
    except ValueError:
        return None
    predicted = torch.as_tensor(case.given.value)
    if bool((predicted == predicted[0]).all()):
        return Named(f"Every image is given the same class, {predicted[0].item():g}.", "symptom")
    for rule in exercise.baselines:
        if _agrees(predicted, exercise.outcome(exercise.baselines[rule], case.question).value):
            return Named(f"It says of each image what “{rule}” says: training adds nothing to it.", "symptom")
    if own is not None and own >= KNOWN and accuracy <= own - APART:
        told = f"{own:.0%} of the images that it learnt from are right, and {accuracy:.1%} of the new ones"
        return Named(f"It has learnt by heart: {told}.", "symptom")
    for rule in sorted(exercise.baselines, key=lambda name: exercise.measured[name]):
        reached, spread = exercise.measured[rule]
        if accuracy <= reached + LUCK * spread:
            return Named(f"It is no better than “{rule}”, which reaches {reached:.1%}.", "symptom")
    if exercise.halfway and exercise.halfway.explains(accuracy):
        return Named(exercise.halfway.sentence, "symptom")
    return None


def _agrees(predicted: Tensor, other: Any) -> bool:
    return bool((predicted == torch.as_tensor(other)).all())
