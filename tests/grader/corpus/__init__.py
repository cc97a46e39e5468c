"""Answers to the exercises, right and wrong: what the grader is tested with.

``02_attention/`` and ``05_cost/`` hold the mistakes that the exercises once listed by hand, each with the
sentence that named it, and the correct alternatives. ``unseen/`` holds answers that were written from the
statements alone, before anything existed that could name them. They depend on nothing of the grader.
Formulas that are entries of one table today were exercises of their own, and keep these names here.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from tests.grader.corpus.collection import Collection, name_of

HERE = Path(__file__).parent
LISTED = ("02_attention", "05_cost")  # lessons
UNSEEN = "unseen"
ENTRIES = {  # of the exercise cost_table, by the name of the file that holds answers to it
    "mlp_parameters": "weights of (a)",
    "mlp_shape": "shape of (a)",
    "mlp_flops": "FLOPs of (a)",
    "attention_parameters": "weights of (b)",
    "attention_flops": "FLOPs of (b)",
}


@dataclass(frozen=True)
class Answer:
    """What a student would define. ``said_before`` is what is wrong with it, in somebody's words."""

    exercise: str
    name: str
    answer: Any
    right: bool
    said_before: str = ""

    @property
    def unseen(self) -> bool:
        return self.name.startswith(f"{UNSEEN}: ")


def exercises() -> list[str]:
    """The ids of the exercises that have answers here, by lesson."""
    return [file.stem for lesson in LISTED for file in sorted((HERE / lesson).glob("*.py"))]


@cache
def answers(exercise: str) -> list[Answer]:
    """All answers to an exercise: the wrong ones, the right ones, and those written unseen."""
    found = [answer for lesson in LISTED for answer in _read(HERE / lesson / f"{exercise}.py", exercise)]
    found += _read(HERE / UNSEEN / f"{exercise}.py", exercise, f"{UNSEEN}: ")
    names = [answer.name for answer in found]
    if twice := {name for name in names if names.count(name) > 1}:
        raise ValueError(f"Two answers to {exercise} have the same name: {', '.join(sorted(twice))}")
    return found


def _read(file: Path, exercise: str, prefix: str = "") -> list[Answer]:
    if not file.is_file():
        return []
    wrong, right = _listed(_load(file))
    return [
        *(Answer(exercise, prefix + name_of(answer), answer, False, said) for answer, said in wrong),
        *(Answer(exercise, prefix + name_of(answer), answer, True) for answer in right),
    ]


def _listed(module: ModuleType) -> tuple[Iterable[tuple[Any, str]], Iterable[Any]]:
    """The wrong and the right answers of a file: a collection of functions, or tables of texts or choices."""
    collected: Collection | None = getattr(module, "answers", None)
    if collected is not None:
        return collected.wrongs, collected.rights
    wrong = module.WRONG
    return (wrong.items() if isinstance(wrong, dict) else wrong), module.RIGHT


def _load(file: Path) -> ModuleType:
    """A file as a module; folders of lessons have names that no import statement can say."""
    spec = importlib.util.spec_from_file_location(f"corpus_{file.parent.name}_{file.stem}", file)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
