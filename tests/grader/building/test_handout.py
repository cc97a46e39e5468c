"""What a class is given: installs with pip alone, and says what to do where it is not installed."""

import gzip
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
from typer.testing import CliRunner

from course import __version__
from grader import catalogue
from grader.building.handout import GUARD, PAGE, SENTENCE
from grader.cli import app
from grader.exercise import recorded
from grader.intake.collect import collect
from grader.questions.personal import student_key

ROOT = Path(__file__).resolve().parents[3]
LESSON = "00_start"


def test_a_folder_that_is_all_a_student_needs(tmp_path, monkeypatch):
    monkeypatch.chdir(ROOT)
    done = CliRunner().invoke(app, ["release", LESSON, "--to", str(tmp_path / "class.zip")])
    assert done.exit_code == 0, done.output
    with zipfile.ZipFile(tmp_path / "class.zip") as packed:
        packed.extractall(tmp_path)
    given = tmp_path / LESSON
    (wheel,) = given.glob("*.whl")
    assert {file.name for file in given.iterdir()} == {f"{LESSON}.ipynb", PAGE, wheel.name}
    page = (given / PAGE).read_text()
    assert f"pip install {wheel.name}" in page and f"version {__version__}" in page
    install = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--no-deps",
        "--quiet",
        "--target",
        str(tmp_path / "site"),
    ]
    subprocess.run([*install, str(wheel)], check=True)
    run = "import grader, course, pathlib; from grader import catalogue; catalogue.find('centre_rows')"
    look = f"{run}; print(pathlib.Path(grader.__file__).parents[1], course.__version__)"
    environment = os.environ | {"PYTHONPATH": str(tmp_path / "site")}
    told = subprocess.run(
        [sys.executable, "-c", look],
        cwd=tmp_path,
        env=environment,
        text=True,
        capture_output=True,
        check=True,
    )
    assert told.stdout.split() == [str(tmp_path / "site"), __version__]

    again = CliRunner().invoke(app, ["release", LESSON, "--to", str(tmp_path / "class.zip")])
    assert again.exit_code == 1 and "is there already" in again.stderr
    # untouched, it never wins over what was worked in
    cells = nbformat.read(given / f"{LESSON}.ipynb", as_version=4)
    assert cells.cells[0].source == GUARD
    (tmp_path / "in" / "ann").mkdir(parents=True)
    nbformat.write(cells, tmp_path / "in" / "ann" / f"{LESSON}.ipynb")
    cells.cells[5].source += "\n# mine"
    nbformat.write(cells, tmp_path / "in" / "ann" / "copy.ipynb")
    (tmp_path / "lessons" / LESSON).mkdir(parents=True)
    released = ROOT / "lessons" / LESSON / f"{LESSON}.ipynb"
    (tmp_path / "lessons" / LESSON / f"{LESSON}.ipynb").write_bytes(released.read_bytes())
    ((file, why),) = collect(tmp_path, LESSON, tmp_path / "in").unplaced
    assert file == f"ann/{LESSON}.ipynb" and why.endswith("this one is the lesson just as it was released")


def test_the_first_cell_says_in_one_sentence_that_the_course_is_missing(tmp_path):
    without_packages = [sys.executable, "-I", "-S", "-c", GUARD]
    done = subprocess.run(without_packages, cwd=tmp_path, text=True, capture_output=True)
    assert (done.returncode, done.stderr.strip()) == (1, SENTENCE)


def test_no_such_lesson(tmp_path, monkeypatch):
    monkeypatch.chdir(ROOT)
    done = CliRunner().invoke(app, ["release", "99_none", "--to", str(tmp_path / "x")])
    assert done.exit_code == 1 and "There is no lessons/99_none" in done.stderr


def test_a_student_edition_has_recordings_and_numbers_for_the_class(tmp_path, monkeypatch):
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("COURSE_SECRET", "a secret")
    some = (catalogue.find("own_table"), catalogue.find("which_shape"))
    monkeypatch.setattr(catalogue, "every_exercise", lambda: some)
    (tmp_path / "people.csv").write_text("id,name\nada,Ada Byron\n")
    words = ["release", LESSON, "--to", str(tmp_path / "class"), "--student-edition"]
    done = CliRunner().invoke(app, [*words, "--roster", str(tmp_path / "people.csv")])
    assert done.exit_code == 0, done.output
    (wheel,) = (tmp_path / "class").glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        inside = [name for name in packed.namelist() if name.startswith("grader/exercises/")]
        place = f"grader/exercises/{LESSON}/own_table.json.gz"
        told = json.loads(gzip.decompress(packed.read(place)))
    assert set(inside) == {"grader/exercises/__init__.py", place, place.replace("own_table", "which_shape")}
    made = recorded.read(told)
    key = student_key("a secret", "ada")
    assert made.own(key, "ada") == catalogue.find("own_table").own(key, "ada")
    assert made.own(student_key("a secret", "eve"), "eve")[1] == recorded.PRACTICE
