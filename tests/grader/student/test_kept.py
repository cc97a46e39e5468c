"""A reader's folder: where it is, and what is in it."""

import json
import os
from datetime import date

import pytest

from grader.student import kept

pytestmark = pytest.mark.usefixtures("nobody")


@pytest.mark.parametrize(
    ("works_in", "kept_in"),
    [
        ("work/02_attention", "work/my_answers"),  # beside the lessons, so all of them find it
        ("downloads", "downloads/my_answers"),  # a notebook by itself
        ("02_nothing_of_ours", "02_nothing_of_ours/my_answers"),
    ],
)
def test_it_is_beside_the_lesson(tmp_path, monkeypatch, works_in, kept_in):
    (tmp_path / works_in).mkdir(parents=True)
    monkeypatch.chdir(tmp_path / works_in)
    monkeypatch.delenv(kept.VARIABLE, raising=False)
    assert kept.folder() == tmp_path / kept_in


def test_a_variable_names_another(monkeypatch, tmp_path):
    monkeypatch.setenv(kept.VARIABLE, str(tmp_path / "answers"))
    assert kept.folder() == tmp_path / "answers"


def test_an_answer_is_plain_python_and_the_newest_replaces_the_one_before():
    assert kept.keep("02_attention", "f", "def f():\n    return 1\n\n\nx = 1\n") is False
    assert kept.keep("02_attention", "f", "def f():\n    return 1\n\n\nx = 1\n") is None
    assert kept.keep("02_attention", "f", "def f():\n    return 2\n") is True
    file = kept.file_of("02_attention", "f")
    assert file.read_text().startswith(f"# Your answer `f`, which passed its check on {date.today()}")
    exec(file.read_text(), space := {})
    assert space["f"]() == 2
    assert kept.shown(file) == "my_answers/02_attention/f.py"
    os.utime(file, (0, 86_400 * 365))
    assert kept.day(file) == "1971-01-01"
    assert [one.name for one in file.parent.iterdir()] == ["f.py"], "nothing is left of writing it"


def test_points_are_the_most_that_an_exercise_has_had():
    assert kept.points() == {}
    for name, score in (("a", 1.5), ("a", 0.5), ("b", 0.0), ("c", 2.0)):
        kept.note(name, score)
    assert kept.points() == {"a": 1.5, "c": 2.0}


@pytest.mark.parametrize("text", ["", "[]", "{", json.dumps({"a": "many"}), "\0"])
def test_points_that_cannot_be_read_are_none(text):
    kept.folder().mkdir()
    (kept.folder() / kept.POINTS).write_text(text)
    assert kept.points() == {}
