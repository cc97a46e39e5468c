"""A lesson with all its solutions, run from top to bottom, once: who asks again gets what was kept.

The tests of the lessons and the pages of the site look at the same run. What is kept holds as long as the
code, every file of ours that the run opened (its modules, their scripts and pictures, the exercises), and the
packages that the course needs are what they were. What else the site computes is `ran` in the same way.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
import tempfile
from collections.abc import Sequence
from importlib import metadata
from importlib.util import source_from_cache
from pathlib import Path
from typing import Any

import nbformat
from filelock import FileLock
from nbclient import NotebookClient
from nbformat import NotebookNode

from grader.building.forked_kernels import ForkedKernel
from grader.building.instructor import instructor_notebook
from grader.building.lesson import Lesson
from grader.building.medium import Medium

KEPT = Path("build") / "executed"  # below the root
LONGEST = 900  # seconds for one cell of a lesson, of a machine that has much else to do
LISTENS = """import sys
opened = []
sys.addaudithook(
    lambda event, said: opened.append(said[0]) if event == "open" and isinstance(said[0], str) else None
)"""
TELLS = """import json
modules = [getattr(module, "__file__", None) for module in list(sys.modules.values())]
print(json.dumps(sorted({*opened, *filter(None, modules)})))"""


def executed(lesson: Lesson, medium: Medium = "notebook") -> NotebookNode:
    """The instructor's notebook with the outputs of its cells: of both media the same run.

    Raises:
        nbclient.exceptions.CellExecutionError: a cell has failed.
    """
    notebook = instructor_notebook(lesson, medium)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    outputs = ran(lesson.root, lesson.name, [cell.source for cell in code])
    for cell, its in zip(code, outputs, strict=True):
        cell.outputs = its
    return notebook


def ran(root: Path, name: str, cells: Sequence[str], longest: int = LONGEST) -> list[list[NotebookNode]]:
    """What each of these cells gives, run in the root one after another, once, and kept under the name.

    Args:
        longest: seconds for one cell.

    Raises:
        nbclient.exceptions.CellExecutionError: a cell has failed.
    """
    folder = root / KEPT
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{name}.json"
    with FileLock(folder / f"{name}.lock"):
        run = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else None
        if run is None or not _holds(root, cells, run):
            run = _run(root, cells, longest)
            unfinished = file.with_suffix(".new")
            unfinished.write_text(json.dumps(run, ensure_ascii=False), encoding="utf-8")
            unfinished.replace(file)
    return [nbformat.from_dict(outputs) for outputs in run["outputs"]]


def _run(root: Path, cells: Sequence[str], longest: int) -> dict[str, Any]:
    """What is kept of a run: outputs, by cell; the digest of the code; those of the files that it opened."""
    whole = nbformat.v4.new_notebook(cells=[*map(nbformat.v4.new_code_cell, [LISTENS, *cells, TELLS])])
    client = NotebookClient(
        whole, timeout=longest, force_raise_errors=True, kernel_manager_class=ForkedKernel
    )
    with tempfile.TemporaryDirectory() as answers:
        own = {name: value for name, value in os.environ.items() if not name.startswith("COURSE_")}
        client.execute(cwd=str(root), env={**own, "COURSE_ANSWERS": answers})
    _, *ours, last = whole.cells
    opened = json.loads("".join(output.text for output in last.outputs if output.output_type == "stream"))
    return {
        "code": _digest_of_code(cells),
        "files": _digests(root, opened),
        "outputs": [cell.outputs for cell in ours],
    }


def _digests(root: Path, opened: list[str]) -> dict[str, str]:
    """What the files of the course and the grader among those opened held, by their place below the root."""
    found = set[Path]()
    for name in opened:
        path = Path(root, source_from_cache(name) if name.endswith(".pyc") else name)
        ours = any(path.is_relative_to(root / folder) for folder in ("course", "grader"))
        if ours and path.is_file():
            found.add(path)
    return {path.relative_to(root).as_posix(): _digest(path.read_bytes()) for path in sorted(found)}


def _holds(root: Path, cells: Sequence[str], run: dict[str, Any]) -> bool:
    """Whether nothing that a run depends on has changed since. (A sentence between the cells may have.)"""
    files = {root / name: digest for name, digest in run["files"].items()}
    return run["code"] == _digest_of_code(cells) and all(
        file.is_file() and _digest(file.read_bytes()) == digest for file, digest in files.items()
    )


def _digest_of_code(cells: Sequence[str]) -> str:
    """Of the cells in order, and of what they run on."""
    return _digest(json.dumps([list(cells), *environment()]).encode())


def environment() -> tuple[str, list[tuple[str, str]]]:
    """Python's version, and those of the packages that the course needs."""
    needed = [line for line in metadata.requires("attention-course") or [] if "extra ==" not in line]
    packages = [(name := re.split(r"[^\w-]", line)[0], metadata.version(name)) for line in needed]
    return sys.version, packages


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
