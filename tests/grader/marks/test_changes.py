"""Marks changed by hand: who, when, from what to what; written down where the formgrader runs, only there."""

import subprocess
import sys

import pytest
from nbgrader.api import Gradebook
from typer.testing import CliRunner

from grader.cli import app
from grader.marks.changes import FILE, Change, forget, read

LESSON = "week1"
CONFIGURATION = "from grader.configure import configure\n\nconfigure(get_config())\n"
BY_HAND = f"""
import sys
{{server}}
from pathlib import Path
from grader.course_folder import configuration
for _ in range(2):  # a server reads it at every request
    configuration(Path.cwd())
from nbgrader.api import Gradebook
with Gradebook("sqlite:///gradebook.db") as book:
    grade = book.find_grade("one", "{LESSON}", "{LESSON}", "ada")
    grade.manual_score = "1.5"  # as the formgrader's page sends it
    book.db.commit()
    grade.manual_score = "1.50"
    book.db.commit()
    grade.manual_score, grade.extra_credit = None, 0.5
    book.db.commit()
    grade.auto_score = 2.0  # the judge's, which nobody changes by hand
    book.db.commit()
"""
SERVER = "import nbgrader.server_extensions.formgrader.formgrader"


@pytest.fixture
def course(tmp_path, monkeypatch):
    (tmp_path / "nbgrader_config.py").write_text(CONFIGURATION)
    with Gradebook(f"sqlite:///{tmp_path / 'gradebook.db'}") as book:
        book.add_assignment(LESSON)
        book.add_notebook(LESSON, LESSON)
        book.add_grade_cell("one", LESSON, LESSON, max_score=2, cell_type="code")
        book.add_student("ada")
        book.add_submission(LESSON, "ada")
        book.db.commit()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("JUPYTERHUB_USER", "prof")
    return tmp_path


def run(code):
    subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=True, timeout=600)


def test_what_the_formgraders_server_writes_is_written_down(course):
    run(BY_HAND.format(server=SERVER))
    found = read(course)
    assert [(c.what, c.before, c.after) for c in found] == [
        ("points by hand", "", "1.5"),
        ("points by hand", "1.5", ""),
        ("extra points", "", "0.5"),
    ]
    assert {(c.who, c.lesson, c.student, c.exercise) for c in found} == {("prof", LESSON, "ada", "one")}
    said = CliRunner().invoke(app, ["changes", LESSON]).output
    assert "prof: week1, ada, one: points by hand 1.5 → none" in " ".join(said.split())
    assert "Nobody" in CliRunner().invoke(app, ["changes", "--student", "ben"]).output


def test_other_processes_watch_nothing(course):
    run(BY_HAND.format(server=""))
    assert read(course) == []


def test_who_leaves_is_left_out(course):
    (course / ".grading").mkdir()
    heading = "when,who,lesson,student,exercise,what,before,after\n"
    line = "2026-11-29 12:00:00+00:00,prof,week1,{},one,points by hand,,1\n"
    (course / FILE).write_text(heading + line.format("ada") + line.format("ben"))
    forget(course, "ada")
    when = "2026-11-29 12:00:00+00:00"
    assert read(course) == [Change(when, "prof", "week1", "ben", "one", "points by hand", "", "1")]
