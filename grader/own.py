"""What an instructor has changed of the course, without touching it: ``course.toml`` beside the package.

    [lessons.02_attention]
    leave_out = ["never_read", "why_scaled"]     # exercises, and questions that a person grades
    points = { attention = 12 }
    bonus = ["hard_gradient"]                    # asked and counted, and no part of the maximum
    source = "own/02_attention.py"               # a variant or translation, from the course's root

Whatever counts exercises or points follows: building, checks, grading, progress, the sums in the prose. What
is left out can still be what another exercise is built on.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

NAME = "course.toml"
PLACES = (Path(__file__).parents[1] / NAME, Path(__file__).with_name(NAME))  # in a clone, in a wheel


class OwnError(ValueError):
    """The file cannot be followed; the message says what to change in it."""

    def _render_traceback_(self) -> list[str]:  # in a notebook, the sentence is enough
        return [str(self)]


@dataclass(frozen=True)
class Changes:
    """What is changed of one lesson."""

    leave_out: frozenset[str] = frozenset()
    points: Mapping[str, float] = field(default_factory=dict)
    bonus: frozenset[str] = frozenset()
    source: Path | None = None


def changes(lesson: str) -> Changes:
    """What is changed of a lesson; nothing where there is no file, or no word of it.

    Raises:
        OwnError: the file is not as it is to be.
    """
    for place in PLACES:
        if place.is_file():
            return _read(place, place.stat().st_mtime_ns).get(lesson, Changes())
    return Changes()


def look_through(root: Path) -> None:
    """Read the whole file, before a command does anything that follows from it.

    Raises:
        OwnError: it is not as it is to be, tells of a lesson that is none, or lies in ``root``, the root of a
            course, while this environment's course is another.
    """
    read = next((place for place in PLACES if place.is_file()), None)
    here = root / NAME
    if (root / "nbgrader_config.py").is_file() and here.is_file() and not (read and read.samefile(here)):
        raise OwnError(
            f"{here} is not followed: the course of this environment reads {PLACES[0]}. Put it there."
        )
    if read:
        lessons = {place.name for place in (Path(__file__).parent / "exercises").iterdir() if place.is_dir()}
        if unknown := sorted(_read(read, read.stat().st_mtime_ns).keys() - lessons):
            raise OwnError(f"{NAME} tells of {', '.join(unknown)}, and there is no such lesson.")


@lru_cache(2)
def _read(place: Path, _: int) -> dict[str, Changes]:
    try:
        told = tomllib.loads(place.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise OwnError(f"{NAME} is no TOML ({error}).") from None
    lessons = told.pop("lessons", {})
    if told or not isinstance(lessons, dict):
        raise OwnError(f"{NAME} has {_listed(told) or 'lessons'}: it is to have tables [lessons.NN_name].")
    return {lesson: _changes(lesson, said, place.parent) for lesson, said in lessons.items()}


def _changes(lesson: str, said: Any, root: Path) -> Changes:
    here = f"{NAME}, [lessons.{lesson}]"
    if not isinstance(said, dict) or said.keys() - {"leave_out", "points", "bonus", "source"}:
        raise OwnError(f"{here}: it takes leave_out, points, bonus and source.")
    left, bonus = (_exercises(said, name, here) for name in ("leave_out", "bonus"))
    points, source = said.get("points", {}), said.get("source")
    if not (isinstance(points, dict) and all(_is_worth(worth) for worth in points.values())):
        raise OwnError(f"{here}: points is a table of exercises and numbers, such as {{ attention = 12 }}.")
    if source is not None and not (isinstance(source, str) and (root / source).is_file()):
        raise OwnError(f"{here}: there is no source {source}, as seen from the course's root.")
    return Changes(left, points, bonus, root / source if source else None)


def _exercises(said: Mapping[str, Any], name: str, here: str) -> frozenset[str]:
    told = said.get(name, [])
    if not (isinstance(told, list) and all(isinstance(exercise, str) for exercise in told)):
        raise OwnError(f'{here}: {name} is a list of exercises, such as ["never_read"].')
    return frozenset(told)


def _is_worth(worth: Any) -> bool:
    return isinstance(worth, int | float) and not isinstance(worth, bool) and worth >= 0


def _listed(told: Mapping[str, Any]) -> str:
    return ", ".join(sorted(told))
