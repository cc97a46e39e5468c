"""`grader prove` for every exercise, shorter than by hand: fewer seeds, and a sample of the mutants."""

import pytest

from grader import catalogue
from grader.exercise import TrainingOutcome
from grader.judging.prove import prove

SEEDS, TRAININGS = 6, 1


@pytest.mark.parametrize("exercise", catalogue.every_exercise(), ids=lambda exercise: exercise.id)
def test_the_checks_accept_what_is_right_and_name_what_is_wrong(exercise):
    assert prove(exercise, TRAININGS if isinstance(exercise, TrainingOutcome) else SEEDS).problems == []
