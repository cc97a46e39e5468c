"""Pairs of sentences from two text files, where line i of one is the translation of line i of the other.

Any such files will do, plain or compressed with gzip. `multi30k` finds one collection by name: captions of
photographs, in French and English (Elliott et al. 2016 and 2017: 29,000 pairs to train on).
"""

import gzip
import math
import os
import zlib
from pathlib import Path

from course import expect

SPLITS = ("train", "val", "test_2016_flickr")


def pairs(source: str | Path, target: str | Path, longest: int | None = None) -> list[tuple[str, str]]:
    """The pairs of two text files, UTF-8, in order: [(source, target), …]

    A pair is left out where either text is empty or longer than `longest` characters. A file that is not
    there as named is looked for with ".gz" behind.

    Raises FileNotFoundError, and ValueError where the files have not equally many lines or are not UTF-8.
    """
    if longest is not None:
        expect.whole(longest=longest)
    first, second = _lines(Path(source)), _lines(Path(target))
    if len(first) != len(second):
        counts = f"{source} has {len(first):,} lines but {target} has {len(second):,}"
        raise ValueError(f"{counts}: line i of one must be the translation of line i of the other")
    limit = math.inf if longest is None else longest
    return [(a, b) for a, b in zip(first, second) if 0 < len(a) <= limit and 0 < len(b) <= limit]


def multi30k(
    split: str = "train", longest: int | None = None, folder: str | Path | None = None
) -> list[tuple[str, str]]:
    """French–English pairs of Multi30k.

    `split`: "train" (29,000 pairs), "val" (1,014) or "test_2016_flickr" (1,000). `longest` as in `pairs`.
    They are read from `folder`, or else from multi30k/ in the folder that the environment variable
    COURSE_DATA names: files train.fr.gz, train.en.gz and so on. Nothing is downloaded.
    """
    expect.one_of("split", split, SPLITS)
    if folder is None:
        data = os.environ.get("COURSE_DATA")
        if not data:
            raise FileNotFoundError(
                "Multi30k is not part of the course: set the environment variable COURSE_DATA to a folder "
                "that holds multi30k/train.fr.gz and the rest, or pass folder="
            )
        folder = Path(data) / "multi30k"
    return pairs(Path(folder) / f"{split}.fr", Path(folder) / f"{split}.en", longest)


def _lines(path: Path) -> list[str]:
    zipped = path.with_name(path.name + ".gz")
    found = next((file for file in (path, zipped) if file.is_file()), None)
    if found is None:
        raise FileNotFoundError(f"there is no file {path}, nor {zipped.name} beside it")
    try:
        content = gzip.decompress(found.read_bytes()) if found.suffix == ".gz" else found.read_bytes()
    except (gzip.BadGzipFile, EOFError, zlib.error) as problem:
        raise ValueError(f"{found} ends with .gz but gzip cannot read it: {problem}") from None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise ValueError(f"{found} is not UTF-8 text: byte {problem.start} does not fit") from None
    lines = text.removesuffix("\n").split("\n")  # splitlines() would also split where a rarer sign stands
    return [line.strip() for line in lines] if text else []
