"""python -m grader.site [FOLDER] [--lesson NAME …]: the self-study site, into build/site or FOLDER."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from grader.building.lesson import BuildError, find_lessons
from grader.site.build import SiteError, build


def main(
    folder: Annotated[Path, typer.Argument(help="Where to write it.")] = Path("build/site"),
    lesson: Annotated[list[str] | None, typer.Option(help="Only these lessons: for trying things.")] = None,
) -> None:
    """Build the self-study site."""
    root = Path.cwd()
    try:
        chosen = [
            one for one in find_lessons(root) if not lesson or one.name[:2] in lesson or one.name in lesson
        ]
        build(root, folder.resolve(), chosen)
    except (BuildError, SiteError) as error:
        print(error, file=sys.stderr)
        raise typer.Exit(1) from None
    print(f"The site is in {folder}: open {folder / 'index.html'} in a browser.")


if __name__ == "__main__":
    typer.run(main)
