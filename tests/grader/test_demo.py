"""The demonstration class, graded for real."""

import csv
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from grader.demo import CLASS, LESSON

ROOT = Path(__file__).resolve().parents[2]


def demo(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "grader.cli", "demo", f"--folder={folder}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=500,
    )


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    folder = tmp_path_factory.mktemp("class")
    done = demo(folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder, done.stdout


def test_everyone_is_graded(graded):
    folder, said = graded
    with (folder / "grades.csv").open(encoding="utf-8-sig") as file:
        rows = {row["student"]: row for row in csv.DictReader(file)}
    assert rows.keys() == {student.name for student in CLASS}
    full = float(rows["ada"]["maximum"])
    score = {name: float(row["score"]) for name, row in rows.items()}
    assert all(score[name] == full for name in ("ada", "ben", "carla", "lena"))
    assert score["ivo"] == 0
    assert all(0 < score[name] < full for name in ("dev", "eli", "fatima", "gil", "hana", "jun", "kofi"))
    assert "12 submissions graded" in said


@pytest.mark.parametrize(
    ("student", "sentence"),
    [
        ("eli", "The softmax runs over the queries"),
        ("fatima", "The mask is upside down"),
        ("gil", "which is what this exercise asks you to write yourself"),
        ("kofi", "is there a loop that never ends?"),
        ("jun", "so there was nothing left to ask"),
    ],
)
def test_feedback_pages_name_the_mistake(graded, student, sentence):
    folder, _ = graded
    assert sentence in (folder / "feedback" / student / LESSON / f"{LESSON}.html").read_text()


def test_a_folder_with_something_else_in_it_is_refused(tmp_path):
    (tmp_path / "thesis.tex").write_text("years of work")
    done = demo(tmp_path)
    assert done.returncode == 1
    assert "holds something else" in done.stderr
    assert (tmp_path / "thesis.tex").read_text() == "years of work"
    shutil.rmtree(tmp_path)
