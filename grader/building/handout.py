"""What a class is given: a lesson's notebook, the course as a wheel, and a page that says how to begin.

A student needs Python, pip and this folder, and neither git nor make. The notebook's first cell says in one
sentence what to do where the course is not installed.
"""

from __future__ import annotations

import importlib.metadata
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import nbformat

from course import __version__
from course.whole_files import replacing
from grader import own
from grader.building.lesson import BuildError, Lesson

PAGE = "INSTALL.md"
SENTENCE = f"The course is not installed for this notebook's Python: follow {PAGE}, which came with it."
GUARD = f"""import importlib.util

if importlib.util.find_spec("grader") is None:
    raise SystemExit("{SENTENCE}")"""
PACKED = ("course", "grader", "pyproject.toml", "README.md", "LICENSE", "LICENSE-lessons")
INSTALL = """# {lesson}: how to begin

You need Python 3.11 or newer, and about 3 GB (10 GB where PyTorch comes with CUDA). In this folder:

```
python3 -m venv .venv                          # on Windows: py -m venv .venv
. .venv/bin/activate                           # on Windows: .venv\\Scripts\\activate
pip install torch=={torch}        # PyTorch's site has the command for a smaller one
pip install {wheel}
jupyter lab {lesson}.ipynb
```

Run the cells from top to bottom; `check(…)` below each exercise says what is right and what is not. Hand in
{lesson}.ipynb, saved, with its outputs.

This is version {version} of the course. Later lessons may bring a newer wheel: install it in the same way.
"""


def hand_out(
    root: Path, name: str, to: Path, force: bool = False, keys: Sequence[str] | None = None
) -> list[str]:
    """Write the folder, or the zip, that a class is given; the names of what is in it.

    With ``keys``, those of the students, the course in it is a student edition (`grader.edition`).

    Raises:
        BuildError: there is no such lesson, the course cannot be packed, or something is there already.
    """
    lesson = Lesson(root, name)
    if not lesson.released.is_file():
        raise BuildError(f"There is no {lesson.shown(lesson.released)}: `grader build` makes it.")
    if to.exists() and not force and (to.is_file() or any(to.iterdir())):
        raise BuildError(f"{to} is there already: give another name with --to, or --force to write into it.")
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch, name)
        folder.mkdir()
        wheel = _wheel(root, folder, keys)
        notebook = nbformat.read(lesson.released, as_version=4)
        notebook.cells.insert(0, nbformat.v4.new_code_cell(GUARD, id="course-is-there"))
        nbformat.write(notebook, folder / lesson.released.name)
        torch = importlib.metadata.version("torch").partition("+")[0]
        page = INSTALL.format(lesson=name, torch=torch, wheel=wheel, version=__version__)
        (folder / PAGE).write_text(page, encoding="utf-8")
        for file in lesson.files:
            shutil.copyfile(file, folder / file.name)
        if to.suffix == ".zip":
            packed = Path(shutil.make_archive(str(Path(scratch, "packed")), "zip", scratch, name))
            to.parent.mkdir(parents=True, exist_ok=True)
            with replacing(to) as growing:
                shutil.copyfile(packed, growing)
        else:
            shutil.copytree(folder, to, dirs_exist_ok=True)
        return sorted(file.name for file in folder.iterdir())


def _wheel(root: Path, folder: Path, keys: Sequence[str] | None) -> str:
    """Pack the course from a copy, as setuptools leaves its own files where it packs; the wheel's name."""
    with tempfile.TemporaryDirectory() as scratch:
        for name in PACKED:
            place = root / name
            if place.is_dir():
                shutil.copytree(place, Path(scratch, name), ignore=shutil.ignore_patterns("__pycache__"))
            elif place.is_file():
                shutil.copyfile(place, Path(scratch, name))
        if (root / own.NAME).is_file():
            shutil.copyfile(root / own.NAME, Path(scratch, "grader", own.NAME))
        if keys is not None:
            from grader.edition.pack import make_student_edition  # it loads PyTorch; collecting reads `GUARD`

            make_student_edition(Path(scratch), keys)
        command = [
            sys.executable,
            "-m",
            "pip",
            "wheel",
            scratch,
            "--no-deps",
            "--no-build-isolation",
            "--quiet",
        ]
        done = subprocess.run([*command, "-w", str(folder)], capture_output=True, text=True)
    wheels = [file.name for file in folder.glob("*.whl")]
    if done.returncode or not wheels:
        raise BuildError(f"The course cannot be packed: {(done.stderr.strip().splitlines() or ['?'])[-1]}")
    return wheels[0]
