"""How a reader gets a lesson's notebook: with `make lab`, as a file, or in a service that runs notebooks."""

from __future__ import annotations

import json
import shutil
import tomllib
from pathlib import Path

from grader.building.lesson import Lesson

TEXT = """*On this page every cell has been run, with the model answers in place of yours. Where a guess is
asked for, guess before you read on; hints and model answers unfold below each exercise.*

<details class="opening"><summary>Open this lesson as a notebook</summary>

**On your machine**, in the course's folder: `make lab` opens JupyterLab; the lesson is
`work/{name}/{name}.ipynb`, a copy of your own. There every answer is checked, code too, and the figures are
drawn from what you wrote. This page is for reading, and for answers that need no PyTorch: choices, numbers,
formulas, small functions.

**As a file**, for any Jupyter where the course is installed: <a href="{file}" download>{name}.ipynb</a>.

**In a service that runs notebooks** (read and run, not graded): {service}

</details>"""
UPLOAD = """`grader release {name} --to {number}.zip`, in the course's folder, packs
the notebook, and the course as a wheel. Upload both; run `%pip install`, with the wheel's name behind it,
in a cell of its own before the others."""
LINKED = """[open it in Binder](https://mybinder.org/v2/gh/{repository}/HEAD?labpath=lessons/{name}/{name}.ipynb),
which first installs the course, for minutes. Elsewhere upload the file, and run
`%pip install git+https://github.com/{repository}` in a cell of its own before the others."""
GITHUB = "https://github.com/"


def opening(lesson: Lesson, files: Path, address: str) -> str:
    """What a lesson's page begins with, in Markdown; the notebook is laid among the page's files.

    From a folder a browser shows a file that a link says to download: so it lies there as a script, too, from
    which the page makes what is saved (static/site.js).

    Args:
        files: the folder for what belongs to the page.
        address: how the page reaches that folder.
    """
    files.mkdir(parents=True, exist_ok=True)
    name = lesson.released.name
    shutil.copyfile(lesson.released, files / name)
    text = json.dumps(lesson.released.read_text(encoding="utf-8"), ensure_ascii=False)
    (files / f"{name}.js").write_text(f"notebook({json.dumps(name)}, {text});\n", encoding="utf-8")
    own = {"name": lesson.name, "number": lesson.name[:2], "repository": repository(lesson.root)}
    service = (LINKED if own["repository"] else UPLOAD).format(**own)
    return TEXT.format(name=lesson.name, file=f"{address}/{name}", service=service)


def repository(root: Path) -> str:
    """OWNER/NAME on GitHub, if `pyproject.toml` names one under [project.urls] as Repository; else ""."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    address = project.get("urls", {}).get("Repository", "")
    return address.removeprefix(GITHUB).rstrip("/") if address.startswith(GITHUB) else ""
