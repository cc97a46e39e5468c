"""``grader remove``: a student leaves the course."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from grader.commands.said import said
from grader.terminal import say


def remove(
    student: Annotated[str, typer.Argument(help="The student's name in the course.")],
    yes: Annotated[bool, typer.Option("--yes", help="Remove without asking.")] = False,
) -> None:
    """Remove a student who leaves: work, feedback, grades and names. It cannot be taken back.

    Reports, exports and zips that were written before are not touched: write them anew.
    """
    from grader.course_folder import CourseError
    from grader.marks.leaving import held_of
    from grader.marks.leaving import remove as remove_all

    with said(CourseError):
        held = held_of(Path.cwd(), student)
    say(f"{student} is in:")
    for line in held.lines():
        say(f"  {line}")
    if not yes and not typer.confirm("Remove all this for good?"):
        raise typer.Exit(1)
    with said(CourseError):
        remove_all(Path.cwd(), held)
    say("Removed. Write report, feedback zip and exports anew: what was written before still has their name.")
