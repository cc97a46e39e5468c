"""The course's own answers as text, for lessons that build on an exercise of an earlier one.

In a notebook they stand in for what a reader has not passed; there they are no secret, as the exercises they
come from lie beside `check`, which compares with them. A kernel that is graded has no exercises: it is handed
those that its notebook asks for, of the lessons before its own and no others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from grader import catalogue
from grader.catalogue import UnknownExercise
from grader.excerpt import excerpt
from grader.exercise import Exercise
from grader.exercise.solution import BEGIN, END
from grader.student.mine import Answer, NotMine, of_the_course

BUILT_ON = re.compile(r'^(\w+) = reference\("(\w+)"\)\n', re.MULTILINE)
ASKED_FOR = re.compile(r"\bmine\.([^\W\d]\w*)")
NONE_HERE = ", which this edition does not have: whatever calls it will say so"
NO_ANSWER = """def {0}(*arguments, **others):
    raise NotImplementedError("{0} is your own to write, in an earlier lesson: this edition has no answers.")
"""
MOST = 30_000  # signs of all texts that one kernel is handed


def goes_on(exercise: Exercise) -> bool:
    """Whether later lessons can call what an exercise asks for: a function or a class."""
    return exercise.call == f"check({exercise.id})"


def text(id: str) -> str:
    """The course's own answer, with all that it needs.

    Raises:
        UnknownExercise: there is no such exercise.
    """
    file = catalogue.file_of(id)
    if catalogue.is_recording(file):
        return NO_ANSWER.format(id)
    own = file.read_text(encoding="utf-8")
    own = "\n".join(line for line in own.split("\n") if line.strip() not in (BEGIN, END))
    built_on = [text(other) for _, other in BUILT_ON.findall(own)]
    own = BUILT_ON.sub(lambda found: "" if found[1] == found[2] else f"{found[1]} = {found[2]}\n", own)
    return excerpt(id, [*built_on, own])


def answer(id: str) -> Answer:
    """The course's own answer to an exercise.

    Raises:
        NotMine: there is no such exercise, or it asks for nothing that later lessons can call.
    """
    try:
        exercise = catalogue.find(id)
    except UnknownExercise as error:
        raise NotMine(str(error)) from None
    if not goes_on(exercise):
        raise NotMine(f"`{id}` is a {exercise.kind}; later lessons get functions and classes.")
    because = NONE_HERE if catalogue.is_recording(catalogue.file_of(id)) else ""
    return of_the_course(id, exercise.lesson, text(id), because)


def handed_on(
    cells: Iterable[Mapping[str, Any]], exercises: Sequence[Exercise]
) -> dict[str, tuple[str, str]]:
    """What a notebook with these exercises asks of earlier lessons: name -> lesson and text."""
    lesson = min((exercise.lesson for exercise in exercises), default="")
    code = (cell["source"] for cell in cells if cell["cell_type"] == "code")
    handed: dict[str, tuple[str, str]] = {}
    left = MOST
    for name in dict.fromkeys(name for source in code for name in ASKED_FOR.findall(source)):
        try:
            found = catalogue.find(name)
        except UnknownExercise:
            continue
        if found.lesson < lesson and goes_on(found) and len(written := text(name)) <= left:
            handed[name] = (found.lesson, written)
            left -= len(written)
    return handed
