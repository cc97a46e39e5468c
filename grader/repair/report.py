"""The sentences that say what was mended, and the cell of the notebook that shows them.

What is named are cells of the lesson; of what students write, only the name of a file can be in a sentence.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

import nbformat
from nbformat import NotebookNode

NOTE = "what-was-mended"  # the id of the cell; no other cell of a healed notebook can have it
MOST_NAMES = 6
ITEM = re.compile(r"<li>(.*?)</li>", re.DOTALL)


def listed(names: Sequence[str]) -> str:
    """Some names, each once, and how many more."""
    distinct = list(dict.fromkeys(names))
    more = len(distinct) - MOST_NAMES
    return ", ".join(distinct[:MOST_NAMES]) + (f" and {more} more" if more > 0 else "")


def note(mended: Sequence[str]) -> NotebookNode:
    """The Markdown cell at the top of a graded notebook that tells the student what was mended."""
    items = "".join(f"<li>{_escaped(sentence)}</li>" for sentence in mended)
    return nbformat.v4.new_markdown_cell(
        "<p><strong>Your notebook was mended before it was graded.</strong> The file that you handed in is "
        f"as it was.</p>\n<ul>{items}</ul>",
        id=NOTE,
    )


def mended_in(notebook: NotebookNode) -> tuple[str, ...]:
    """What the note in a graded notebook says was mended; nothing if there is none."""
    for cell in notebook.cells:
        if cell.get("id") == NOTE:
            return tuple(html.unescape(item) for item in ITEM.findall(cell.source))
    return ()


def _escaped(sentence: str) -> str:
    """Neither HTML nor Markdown nor mathematics."""
    return re.sub(r"[^\w\s.,:;()'’–-]", lambda found: f"&#{ord(found[0])};", sentence)
