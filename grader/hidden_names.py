"""In a notebook: what has no value when the notebook is graded has none while `check` asks an answer.

Demonstrations that are marked as long are not run for grading, so an answer that uses what only they define
would be right here and worth nothing there. Which they are is told by the released lesson beside the package,
and which names hang on them by the cells that were run. Without either nothing is hidden.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, MutableMapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from grader import catalogue
from grader.configure import RELEASES
from grader.demonstrations import absent, is_long
from grader.uses import WORD, uses

INPUTS = "In"  # where IPython keeps the cells that were run
ALIKE = 0.6  # of their words: a demonstration in which something was changed still is one


@contextmanager
def hidden(lesson: str, namespace: MutableMapping[str, Any]) -> Iterator[dict[str, str]]:
    """Take what is missing in grading out of a notebook's names while the block lasts.

    Yields:
        The names that are missing, each with that of the long demonstration which it hangs on.
    """
    missing = _missing(lesson, namespace)
    taken: dict[str, Any] = {}
    try:
        for name in missing.keys() & namespace.keys():
            taken[name] = namespace[name]
            del namespace[name]
        yield missing
    finally:
        namespace.update(taken)


def _missing(lesson: str, namespace: MutableMapping[str, Any]) -> dict[str, str]:
    demonstrations, inputs = _long_demonstrations(lesson), namespace.get(INPUTS)
    if not demonstrations or not isinstance(inputs, list):
        return {}
    run = [uses(text) for text in inputs if isinstance(text, str) and not _is_one(text, demonstrations)]
    return absent(run, {name for text in demonstrations for name in uses(text).defines})


def _is_one(text: str, demonstrations: Sequence[str]) -> bool:
    """Whether a cell that was run is one of these, or a part of one, and defines nothing of its own."""
    lines, defines = {line.strip() for line in text.split("\n")}, uses(text).defines
    for demonstration in demonstrations:
        if defines and defines <= uses(demonstration).defines:
            is_part = lines <= {line.strip() for line in demonstration.split("\n")}
            if is_part or _likeness(text, demonstration) >= ALIKE:
                return True
    return False


def _likeness(one: str, other: str) -> float:
    a, b = Counter(WORD.findall(one)), Counter(WORD.findall(other))
    return 2 * (a & b).total() / max(1, (a + b).total())


def _long_demonstrations(lesson: str) -> tuple[str, ...]:
    """The texts of the lesson's long demonstrations; none where its notebook is not there or not whole."""
    released = catalogue.EXERCISES.parents[1] / RELEASES / lesson / f"{lesson}.ipynb"
    try:
        return _read(released, released.stat().st_mtime_ns)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return ()


@lru_cache(maxsize=8)
def _read(notebook: Path, changed: int) -> tuple[str, ...]:
    """``changed`` is when the file was: a student may be working in it."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return tuple("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code" and is_long(cell))
