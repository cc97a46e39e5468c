"""Finding exercises: each is a file of its own, ``grader/exercises/LESSON/ID.py``, and is loaded alone.

In a student edition it is a recording of one in its place, ``ID.json.gz`` (`grader.edition`).

The file's name is the exercise's id, its folder the lesson, its docstring title and statement. In which order
a lesson asks its exercises is told by the cells of its source.
"""

from __future__ import annotations

import difflib
import gzip
import importlib.util
import json
import re
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from grader import own
from grader.exercise import Exercise, recorded

EXERCISES = Path(__file__).parent / "exercises"
WRITTEN, RECORDED = ".py", ".json.gz"
_POINTS = re.compile(r"^ +points=([\d.]+),$", re.MULTILINE)
_MARKER = re.compile(r'^# %%.*\bexercise="(\w+)"', re.MULTILINE)
_found: dict[tuple[Path, str], Path] = {}  # by folder and id: one grading asks for each many times


class Told(Exception):
    """An error whose sentence is enough: a notebook shows no traceback of it."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


class UnknownExercise(Told, LookupError):
    """There is no exercise of that name; the message says which come close."""


class BrokenExercise(Told, ValueError):
    """The file of an exercise cannot be used; the message says which, and why."""


def find(id: str) -> Exercise:
    """The exercise with this id. No other is loaded, but those on which it is built.

    Raises:
        UnknownExercise: with the closest names.
        BrokenExercise: its file cannot be used, or there are two of them.
    """
    return _load(file_of(id))


def reference(id: str) -> Any:
    """The right answer of an exercise, for another that is built on it."""
    return find(id).reference


def implementations(id: str) -> Sequence[Callable[..., Any]]:
    """What a test that students write is tried on."""
    return find(id).implementations  # type: ignore[attr-defined]


def file_of(id: str) -> Path:
    """The file of the exercise with this id; it is not loaded.

    Where it was found before it is not looked for anew: a second of that name, made while a process runs, is
    noticed by the next process.

    Raises:
        UnknownExercise: with the closest names.
        BrokenExercise: there are two.
    """
    found = _found.get((EXERCISES, id))
    if found is not None and found.is_file():
        return found
    files = sorted(_files(id)) if id.isidentifier() else []
    if not files:
        raise UnknownExercise(f"There is no exercise called {id!r}; {_advice(id)}")
    if len(files) > 1:
        first, second = (_shown(file) for file in files[:2])
        raise BrokenExercise(f"Two exercises are called {id!r}: {first} and {second}.")
    _found[EXERCISES, id] = files[0]
    return files[0]


def ids() -> dict[str, tuple[str, ...]]:
    """The exercises of each lesson by their ids, in order, but those left out; nothing is loaded."""
    found: dict[str, list[str]] = {}
    for file in sorted(_files("*")):
        found.setdefault(file.parent.name, []).append(_id(file))
    return {lesson: _asked(lesson, names) for lesson, names in found.items()}


def points(id: str) -> float:
    """What an exercise is worth. Its file is read, not run, where it says so in a line of its own."""
    file = file_of(id)
    told = own.changes(file.parent.name).points.get(id)
    return _points(file) if told is None else float(told)


def is_bonus(id: str) -> bool:
    """Whether the instructor has made an exercise a bonus (`grader.own`)."""
    return id in own.changes(file_of(id).parent.name).bonus


@cache
def _points(file: Path) -> float:
    told = None if is_recording(file) else _POINTS.search(file.read_text(encoding="utf-8"))
    return float(told[1]) if told else _load(file).points


def is_recording(file: Path) -> bool:
    """Whether an exercise's file is a recording, in which there is no answer."""
    return file.name.endswith(RECORDED)


def _files(name: str) -> Iterator[Path]:
    return (file for file in EXERCISES.glob(f"*/{name}.*") if file.name.endswith((WRITTEN, RECORDED)))


def _id(file: Path) -> str:
    return file.name.partition(".")[0]


def of_lesson(lesson: str) -> tuple[Exercise, ...]:
    """A lesson's exercises in order; none for a lesson that has none."""
    return tuple(find(id) for id in ids().get(lesson, ()))


def lessons() -> dict[str, tuple[Exercise, ...]]:
    """Every lesson's exercises, lessons and exercises in order."""
    return {lesson: tuple(find(id) for id in found) for lesson, found in ids().items()}


def every_exercise() -> tuple[Exercise, ...]:
    """All exercises of the course, in the order of the lessons."""
    return tuple(exercise for exercises in lessons().values() for exercise in exercises)


def _advice(id: str) -> str:
    known = [name for names in ids().values() for name in names]
    close = difflib.get_close_matches(id, known, n=3, cutoff=0.4)
    return f"did you mean {' or '.join(close)}?" if close else "`grader exercises` lists them all."


def _asked(lesson: str, names: list[str]) -> tuple[str, ...]:
    """But those left out: as the lesson's source asks them, then the others; by name where there is none."""
    changes = own.changes(lesson)
    names = [name for name in names if name not in changes.leave_out]
    source = changes.source or EXERCISES.parents[1] / "solutions" / lesson / f"{lesson}.py"
    text = source.read_text(encoding="utf-8") if source.is_file() else ""
    asked = [name for name in _MARKER.findall(text) if name in names]
    return tuple(dict.fromkeys([*asked, *names]))


# -- loading ------------------------------------------------------------------------------------------------

_running: list[Path] = []  # files that are being loaded, each on behalf of the one before it


@cache
def _load(file: Path) -> Exercise:
    exercise: Any
    if is_recording(file):
        told = json.loads(gzip.decompress(file.read_bytes()))
        exercise, text = recorded.read(told), told["text"]
    else:
        module = module_of(file, f"{__package__}.exercises")
        exercise, text = getattr(module, "exercise", None), module.__doc__ or ""
    if not isinstance(exercise, Exercise):
        raise BrokenExercise(f"{_shown(file)} does not end in `exercise = …`, one of the kinds of exercise.")
    exercise.points = float(own.changes(file.parent.name).points.get(_id(file), exercise.points))
    try:
        exercise.place(id=_id(file), lesson=file.parent.name, text=text)
    except ValueError as error:
        raise BrokenExercise(f"{_shown(file)}: {error}") from error
    return exercise


def module_of(file: Path, package: str) -> ModuleType:
    """A declaration's file as a module, under whose name Python finds the source of what it defines.

    Raises:
        BrokenExercise: with the line at which it went wrong.
    """
    name = f"{package}.{file.parent.name}.{file.stem}"
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise BrokenExercise(f"{_shown(file)} is not a Python file.")
    if file in _running:
        raise BrokenExercise(f"{_shown(file)} is built on itself.")
    _running.append(file)
    sys.modules[name] = module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        del sys.modules[name]
        if isinstance(error, BrokenExercise):
            raise  # it is another file that is broken
        raise BrokenExercise(f"{_shown(file)}{_why(error, file)}") from error
    finally:
        _running.pop()
    return module


def _why(error: Exception, file: Path) -> str:
    """The line of the file at which it went wrong, and what went wrong."""
    lines = [
        frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(file)
    ]
    line = error.lineno if isinstance(error, SyntaxError) else next(reversed(lines), None)
    what = str(error.msg if isinstance(error, SyntaxError) else error).split("\n")[0].rstrip(".")
    kind = "" if isinstance(error, ValueError) else f"{type(error).__name__}: "  # ours are sentences
    return f"{f', line {line}' if line else ''}: {kind}{what}."


def _shown(file: Path) -> str:
    return "/".join(file.parts[-4:])
