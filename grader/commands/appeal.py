"""``grader appeal``: a person's word on an answer that was refused wrongly."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from grader.commands.said import said
from grader.terminal import say


def appeal(
    student: Annotated[str, typer.Argument(help="The student's name in the course.")],
    exercise: Annotated[str, typer.Argument(help="The exercise's id; `grader exercises` lists them.")],
    because: Annotated[
        str, typer.Option(help="Why the answer stands, in a sentence that the student will read.")
    ] = "",
    points: Annotated[float | None, typer.Option(help="Give these points, whatever the checks find.")] = None,
    withdraw: Annotated[bool, typer.Option("--withdraw", help="Take back what was said.")] = False,
) -> None:
    """Say that an answer was refused wrongly, and grade that student anew.

    Look at the answer first. Without --points the accusation that it is not the student's own work is lifted,
    and the answer has the points for what it does. Either way your word is kept, and holds on every regrade,
    as long as the student hands in this answer; and the answer becomes a test for the exercise's author.
    """
    from grader.appeals import hearing
    from grader.catalogue import BrokenExercise, UnknownExercise
    from grader.course_folder import CourseError

    with said(CourseError, UnknownExercise, BrokenExercise):
        if withdraw and (because.strip() or points is not None):
            raise CourseError("--withdraw takes back what was said: give no --because and no --points.")
        if not withdraw and not because.strip():
            raise CourseError('Say why, in a sentence that the student will read: --because "…".')
        if withdraw:
            lines = hearing.withdraw(Path.cwd(), student, exercise)
        else:
            lines = hearing.appeal(Path.cwd(), student, exercise, because, points)
    for line in lines:
        say(line)
