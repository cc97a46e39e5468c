"""The page for authors, followed to the letter: its blocks go where it says, and its commands work."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from typer.testing import CliRunner

from grader import catalogue
from grader import exercise as kinds
from grader.cli import app
from grader.exercise.function import AXES

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "authoring.md").read_text(encoding="utf-8")
BLOCKS = dict(re.findall(r"^```python (\S+\.py)\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE))
EXERCISES = {Path(path).stem: text for path, text in BLOCKS.items() if path.startswith("grader/exercises/")}
LESSON = "99_example"


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A course with nothing but the lesson of the page."""
    root = tmp_path_factory.mktemp("course")
    for path, text in BLOCKS.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(catalogue, "EXERCISES", root / "grader" / "exercises")
        patch.chdir(root)
        yield root


def run(*command: str) -> str:
    done = CliRunner().invoke(app, command)
    assert done.exit_code == 0, done.output
    return done.stdout


def test_there_is_one_of_each_kind():
    shown = {text.split("exercise = ")[1].split("(")[0] for text in EXERCISES.values()}
    assert shown == {
        name for name in kinds.__all__ if name not in ("Entry", "Exercise", "Halfway", "Question", "Spread")
    }


@pytest.mark.parametrize("id", EXERCISES)
def test_each_fits_on_a_screen(id):
    assert len(EXERCISES[id].splitlines()) <= 50


def test_every_axis_is_told():
    rows = re.findall(r"^\| `(\w+)` \| (.+?) \| .+ \|$", PAGE, re.MULTILINE)
    assert dict(rows) == {name: axis.part.format("L") for name, axis in AXES.items()}


def test_each_is_proven(course):
    assert f"{len(EXERCISES)} exercises proven" in run("prove", "--seeds=3")


def test_the_lesson_is_built_and_shows_them_in_order(course):
    said = run("build")
    assert f"{LESSON}: built → lessons/{LESSON}/{LESSON}.ipynb" in said
    assert f"{len(EXERCISES)} exercises" in said
    released = nbformat.read(course / "lessons" / LESSON / f"{LESSON}.ipynb", as_version=4)
    text = [cell.source for cell in released.cells]
    titles = [cell.split("\n")[0] for cell in text if cell.startswith("### Exercise")]
    assert titles == [
        f"### Exercise {number} · {ast.get_docstring(ast.parse(EXERCISES[id])).splitlines()[0]}"
        for number, id in enumerate(EXERCISES, 1)
    ]
    assert "check(row_means)" in text and 'check("looking_pairs")' in text
    assert not any("return total" in cell for cell in text)


def test_they_are_listed(course):
    table = run("exercises")
    for id, text in EXERCISES.items():
        (row,) = (line for line in table.splitlines() if re.search(rf"\b{id}\b", line))
        assert row.rstrip().endswith(str(len(text.splitlines())))
