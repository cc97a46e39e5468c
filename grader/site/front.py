"""The front page (`front.txt`): a figure to handle, what one learns to do, the lessons, what a class gets."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from nbformat import NotebookNode

SHOWN_FIRST = "02_attention"  # whose first figure that can be handled stands on the front page
TEXT = (Path(__file__).parent / "front.txt").read_text(encoding="utf-8")
_FIGURE = re.compile(r"<iframe data-figure=.*?</iframe>", re.DOTALL)
_ROW = re.compile(r"^\| \[`(\w+)`\]\([^)]*\) \| (.*) \|$", re.MULTILINE)


def page(root: Path, pages: Mapping[str, NotebookNode]) -> str:
    """The text of the front page, from the lessons' pages by their names."""
    builds = dict(_ROW.findall((root / "README.md").read_text(encoding="utf-8")))
    return (
        TEXT.replace("{{figure}}", _figure(pages))
        .replace("{{lessons}}", "\n".join(_row(name, page, builds[name]) for name, page in pages.items()))
        .replace("{{toctree}}", "\n".join(f"lessons/{name}" for name in pages))
    )


def _row(name: str, page: NotebookNode, builds: str) -> str:
    """A lesson in the list: its title, how much it asks, what one builds in it."""
    title = page.cells[0].source.partition("\n")[0].removeprefix("# ")
    asked = page.metadata["asked"]  # the page has counted: to load all exercises for it would take seconds
    asks = ", ".join(filter(None, [f"{asked['exercises']} exercises", asked["time"]]))
    told = f'{asks} <span class="done" data-lesson="{name}"></span>'
    return f"- **[{title}](lessons/{name}.ipynb)** · {told}  \n  {builds[0].upper()}{builds[1:]}"


def _figure(pages: Mapping[str, NotebookNode]) -> str:
    """The first figure that can be handled, of the lesson that shows best what it is about; else of any."""
    order = sorted(pages, key=lambda name: name != SHOWN_FIRST)
    found = (_FIGURE.search(html) for name in order for html in _html(pages[name]))
    return next((frame[0].replace("../files/", "files/") for frame in found if frame), "")


def _html(page: NotebookNode) -> list[str]:
    outputs = [output for cell in page.cells for output in cell.get("outputs", [])]
    return [output.data["text/html"] for output in outputs if "text/html" in output.get("data", {})]
