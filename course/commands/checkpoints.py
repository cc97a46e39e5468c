"""`course checkpoints`: which small trained models there are, making one, and reading its card."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from course.commands.said import at_once, refuse, warnings_said

app = typer.Typer(help="Small trained models for the lessons: list and make them, read their cards.")

Name = Annotated[str, typer.Argument(help="A checkpoint's name; `course checkpoints list` has them.")]


@app.command("list")
def every_checkpoint() -> None:
    """List every checkpoint: what it is, of which data, and whether it is here."""
    from rich.console import Console
    from rich.table import Table

    from course.checkpoints.recipes import RECIPES
    from course.checkpoints.shelf import PACKAGE, found

    table = Table(box=None, pad_edge=False)
    for column in ("name", "MB", "minutes", "here", "is", "of", "for"):
        table.add_column(
            column, justify="right" if column in ("MB", "minutes") else "left", no_wrap=column == "name"
        )
    for name, known in RECIPES.items():
        paths = found(name)
        size = f"{paths[0].stat().st_size / 1e6:.2f}" if paths else ""
        here = "no" if paths is None else "with the course" if paths[0].parent == PACKAGE else "yours"
        table.add_row(name, size, f"{known.minutes:.0f}", here, known.about, known.data, known.use)
    Console(width=None if sys.stdout.isatty() else 240, highlight=False).print(table)
    print("\nMinutes are those of one CPU core. `course checkpoints make NAME` makes one that is not here.")


@app.command()
def card(
    name: Name, as_json: Annotated[bool, typer.Option("--json", help="Print it as it is stored.")] = False
) -> None:
    """Print a checkpoint's card: where it comes from, and what it scores beside what baselines do."""
    from course.checkpoints import shelf

    try:
        found = shelf.card(name)
    except (OSError, ValueError) as problem:
        refuse(sentence(problem))
    print(json.dumps(found, indent=2, ensure_ascii=False) if as_json else told(found))


@app.command()
def make(
    name: Name,
    out: Annotated[
        Path | None,
        typer.Option(help="Where weights and card go; else checkpoints/ in COURSE_DATA or the user's cache."),
    ] = None,
    run: Annotated[Path | None, typer.Option(help="The folder of the training; else runs/NAME.")] = None,
) -> None:
    """Train a checkpoint on the CPU and write its card. Ctrl-C stops; the same command goes on."""
    at_once(f"Getting ready to make {name} …")
    from course.checkpoints.making import begin
    from course.checkpoints.making import make as make_it
    from course.checkpoints.recipes import known as known_by
    from course.checkpoints.shelf import own
    from course.commands.progress import Progress
    from course.commands.training import ending

    try:
        with warnings_said():
            known = known_by(name)
            method, data, kept = begin(name, known, run or Path("runs") / name)
    except (OSError, ValueError, TypeError) as problem:
        refuse(sentence(problem))
    with ending(kept, "the same command"):
        print(f"{kept.folder}: {known.about}; about {known.minutes:.0f} minutes of one core", flush=True)
        show = Progress(known.recipe.epochs, known.recipe.batch)
        print(told(make_it(name, known, method, data, kept, out or own(), show)))


def sentence(problem: Exception) -> str:
    """What a library says, as a sentence."""
    text = str(problem)
    return f"{text[0].upper()}{text[1:]}."


def told(card: dict[str, Any]) -> str:
    """A card as lines of text."""
    recipe = card["recipe"]
    lines = [
        f"{card['name']}: {card['about']}",
        f"for        {card['use']}",
        f"data       {card['data']}",
        f"made by    {card['command']}, commit {card['commit']}, {card['date']}",
        f"took       {card['minutes']} minutes on {card['machine']}",
        f"training   {card['steps']:,} steps of {recipe['batch']}, {recipe['epochs']} epochs, "
        f"learning rate {recipe['lr']}",
        f"size       {card['parameters']:,} parameters, {card['bytes'] / 1e6:.2f} MB in 16 bits",
        "scores",
    ]
    for score in card["scores"]:
        beside = "; ".join(f"{name} {short(value)}" for name, value in score["beside"].items())
        lines.append(f"  {short(score['this'])} beside {beside}: {score['what']}")
    return "\n".join(lines)


def short(value: float) -> str:
    """100.0, 20.1, 0.38"""
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"
