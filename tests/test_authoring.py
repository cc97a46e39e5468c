"""The page for authors, followed to the letter: its blocks go where it says, and its commands work."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "authoring.md").read_text(encoding="utf-8")
COPIED = ["course", "grader", "lessons", "solutions", "nbgrader_config.py", "pyproject.toml"]


def block(label: str) -> str:
    """The code block that the page labels so."""
    (found,) = re.findall(rf"^```python {label}\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    return found


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A copy of the course to write in."""
    for name in COPIED:
        source = ROOT / name
        ignore = shutil.ignore_patterns("__pycache__", "*.ipynb_checkpoints")
        shutil.copytree(source, tmp_path / name, ignore=ignore) if source.is_dir() else shutil.copy(
            source, tmp_path
        )
    return tmp_path


def run(course: Path, *command: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "grader.cli", *command],
        cwd=course,
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def sources(course: Path, lesson: str) -> list[str]:
    notebook = nbformat.read(course / "lessons" / lesson / f"{lesson}.ipynb", as_version=4)
    return [cell.source for cell in notebook.cells]


def test_an_exercise_and_a_lesson_are_added_as_the_page_says(course):
    with (course / "grader/exercises/attention.py").open("a", encoding="utf-8") as file:
        file.write("\n\n" + block("exercise"))
    with (course / "solutions/02_attention/02_attention.py").open("a", encoding="utf-8") as file:
        file.write("\n" + block("source"))
    (course / "grader/exercises/averages.py").write_text(block("lesson-exercises"), encoding="utf-8")
    (course / "solutions/99_averages").mkdir()
    (course / "solutions/99_averages/99_averages.py").write_text(block("lesson-source"), encoding="utf-8")

    assert "2 exercises proven" in run(course, "prove", "looking_pairs", "mean_of_two", "--seeds=20")
    run(course, "build")

    lesson = sources(course, "02_attention")
    assert any("How many pairs may look?" in text and "1 point" in text for text in lesson)
    assert 'check("looking_pairs")' in lesson
    assert not any("L*(L+1)/2" in text for text in lesson)
    assert "What is the mean of 1 and 3?" in "".join(sources(course, "99_averages"))


@pytest.mark.parametrize("label", ["exercise", "source", "lesson-exercises", "lesson-source"])
def test_each_takes_about_ten_lines(label):
    lines = [line for line in block(label).splitlines() if line.strip()]
    assert len(lines) <= 11
