"""``mine.attention``: a reader's own answer of an earlier lesson, or the course's where there is none.

Either is text, run in a namespace of its own, and says once in each cell which of the two it is. Where a
submission is graded it is always the course's (`grader.references`): nobody pays twice for one exercise.
"""

from __future__ import annotations

import json
import linecache
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from grader.asking.outcome import COURSES

VARIABLE = "COURSE_REFERENCES"  # of the environment: the course's answers that a graded kernel is handed


@dataclass(frozen=True)
class Answer:
    """An answer as text.

    Args:
        name: what it defines.
        text: the program.
        file: where it stands.
        said: which one it is, in a sentence.
        where: its file, as it is said.
    """

    name: str
    text: str
    file: str
    said: str
    where: str = ""


class NotMine(AttributeError):
    """There is no such answer; the message says what there is instead."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


class Mine:
    """The answers of earlier lessons as attributes: ``mine.attention(q, k, v)``.

    Args:
        find: gives for a name the answers that there are, the best one first; raises `NotMine`.
        kept: lines about the answers that are kept.
    """

    def __init__(self, find: Callable[[str], list[Answer]], kept: Callable[[], list[str]]) -> None:
        self._find, self._kept = find, kept
        self._loaded: dict[tuple[str, str], Any] = {}
        self._said: set[tuple[str, int]] = set()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)  # asked by Python and IPython, of everything
        *others, last = self._find(name)
        for answer in others:
            try:
                return self._load(answer)
            except Exception as error:  # whatever a reader's file does
                why = str(error).split("\n")[0].rstrip(".")
                self._say(f"`{name}` in {answer.where} cannot be loaded ({type(error).__name__}: {why}).")
        return self._load(last)

    def __repr__(self) -> str:
        return "\n".join(self._kept())

    def _load(self, answer: Answer) -> Any:
        known = (answer.file, answer.text)
        if known not in self._loaded:
            space: dict[str, Any] = {"__name__": f"mine_{answer.name}"}
            exec(compile(answer.text, answer.file, "exec"), space)
            lines = answer.text.splitlines(keepends=True)
            linecache.cache[answer.file] = (len(answer.text), None, lines, answer.file)
            self._loaded[known] = space[answer.name]
        self._say(answer.said)
        return self._loaded[known]

    def _say(self, sentence: str) -> None:
        """Print it, once in each cell."""
        if (sentence, _cell()) not in self._said:
            self._said.add((sentence, _cell()))
            print(sentence)


def of_the_course(name: str, lesson: str, text: str, because: str = "") -> Answer:
    """The course's own answer."""
    return Answer(name, text, f"{COURSES}{lesson}/{name}.py", f"`{name}`: the course's own answer{because}.")


def handed_in(name: str) -> list[Answer]:
    """The course's answer that this process was handed, as a submission is graded here.

    Raises:
        NotMine: it was not handed such a one.
    """
    handed = json.loads(os.environ.get(VARIABLE, "{}"))
    if name not in handed:
        raise NotMine(f"No lesson before this one has an answer `{name}`.")
    return [of_the_course(name, *handed[name])]


def is_handed_in() -> bool:
    """Whether this process has the answers that it was handed, and no others."""
    return VARIABLE in os.environ


def _cell() -> int:
    """The number of the cell that runs; 0 outside of a notebook."""
    if "IPython" not in sys.modules:
        return 0
    from IPython.core.getipython import get_ipython

    shell: Any = get_ipython()
    return 0 if shell is None else int(shell.execution_count)
