"""Pages of the library, from its docstrings: one for each folder, and one for the building blocks."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from pathlib import Path
from textwrap import indent

PACKAGE = "course"
BLOCKS = "blocks"  # the page of what stands in no folder
APART = ("commands", "gallery")  # what one types, not what one reads
INDEX = """# The library

What the lessons import can be read and used on its own: one paper a file, equation and code in order. These
pages hold what stands in the files: equations, shapes, what people usually get wrong, sources.

{table}

```{{toctree}}
:hidden:

{toctree}
```
"""


def pages(root: Path, tables: Mapping[str, str]) -> dict[str, str]:
    """Each page's text by its place below ``library/``, with what the variants of a module cost (`sizes`)."""
    top = root / PACKAGE
    folders = [folder for folder in sorted(top.iterdir()) if (folder / "__init__.py").is_file()]
    names = [folder.name for folder in folders if folder.name not in APART]
    found = {f"{name}.rst": _page(top / name, f"{PACKAGE}.{name}", name, tables) for name in names}
    found[f"{BLOCKS}.rst"] = _page(top, PACKAGE, "Building blocks", tables)
    found["index.md"] = INDEX.format(table=_table(root), toctree="\n".join([BLOCKS, *names]))
    return found


def _page(folder: Path, package: str, title: str, tables: Mapping[str, str]) -> str:
    """What a folder says of itself, and each of its modules, with the table of what its variants cost."""
    parts = [_heading(title, "="), f".. automodule:: {package}\n   :no-members:\n   :no-index:"]
    for file in sorted(folder.glob("*.py")):
        if not file.name.startswith("_") and ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))):
            name = f"{package}.{file.stem}"
            parts += [_heading(file.stem, "-"), f"``{name}``", f".. automodule:: {name}"]
            if table := tables.get(name.removeprefix(f"{PACKAGE}.")):
                parts.append(indent(table, "   "))  # what stands in it comes behind the docstring
    return "\n\n".join(parts) + "\n"


def _heading(text: str, line: str) -> str:
    return f"{text}\n{line * len(text)}"


def _table(root: Path) -> str:
    """The table of the library in the README, each name with its place here."""
    readme = (root / "README.md").read_text(encoding="utf-8")
    head = f"| in `{PACKAGE}/` | is |\n|---|---|\n"
    rows = readme.partition(head)[2].partition("\n\n")[0].splitlines()
    return head + "\n".join(map(_linked, rows))


def _linked(row: str) -> str:
    _, names, *said = row.split("|")
    return "|".join(["", re.sub(r"`(\w+)(/?)`", _link, names), *said])


def _link(name: re.Match[str]) -> str:
    place = f"{name[1] if name[2] else BLOCKS}.rst"
    return f"[`{name[1]}{name[2]}`]({place})"
