"""Finding exercises: every one, those of a lesson, or the one a name belongs to."""

from __future__ import annotations

import difflib
import importlib
import pkgutil
from functools import cache

import grader.exercises
from grader.exercise import Exercise


class UnknownExercise(LookupError):
    """There is no exercise of that name; the message says which come close."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]  # in a notebook the sentence is enough


@cache
def lessons() -> dict[str, tuple[Exercise, ...]]:
    """Each lesson's exercises in the order of their file, lessons in order.

    Raises:
        ValueError: two exercises have the same id.
    """
    found: dict[str, tuple[Exercise, ...]] = {}
    seen: dict[str, str] = {}
    for info in pkgutil.iter_modules(grader.exercises.__path__, "grader.exercises."):
        module = importlib.import_module(info.name)
        exercises = tuple(value for value in vars(module).values() if isinstance(value, Exercise))
        for exercise in exercises:
            if exercise.id in seen:
                raise ValueError(
                    f"Two exercises are called {exercise.id!r}: in {seen[exercise.id]} and {info.name}."
                )
            seen[exercise.id] = info.name
        found[module.LESSON] = exercises
    return dict(sorted(found.items()))


def every_exercise() -> tuple[Exercise, ...]:
    """All exercises of the course, in the order of the lessons."""
    return tuple(exercise for exercises in lessons().values() for exercise in exercises)


def find(id: str) -> Exercise:
    """The exercise with this id.

    Raises:
        UnknownExercise: with the closest names.
    """
    known = {exercise.id: exercise for exercise in every_exercise()}
    if id in known:
        return known[id]
    close = difflib.get_close_matches(id, known, n=3, cutoff=0.4)
    advice = f"did you mean {' or '.join(close)}?" if close else "`grader exercises` lists them all."
    raise UnknownExercise(f"There is no exercise called {id!r}; {advice}")
