"""The gallery as a page of the site: what `make gallery` draws, trained and drawn once and then kept."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from course.gallery.__main__ import END, TITLE
from grader.building.executed import ran
from grader.site.figures import Figures

LONGEST = 1200  # seconds: it trains eight small models
CELLS = [
    """import matplotlib
matplotlib.use("Agg")
from course.gallery.models import train_all
trained = train_all()""",
    """import json
from course.gallery.__main__ import introduction, sections
told = [
    dict(title=each.title, text=each.text, tried=each.tried, pictures=[one.html for one in each.blocks])
    for each in sections(*trained)
]
print(json.dumps(dict(introduction=introduction(*trained[:2]), sections=told)))""",
]


def contents(root: Path) -> dict[str, Any]:
    """The introduction, and of each section title, text, what to try, and pictures, all as HTML."""
    *_, outputs = ran(root, "gallery", CELLS, LONGEST)
    return json.loads("".join(output.text for output in outputs if output.output_type == "stream"))


def page(told: Mapping[str, Any], figures: Figures) -> NotebookNode:
    """The notebook that MyST-NB makes a page of: headings, texts, and pictures as of cells without code."""
    cells = [nbformat.v4.new_markdown_cell(f"# {TITLE}\n\n{told['introduction'].strip()}", id="introduction")]
    for number, section in enumerate(told["sections"]):
        tried = f'<p class="try"><strong>Try:</strong> {section["tried"]}</p>' if section["tried"] else ""
        text = f"## {section['title']}\n\n<p>{section['text']}</p>\n\n{tried}"
        cells.append(nbformat.v4.new_markdown_cell(text, id=f"text-{number}"))
        outputs = [
            nbformat.v4.new_output("display_data", data={"text/html": figures.apart(picture)})
            for picture in section["pictures"]
        ]
        pictures = nbformat.v4.new_code_cell("pictures", id=f"pictures-{number}", outputs=outputs)
        pictures.metadata.tags = ["remove-input"]  # MyST-NB leaves out a cell that has no code at all
        cells.append(pictures)
    cells.append(nbformat.v4.new_markdown_cell(f"<p>{END}</p>", id="end"))
    return nbformat.v4.new_notebook(cells=cells)
