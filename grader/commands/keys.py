"""Handing out keys: ``grader key`` for one student, ``grader keys`` for everybody on the roster."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Annotated

import typer

from grader.commands.said import fail, said
from grader.questions.personal import (
    PUBLIC_SECRET,
    SECRET_FILE,
    course_secret,
    plain_name,
    readable,
    student_key,
)
from grader.terminal import errors, say

NO_SECRET = (
    "This course has no secret yet, so anyone can work {} out. Put one in {} beside nbgrader_config.py, "
    "or in COURSE_SECRET."
)


def key(student: Annotated[str, typer.Argument(help="The student's id in the course.")]) -> None:
    """Print the key that gives a student their own numbers."""
    secret = course_secret()
    if secret == PUBLIC_SECRET:
        errors.print(NO_SECRET.format("this key", SECRET_FILE))
    print(readable(student_key(secret, student)))


def keys(
    roster: Annotated[Path, typer.Option(help="A CSV with the columns id, name, as for `grader collect`.")],
    out: Annotated[Path, typer.Option(help="The file to write.")] = Path("keys.csv"),
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
) -> None:
    """Write the id and the key that each student on the roster signs in with, beside their name."""
    from course.whole_files import replacing
    from grader.intake.roster import RosterError, read_roster
    from grader.marks.export import guarded

    secret = course_secret()
    if secret == PUBLIC_SECRET:
        raise fail(NO_SECRET.format("keys", SECRET_FILE))
    with said(RosterError):
        people = read_roster(roster).people.values()
    if out.exists() and not force:
        raise fail(f"{out} is there already: give another file with --out, or --force to replace it.")
    with replacing(out) as growing, growing.open("w", encoding="utf-8-sig", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(["id", "name", "key"])
        for person in people:
            known = [guarded(text) for text in (plain_name(person.id), person.name)]
            lines.writerow([*known, readable(student_key(secret, person.id))])
    say(
        f"{len(people)} keys: {out}. Give each student their own line: id and key are what they sign in with."
    )
