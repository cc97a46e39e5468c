"""A student edition: it checks and names, and nobody finds an answer in it."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from grader import catalogue
from grader.building.instructor import instructor_notebook
from grader.building.lesson import Lesson
from grader.edition.pack import make_student_edition
from grader.exercise.solution import BEGIN, END

ROOT = Path(__file__).parents[3]
LESSONS = ("00_start", "02_attention")
SHORTEST = 24  # signs of a line that says something
STUDENT = """
from grader import check, hint, mine, numbers
import torch

def softmax_rows(scores):
    return scores / scores.sum(-1, keepdim=True)
assert check(softmax_rows).verdict.mistake, "a known mistake is named"

def softmax_rows(scores):
    exponentials = (scores - scores.amax(-1, keepdim=True)).exp()
    return exponentials / exponentials.sum(-1, keepdim=True)
assert check(softmax_rows) == check(softmax_rows).verdict.maximum

def softmax_rows(scores):
    return torch.softmax(scores, -1)
assert "not your own work" in str(check("softmax_rows").verdict.status)
never_read = "a"
assert check("never_read").verdict.mistake
hint("softmax_rows")
assert numbers("patch_weight").query
patch_weight = 0.5
assert "not checked here" in str(check("patch_weight").verdict.status)
try:
    mine.centre_rows(torch.eye(2))
except NotImplementedError as said:
    print(said)
"""


@pytest.fixture(scope="module")
def edition(tmp_path_factory):
    """The package `grader` with the exercises of two lessons."""
    copy = tmp_path_factory.mktemp("edition")
    shutil.copytree(ROOT / "grader", copy / "grader", ignore=shutil.ignore_patterns("__pycache__"))
    with pytest.MonkeyPatch.context() as patch:
        some = [exercise for lesson in LESSONS for exercise in catalogue.of_lesson(lesson)]
        patch.setattr(catalogue, "every_exercise", lambda: some)
        make_student_edition(copy)
    return copy


def test_a_student_works_with_it(edition):
    os.symlink(ROOT / "course", edition / "course")
    environment = os.environ | {"PYTHONPATH": str(edition), "COURSE_ANSWERS": str(edition / "kept")}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", STUDENT],
        cwd=edition, env=environment, capture_output=True, text=True, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "`centre_rows`: the course's own answer, which this edition does not have" in done.stdout
    assert "centre_rows is your own to write" in done.stdout
    assert "Practice numbers" in done.stdout


def answers(lesson):
    """The lines that stand between the marks in the instructor's notebook, with what defines and returns."""
    text = "\n".join(cell.source for cell in instructor_notebook(Lesson(ROOT, lesson)).cells)
    blocks = re.findall(rf"{BEGIN}\n(.*?){END}", text, re.DOTALL)
    return {line.strip() for block in blocks for line in block.splitlines() if len(line.strip()) >= SHORTEST}


def test_no_line_of_an_answer_is_in_it(edition):
    files = [file for file in edition.glob("grader/**/*") if file.is_file()]
    texts = {file: file.read_bytes() for file in files if not file.name.endswith(".gz")}
    assert not [
        file
        for file in files
        if "exercises" in file.parts and file.suffix == ".py" and file.stem != "__init__"
    ]
    found = answers("00_start") | answers("02_attention")
    assert len(found) > 10
    held = {line: str(file) for line in found for file, text in texts.items() if line.encode() in text}
    assert held == {}


def test_recordings_hold_no_code(edition):
    import gzip

    files = list(edition.glob("grader/exercises/*/*.json.gz"))
    assert len(files) == sum(len(catalogue.ids()[lesson]) for lesson in LESSONS)
    for file in files:
        text = gzip.decompress(file.read_bytes()).decode()
        assert not re.search(r"\breturn\b.{0,40}@|def \w+\(|\blambda\b", text.replace("\\n", " ")), file
