"""Pictures of your own with captions: a folder of images beside a file that says what is in them.

    image,caption              captions.csv, or captions.txt as Flickr8k has it
    dog.jpg,A dog runs.
    dog.jpg,A brown dog.       several of one image: each is an example of its own

A captions.tsv has tabs in place of commas. The first line may name the columns; images are named as they lie
in the folder.

What people usually get wrong: captions divided at random into those to train and to test on, so that the same
picture is on both sides; here pictures are divided, 80 : 20, and take their captions along.
"""

import csv
import io
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import torch

from course import expect
from course.data.image_set import ImageSet, measured
from course.data.pictures import decoded

FILES = {"captions.csv": ",", "captions.tsv": "\t", "captions.txt": ","}  # and what is between the columns
TRAINED = 0.8
NAMED = 5  # images that a message names


@dataclass(frozen=True, eq=False, repr=False)
class Described(ImageSet):
    """An ImageSet with a sentence an image, of one class.

    captions, names: one of each an image; an image with several captions is there several times
    """

    captions: tuple[str, ...]
    names: tuple[str, ...]

    EACH: ClassVar[tuple[str, ...]] = ("images", "labels", "captions", "names")


def described(path: str | Path, split: str = "train", size: int | None = None) -> Described:
    """The captioned pictures of a folder, those to train on or those to test on, always the same.

    Images become `size` pixels wide and high, or else as large as the first. Raises FileNotFoundError where
    there is no such folder or no file of captions, and ValueError where that cannot be read, names images
    that are not there, or describes fewer than two.
    """
    expect.one_of("split", split, ("train", "test"))
    folder = Path(path)
    file = next((folder / name for name in FILES if (folder / name).is_file()), None)
    if file is None:
        raise FileNotFoundError(
            f"{path} has no {' or '.join(FILES)}: a line for each caption, the image's name and the text"
        )
    rows = _rows(file)
    wanted = {name for name, _ in rows}
    read = decoded(folder, wanted.__contains__, size, channels=3)
    images = dict(zip(read.names, read.images))
    if missing := sorted(wanted - images.keys()):
        why = dict(read.refused)
        told = ", ".join(f"{name} ({why.get(name, 'not there')})" for name in missing[:NAMED])
        more = f" and {len(missing) - NAMED} more" if len(missing) > NAMED else ""
        raise ValueError(f"{file} describes images that cannot be read: {told}{more}")
    if len(images) < 2:
        raise ValueError(f"{file} describes {len(images)} image: one to train and one to test on are needed")
    order = torch.randperm(len(images), generator=torch.Generator().manual_seed(0)).tolist()
    trained = min(max(round(TRAINED * len(images)), 1), len(images) - 1)
    names = sorted(images)
    chosen = {names[i] for i in (order[:trained] if split == "train" else order[trained:])}
    kept = [(name, text) for name, text in rows if name in chosen]
    pixels = torch.stack([images[name] for name, _ in kept])  # (N, 3, H, W)
    labels = torch.zeros(len(kept), dtype=torch.int64)
    shown, said = (tuple(column) for column in zip(*kept))
    return Described(pixels, labels, ("pictures",), *measured(pixels), said, shown)


def _rows(file: Path) -> list[tuple[str, str]]:
    """(image, caption) of each line; a first line without an image's name is the columns' names."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as problem:
        raise ValueError(f"{file} is not UTF-8 text: byte {problem.start} does not fit") from None
    between = FILES[file.name]
    rows: list[tuple[str, str]] = []
    table = csv.reader(
        io.StringIO(text),
        delimiter=between,
        quoting=csv.QUOTE_MINIMAL if between == "," else csv.QUOTE_NONE,  # a tab is in no caption
    )
    for cells in table:
        if not any(cell.strip() for cell in cells):
            continue
        name, caption = cells[0].strip(), between.join(cells[1:]).strip()
        if not rows and not Path(name).suffix:
            continue
        if not name or not caption:
            raise ValueError(f"{file}, line {table.line_num}: an image's name and a caption are needed")
        rows.append((name, caption))
    if not rows:
        raise ValueError(f"{file} has no captions")
    return rows
