"""The table of docs/teachers.md: what each lesson needs, takes and is worth.

Needs and hours are the lesson's own ("**You need** …", "**Time** …"), exercises and points the catalogue's,
and what a person grades is marked in the lesson's source.
"""

from __future__ import annotations

import re
from pathlib import Path

from grader import catalogue
from grader.building.lesson import Lesson, find_lessons
from grader.exercise import Number

BEGIN, END = "<!-- python -m grader.handbook: from here -->", "<!-- to here -->"
BY_HAND = re.compile(r'^# %% \[markdown\].*\bby_hand="(\w+)".*\bpoints=(\d+)', re.MULTILINE)
NEEDS = re.compile(r"\*\*You need\*\* (.*?)(?:\. |$)")  # the first sentence
TIME = re.compile(r"\*\*Time\*\*:? (.*?)(?=[,;:(.]| half of| to read)")
NUMBER, RANGE = re.compile(r"\b(\d\d)\b"), re.compile(r"\b(\d\d) to (\d\d)\b")
HEAD = """| lesson | needs | takes | exercises | points | of these by a person | own numbers |
|:--|:--|:--|--:|--:|--:|:--|
"""


class NoSuchPlace(Exception):
    """A page has no place for the table; the message says what to write there."""


def page(root: Path, path: Path) -> str:
    """The page with its table made anew; all else stays.

    Raises:
        NoSuchPlace: the marks around the table are gone.
    """
    text = path.read_text(encoding="utf-8")
    if text.count(BEGIN) != 1 or text.count(END) != 1 or text.index(BEGIN) > text.index(END):
        raise NoSuchPlace(f"{path.name} needs the lines {BEGIN!r} and {END!r} around its table, once each.")
    before, _, rest = text.partition(BEGIN)
    rows = "".join(map(_row, find_lessons(root)))
    return f"{before}{BEGIN}\n\n{HEAD}{rows}\n{END}{rest.partition(END)[2]}"


def _row(lesson: Lesson) -> str:
    exercises = catalogue.of_lesson(lesson.name)
    source = lesson.source.read_text(encoding="utf-8")
    by_hand = [int(points) for _, points in BY_HAND.findall(source)]
    needs, takes = said(source)
    own = ", ".join(f"`{exercise.id}`" for exercise in exercises if isinstance(exercise, Number))
    points = sum(exercise.points for exercise in exercises) + sum(by_hand)
    cells = (
        f"[{lesson.name}](../lessons/{lesson.name}/{lesson.name}.ipynb)",
        ", ".join(needs),
        takes,
        str(len(exercises) + len(by_hand)),
        f"{points:g}",
        str(sum(by_hand) or ""),
        own,
    )
    return f"| {' | '.join(cells)} |\n"


def said(source: str) -> tuple[list[str], str]:
    """The lessons that a lesson says it needs, and the time that it says it takes."""
    asked = NEEDS.search(_in_one_line(source))
    told = asked[1] if asked else ""
    told = RANGE.sub(lambda ends: " ".join(f"{n:02}" for n in range(int(ends[1]), int(ends[2]) + 1)), told)
    return sorted(set(NUMBER.findall(told))), time_of(source).removeprefix("about ")


def time_of(source: str) -> str:
    """How long a lesson says that it takes: "about four hours"; nothing, where it does not say."""
    time = TIME.search(_in_one_line(source))
    return time[1].strip() if time else ""


def _in_one_line(source: str) -> str:
    return " ".join(re.sub(r"^# ?", "", source, flags=re.MULTILINE).split())
