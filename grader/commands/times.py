"""``grader due`` and ``grader extend``: when a lesson is due, for all and for one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from grader.commands.said import said
from grader.terminal import say

Lesson = Annotated[str, typer.Argument(help="The lesson's name, such as 02_attention.")]
AGAIN = "`grader autograde {}` works penalties out anew."


def due(
    lesson: Lesson,
    when: Annotated[
        str | None, typer.Argument(help='"2026-11-22 23:59 Europe/Berlin", or never; without it, tell.')
    ] = None,
) -> None:
    """Say when a lesson is due, and print the moment as it was understood."""
    from grader.course_folder import CourseError
    from grader.intake.times import UnreadableTime, shown
    from grader.marks import due as dates

    with said(CourseError, UnreadableTime):
        time, longer = dates.due(Path.cwd(), lesson, when)
    here = f" ({time.astimezone():%Y-%m-%d %H:%M %Z} on this machine)" if time else ""
    say(f"{lesson} is {f'due at {shown(time)}{here}' if time else 'never due'}.")
    for student, until in longer.items():
        say(f"  {student} has until {shown(until)}")
    if when:
        say(AGAIN.format(lesson))


def extend(
    lesson: Lesson,
    student: Annotated[str, typer.Argument(help="The student's name in the course.")],
    until: Annotated[str, typer.Argument(help='"2026-11-25 23:59 Europe/Berlin".')],
) -> None:
    """Give one student more time, before or after they have handed in."""
    from grader.course_folder import CourseError
    from grader.intake.times import UnreadableTime, shown
    from grader.marks import due as dates

    with said(CourseError, UnreadableTime):
        time, later = dates.extend(Path.cwd(), lesson, student, until)
    say(f"{lesson} is due at {shown(time)} for {student}: {later} later than for all.")
    say(AGAIN.format(lesson))
