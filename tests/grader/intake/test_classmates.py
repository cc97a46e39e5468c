"""Who is in the class: the folders of submissions and the gradebook, neither of which need be there."""

import os
import sys
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from grader.intake.classmates import classmates


@pytest.fixture
def directory(tmp_path):
    config = Config()
    config.CourseDirectory.root = str(tmp_path / "a [course]")
    (tmp_path / "a [course]").mkdir()
    return CourseDirectory(config=config)


def test_nobody_and_no_gradebook_is_made(directory, tmp_path):
    assert classmates(directory) == []
    assert not list((tmp_path / "a [course]").iterdir())


def test_those_who_handed_any_lesson_in_and_those_who_are_entered(directory, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
    for student, lesson in (("ada", "01"), ("ada", "02"), ("Zoë Müller [1]", "02")):
        (tmp_path / "a [course]" / "submitted" / student / lesson).mkdir(parents=True)
    with Gradebook(directory.db_url) as gradebook:
        for student in ("ben", "ada"):
            gradebook.add_student(student)
    assert classmates(directory) == ["Zoë Müller [1]", "ada", "ben"]
