"""The `course` command."""

import json
from dataclasses import asdict
from typing import Annotated

import typer

from course.commands import checkpoints, data
from course.commands.caption import caption
from course.commands.doctor import examine, show
from course.commands.evaluate import evaluate
from course.commands.finetune import finetune
from course.commands.pretrain import methods, pretrain
from course.commands.retrieve import retrieve
from course.terminal import print_anywhere

app = typer.Typer(help="Tools for whoever reads the course.", no_args_is_help=True, add_completion=False)
app.add_typer(data.app, name="data")
app.add_typer(checkpoints.app, name="checkpoints")
app.command()(methods)
app.command()(pretrain)
app.command()(finetune)
app.command()(evaluate)
app.command()(caption)
app.command()(retrieve)


@app.callback()
def course() -> None:
    """Tools for whoever reads the course."""
    print_anywhere()


@app.command()
def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
) -> None:
    """Look whether everything that the lessons need is here, and say what to do where it is not."""
    findings = examine()
    if as_json:
        print(json.dumps([asdict(finding) for finding in findings], indent=2, ensure_ascii=False))
    else:
        show(findings)
    if any(finding.state == "broken" for finding in findings):
        raise typer.Exit(1)
