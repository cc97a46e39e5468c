"""``grader autograde``: the command line's side of grading a class."""

from __future__ import annotations

import json
import os
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer

from grader.commands.said import said
from grader.terminal import errors, say

INTERRUPTED = 130  # what a shell reports for Ctrl-C


def autograde(
    lesson: Annotated[str, typer.Argument(help="The lesson's name, such as 02_attention.")],
    jobs: Annotated[
        int | None,
        typer.Option(min=1, help="How many workers; as many as there are processors, if not said."),
    ] = None,
    student: Annotated[
        list[str] | None, typer.Option(help="Only those whose names match this pattern; may be repeated.")
    ] = None,
    db: Annotated[
        str | None, typer.Option(help="The gradebook's URL, such as postgresql+psycopg://HOST/NAME.")
    ] = None,
    scheduler: Annotated[
        str | None, typer.Option(help="Grade on the Dask cluster at this address, tcp://HOST:PORT.")
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Grade again what is finished and unchanged.")
    ] = False,
    limit: Annotated[
        float | None, typer.Option(min=1, help="Seconds that one submission may take in all.")
    ] = None,
    require_sandbox: Annotated[
        bool, typer.Option("--require-sandbox", help="Refuse where student code cannot be confined.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
) -> None:
    """Grade the submissions to a lesson, and enter them in the gradebook.

    What was finished by an earlier run, and has not changed, is not graded again. Exit status 1 if something
    could not be graded; it has no score then, rather than zero.
    """
    from grader.batch import ahead

    with nullcontext() if scheduler else ahead.loading(Path.cwd()):
        from grader.batch.run import SECONDS_PER_NOTEBOOK, Options, autograde
        from grader.course_folder import CourseError

        options = Options(
            jobs=jobs or os.cpu_count() or 1,
            students=tuple(student or ()),
            db_url=db,
            scheduler=scheduler,
            force=force,
            seconds=limit or SECONDS_PER_NOTEBOOK,
            require_sandbox=require_sandbox,
        )
        with said(CourseError):
            summary = autograde(Path.cwd(), lesson, options)
    if as_json:
        print(json.dumps(summary.to_json(), indent=2, ensure_ascii=False))
    else:
        for line in summary.lines():
            say(line)
    if summary.is_interrupted:
        errors.print("Stopped. What was finished is in the gradebook; to go on, run the same command again.")
        raise typer.Exit(INTERRUPTED)
    raise typer.Exit(1 if summary.not_gradable else 0)
