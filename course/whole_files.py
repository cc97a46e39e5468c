"""Files that are there as a whole or not at all, whatever ends the program that writes them."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Where to write a file that takes the place of `path` in a single step, once it is complete.

        with replacing(path) as growing:
            growing.write_bytes(content)

    Folders above it are made. Whatever goes wrong inside, `path` stays as it was and nothing else is left.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    growing = path.with_name(f".{path.name}.{uuid4().hex}")
    try:
        yield growing
        with open(growing, "rb") as file:
            os.fsync(file.fileno())  # on the disk before the name points to it
        growing.replace(path)
    finally:
        growing.unlink(missing_ok=True)
