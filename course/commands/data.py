"""`course data`: which sets of images there are, fetching them, looking whether they are whole, seeing them.

Exit status: 0 where all went well, 1 where one thing did not; the others are done all the same.
"""

import base64
import re
import sys
from pathlib import Path
from typing import Annotated

import typer

from course.commands.said import failed, refuse, warnings_said

app = typer.Typer(help="Sets of images: list, fetch, verify and show them.", no_args_is_help=True)

COLUMNS = 8  # of a contact sheet

Set = Annotated[str, typer.Argument(help="A set's name (`course data list`), or a folder or archive.")]


@app.command("list")
def every_set() -> None:
    """List every set that has a name."""
    from rich.console import Console
    from rich.table import Table

    from course.data.by_name import SETS
    from course.data.real import SOURCES, place

    table = Table(box=None, pad_edge=False)
    for column in ("name", "images", "size", "classes", "MB", "here", "of"):
        table.add_column(column, justify="right" if column in ("classes", "MB") else "left")
    for name, known in SETS.items():
        splits = ", ".join(f"{split} {count:,}" for split, count in known.images.items())
        C, H, W = known.shape
        size = f"{H} × {W} {'grey' if C == 1 else 'RGB'}"
        megabytes = f"{sum(SOURCES[file].megabytes for file in known.files)}" if known.files else ""
        there = [place(file).is_file() for file in known.files]
        here = "with the course" if not there else "yes" if all(there) else "in part" if any(there) else "no"
        table.add_row(name, splits, size, str(known.classes), megabytes, here, known.about)
    Console(width=None if sys.stdout.isatty() else 160, highlight=False).print(table)
    _say("\nBesides, any folder or archive with a folder for each class will do, named by its path.")


@app.command()
def fetch(
    names: Annotated[list[str], typer.Argument(help="Sets to fetch; `course data list` names them.")],
    folder: Annotated[
        Path | None, typer.Option(help="Where to put them; otherwise COURSE_DATA, or else the user's cache.")
    ] = None,
) -> None:
    """Fetch sets from where their authors put them, once; what is here already is only verified."""
    from course.data import real
    from course.data.by_name import SETS

    status = 0
    for name in names:
        if name not in SETS:
            status = failed(f"There is no set {name}; there are {', '.join(SETS)}.")
        elif not SETS[name].files:
            _say(f"{name} comes with the course: nothing to fetch.")
        else:
            for file in SETS[name].files:
                try:
                    problem = ""
                    _say(f"{name}: {real.fetched(file, folder)} is whole.")
                except (OSError, ValueError) as error:
                    problem = str(error)
                if problem:  # said out here, when the progress bar that was interrupted has ended its line
                    status = failed(f"{name}: {problem}")
    if folder is not None and not status:
        _say(f"To have them found there, set the environment variable COURSE_DATA to {folder.absolute()}")
    raise typer.Exit(status)


@app.command()
def verify(
    names: Annotated[
        list[str] | None, typer.Argument(help="Sets, folders or archives; otherwise all sets that are here.")
    ] = None,
) -> None:
    """Look whether sets are whole: the checksums of what was fetched, every image of a folder or archive."""
    from course.data.by_name import SETS

    whole = True
    for name in names or SETS:
        if name not in SETS:
            whole &= _decodes(Path(name))
        elif SETS[name].files:
            whole &= _matches(name, asked=bool(names))
        elif names:
            _say(f"{name} comes with the course: nothing to verify.")
    if not whole:
        raise typer.Exit(1)


@app.command()
def show(
    name: Set,
    split: Annotated[str, typer.Option(help="train or test; some sets have val.")] = "train",
    out: Annotated[Path, typer.Option(help="Where to put the picture, a .png.")] = Path("sheet.png"),
    count: Annotated[int, typer.Option(min=1, max=400, help="How many images.")] = 32,
    size: Annotated[
        int | None, typer.Option(min=1, help="Make images this many pixels wide and high.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Draw others with another seed.")] = 0,
    force: Annotated[bool, typer.Option("--force", help="Overwrite a picture that is there.")] = False,
) -> None:
    """Put some images of a set, drawn at random, on one sheet with the names of their classes."""
    import matplotlib
    import torch

    from course.data.by_name import load
    from course.gallery.page import stills
    from course.show.contact_sheet import contact_sheet

    if out.suffix != ".png":
        refuse(f"The picture is a PNG: give it a name that ends with .png, not {out}.")
    if out.exists() and not force:
        refuse(f"{out} is there already: choose another --out, or overwrite it with --force.")
    if not out.absolute().parent.is_dir():
        refuse(f"There is no folder {out.parent} to put the picture into.")
    try:
        with warnings_said():
            found = load(name, split, size, seed)
    except (OSError, ValueError) as error:
        refuse(str(error))
    chosen = torch.randperm(len(found), generator=torch.Generator().manual_seed(seed))[:count].sort().values
    matplotlib.use("Agg")
    rows = -(-len(chosen) // COLUMNS)
    [sheet] = stills(lambda: contact_sheet(found.take(chosen), rows, COLUMNS))
    [png] = re.findall(r"data:image/png;base64,([^\"]+)", sheet.html)  # what a notebook would show
    out.write_bytes(base64.b64decode(png))
    _say(f"{name}, {split}: {found!r}; {len(chosen)} of them are in {out}")


def _matches(name: str, asked: bool) -> bool:
    """Has every file of a fetched set its checksum? What is not here counts only where it was asked for."""
    from course.checkpoint import files
    from course.data.by_name import SETS
    from course.data.real import SOURCES, place

    whole = True
    paths = {file: place(file) for file in SETS[name].files}
    missing = [path for path in paths.values() if not path.is_file()]
    if missing:
        what = name if len(missing) == len(paths) else f"{name}: {', '.join(map(str, missing))}"
        _say(f"{what} is not here; `course data fetch {name}` fetches it.")
        whole = not asked
    for file, path in paths.items():
        if path not in missing:
            try:
                files.verify(path, SOURCES[file].checksum)
                _say(f"{name}: {path} is whole.")
            except (OSError, ValueError) as error:
                failed(f"{name} is damaged: {error}; `course data fetch {name}` fetches it anew.")
                whole = False
    return whole


def _decodes(path: Path) -> bool:
    """Can every image of a folder or an archive be decoded? Names those that cannot."""
    from course.data.archives import Refused
    from course.data.by_name import SETS
    from course.data.pictures import image_files, opened

    if not path.exists():
        failed(f"{path} is no folder, no archive, and none of the sets {', '.join(SETS)}.")
        return False
    good = bad = 0
    try:
        for name, contents in image_files(path):
            try:
                opened(contents(), channels=3)
                good += 1
            except Refused as refusal:
                failed(f"{path}: {name} {refusal}")
                bad += 1
    except (OSError, ValueError) as error:
        failed(f"{error}; {good:,} images before that could be read.")
        return False
    if not good + bad:
        failed(f"{path} holds no images.")
        return False
    _say(f"{path}: {good:,} of {good + bad:,} images can be read.")
    return not bad


def _say(text: str) -> None:
    print(text, flush=True)
