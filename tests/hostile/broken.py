"""Files that are no notebook, or hardly one: some are healed and lose nothing, others are not gradable."""

from __future__ import annotations

import json
import os
import re
import socket
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

from hostile.case import Deserves, Family, Handed

family = Family("broken files")
LOST, HEALED = Deserves.NOT_GRADABLE, Deserves.ALL


def raw(name: str, tries: str, make: Callable[[bytes], bytes], deserves: Deserves) -> None:
    """A case that is the honest notebook's bytes, made into others."""

    def change(handed: Handed) -> None:
        handed.raw = make(handed.bytes())

    family.case(name, tries, change, deserves=deserves)


def change(name: str, tries: str, how: Callable[[Handed], Any], deserves: Deserves = HEALED) -> None:
    family.case(name, tries, how, deserves=deserves)


def in_json(
    name: str, tries: str, edit: Callable[[dict[str, Any]], Any], deserves: Deserves = HEALED
) -> None:
    """A case that is the honest notebook's JSON, edited."""

    def edited(content: bytes) -> bytes:
        notebook = json.loads(content)
        edit(notebook)
        return json.dumps(notebook).encode()

    raw(name, tries, edited, deserves)


raw("broken-empty", "hands in an empty file", lambda _: b"", LOST)
raw("broken-half", "hands in a file that breaks off in the middle", lambda data: data[: len(data) // 2], LOST)
raw("broken-tail", "hands in a file whose last bracket is missing", lambda data: data.rstrip()[:-1], HEALED)
raw(
    "broken-text",
    "hands in a picture under the notebook's name",
    lambda _: b"\x89PNG\r\n\x1a\n" + bytes(1000),
    LOST,
)
raw("broken-zip", "hands in a zip under the notebook's name", lambda _: b"PK\3\4" + bytes(1000), LOST)
raw("broken-list", "hands in JSON that is no notebook", lambda _: b"[1, 2, 3]", LOST)
raw("broken-nesting", "hands in 100,000 brackets in one another", lambda _: b"[" * 100_000, LOST)
raw(
    "broken-number",
    "hands in a number of a million digits",
    lambda d: d.replace(b'"nbformat": 4', b'"nbformat": ' + b"4" * 10**6),
    HEALED,
)
raw(
    "broken-nan",
    "has NaN and Infinity in its JSON",
    lambda d: d.replace(b'"nbformat": 4', b'"x": NaN, "y": -Infinity, "nbformat": 4'),
    HEALED,
)
raw(
    "broken-nulls",
    "has null bytes and half a surrogate pair in its text",
    lambda d: d.replace(b"import math", rb"import math  # \u0000 \ud800 \ufffe"),
    Deserves.AT_MOST_THE_REST,
)
raw("broken-latin", "is encoded in another way than JSON is", lambda d: d.decode().encode("utf-16"), HEALED)
raw(
    "broken-html",
    "is a page that a browser saved in its place",
    lambda _: b"<!DOCTYPE html><html>sign in</html>",
    LOST,
)
raw(
    "broken-huge",
    "is a file of 60 MB",
    lambda d: d.replace(b"import math", b"import math  # " + b"x" * 60_000_000),
    LOST,
)
in_json(
    "broken-version",
    "is a notebook of version 3, or so it says",
    lambda n: n.update(nbformat=3, nbformat_minor=0),
)
in_json(
    "broken-no-version",
    "does not say which version it is",
    lambda n: [n.pop("nbformat"), n.pop("nbformat_minor")],
)
in_json(
    "broken-kernel",
    "asks for a kernel that is a command",
    lambda n: n["metadata"].update(
        kernelspec={"name": "../../bin/sh", "display_name": "sh", "argv": ["touch", "{marker}"]}
    ),
)
in_json("broken-no-kernel", "asks for no kernel", lambda n: n["metadata"].clear())
in_json(
    "broken-twice",
    "holds every cell twice",
    lambda n: n.update(cells=[deepcopy(c) for c in n["cells"] for _ in range(2)]),
)
in_json("broken-order", "holds its cells in reverse order", lambda n: n["cells"].reverse())
in_json(
    "broken-no-metadata",
    "has lost all metadata and ids",
    lambda n: [c.update(metadata={}) or c.pop("id") for c in n["cells"]],
)
in_json(
    "broken-types",
    "has numbers and lists where text belongs",
    lambda n: n["cells"].insert(0, {"cell_type": 7, "source": {"x": 1}, "metadata": [], "outputs": "none"}),
    HEALED,
)
in_json("broken-cells", "has text where its cells belong", lambda n: n.update(cells="none"), LOST)
in_json("broken-no-cells", "holds no cells", lambda n: n.update(cells=[]), LOST)
in_json(
    "broken-many",
    "holds 3,000 more cells",
    lambda n: n["cells"].extend(
        {"cell_type": "markdown", "metadata": {}, "source": "x"} for _ in range(3000)
    ),
    LOST,
)
in_json(
    "broken-same-ids", "gives all its cells the same id", lambda n: [c.update(id="same") for c in n["cells"]]
)
in_json(
    "broken-unicode",
    "uses names and ids of signs from all over",
    lambda n: n["cells"].insert(
        1,
        {
            "cell_type": "code",
            "id": "x y/../é",
            "metadata": {"é\u202e": "\u0000"},
            "source": "größe_ℵ = '\U0001f9ea\u202e'\nprint(größe_ℵ)",
            "outputs": [],
            "execution_count": None,
        },
    ),
)
in_json(
    "broken-syntax",
    "has a cell that is no Python",
    lambda n: n["cells"].insert(
        1,
        {
            "cell_type": "code",
            "id": "bad",
            "metadata": {},
            "source": "def (:\n\t  if\x00",
            "outputs": [],
            "execution_count": None,
        },
    ),
)


def rename(name: str) -> Callable[[Handed], None]:
    def renamed(handed: Handed) -> None:
        handed.file = name

    return renamed


def only(make: Callable[[Path, str], None]) -> Callable[[Handed], None]:
    """In place of the notebook there is something else of its name."""

    def replaced(handed: Handed) -> None:
        name = str(handed.file)
        handed.file, handed.special = None, lambda folder: make(folder, name)

    return replaced


def listening(folder: Path, name: str) -> None:
    before = Path.cwd()
    os.chdir(folder)  # the name of a socket has to be short
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(name)
    finally:
        os.chdir(before)


def directory(folder: Path, name: str) -> None:
    (folder / name).mkdir()
    (folder / name / "inside.txt").write_text("x")


def link_to_other(handed: Handed) -> None:
    handed.links[str(handed.file)] = "{root}/submitted/neighbour/02_attention/02_attention.ipynb"
    handed.file = None


def link_to_folder(handed: Handed) -> None:
    link_to_other(handed)
    handed.links = {
        re.sub(r"\..*", ".ipynb", name): "{root}/solutions/02_attention/02_attention.ipynb"
        for name in handed.links
    }


def link_beside(handed: Handed) -> None:
    handed.links["02_attention (1).ipynb"] = "{root}/solutions/02_attention/02_attention.ipynb"


change("broken-renamed", "has a name that a browser gave it", rename("02_attention (1).ipynb"))
change(
    "broken-name", "has a name of quotes, line ends and dollar signs", rename("$(touch {home}) '\n\" é.ipynb")
)
change("broken-missing", "hands in no notebook at all", rename("notes.txt"), LOST)
change("broken-folder", "is a folder of the notebook's name", only(directory), LOST)
change(
    "broken-pipe",
    "is a pipe of the notebook's name, which nobody writes to",
    only(lambda folder, name: os.mkfifo(folder / name)),
    LOST,
)
change("broken-socket", "is a socket of the notebook's name", only(listening), LOST)
change(
    "broken-loop", "is a link to itself", only(lambda folder, name: (folder / name).symlink_to(name)), LOST
)
change("broken-link", "is a link to somebody else's notebook", link_to_other, LOST)
change("broken-link-solution", "is a link to the solution", link_to_folder, LOST)
change("broken-link-beside", "has a second notebook that is a link to the solution", link_beside, LOST)
change(
    "broken-timestamp",
    "says that it was handed in before the course began, and more",
    lambda h: h.files.update({"timestamp.txt": b"last Tuesday; rm -rf {root}"}),
    LOST,
)
change(
    "broken-two",
    "hands in two notebooks, one of them empty",
    lambda h: h.files.update({"another.ipynb": b"{}", "02_attention.ipynb.txt": b""}),
)
