"""A student who leaves is nowhere in the course afterwards, and everybody else is as before."""

import json
import shutil

import pytest
from nbgrader.api import Gradebook
from typer.testing import CliRunner

from grader.appeals.word import Word
from grader.cli import app
from grader.course_folder import configuration
from grader.intake.collect import collect
from grader.intake.roster import keep_roster, read_roster

LESSON = "02_attention"


@pytest.fixture
def course(tmp_path, monkeypatch):
    """ada and ada2 in every place that a course has for students."""
    (tmp_path / "nbgrader_config.py").write_text(
        "from grader.configure import configure\n\nconfigure(get_config())\n"
    )
    people = tmp_path / "people.csv"
    people.write_text("id,name\nada,Ada Byron\nada2,Bo Two\n")
    roster = read_roster(people)
    people.unlink()
    for text in ("first", "second"):
        for student in ("ada", "ada2"):
            (tmp_path / "in" / student).mkdir(parents=True, exist_ok=True)
            (tmp_path / "in" / student / "x.ipynb").write_text(text)
        collect(tmp_path, LESSON, tmp_path / "in", roster, update=True)
    shutil.rmtree(tmp_path / "in")
    keep_roster(tmp_path, roster)
    monkeypatch.chdir(tmp_path)
    told = {"inputs": "", "status": "graded", "reason": "", "seconds": 0, "files": {}, "scores": {}}
    (tmp_path / ".grading").mkdir()
    lines = [json.dumps({"student": student, **told}) for student in ("ada", "ada2")]
    (tmp_path / ".grading" / f"{LESSON}.jsonl").write_text("\n".join(lines) + "\n")
    word = vars(Word("because", None, "1f0c", "2026-11-29"))
    (tmp_path / "appeals.json").write_text(json.dumps({s: {"attention": word} for s in ("ada", "ada2")}))
    for step in ("autograded", "feedback"):
        for student in ("ada", "ada2"):
            (tmp_path / step / student / LESSON).mkdir(parents=True)
            (tmp_path / step / student / LESSON / "page.html").write_text(student)
    configuration(tmp_path)  # which puts nbgrader's programs on PATH
    with Gradebook(f"sqlite:///{tmp_path / 'gradebook.db'}") as book:
        book.add_assignment(LESSON)
        book.add_notebook(LESSON, LESSON)
        book.add_grade_cell("attention", LESSON, LESSON, max_score=10, cell_type="code")
        for student in ("ada", "ada2"):
            book.add_student(student)
            book.add_submission(LESSON, student)
    return tmp_path


def everything(course):
    """Where in the course a student's id stands as a word."""
    found = {str(path.relative_to(course)) for path in course.rglob("*")}
    texts = [
        p.read_text() for p in course.rglob("*") if p.is_file() and p.suffix in (".csv", ".json", ".jsonl")
    ]
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as book:
        students = [student.id for student in book.students]
        submissions = [submission.student_id for submission in book.assignment_submissions(LESSON)]
    return found, texts, students, submissions


def test_one_leaves_and_the_other_stays(course):
    done = CliRunner().invoke(app, ["remove", "ada"], input="n\n")
    assert done.exit_code == 1 and everything(course)[2] == ["ada", "ada2"]
    done = CliRunner().invoke(app, ["remove", "ada", "--yes"])
    assert done.exit_code == 0, done.output
    for place in (
        "submitted",
        "autograded",
        "feedback",
        "replaced",
        "students.csv",
        "appeals.json",
        "gradebook",
    ):
        assert place in done.output
    found, texts, students, submissions = everything(course)
    assert students == submissions == ["ada2"]
    assert not any("ada" in path.split("/") for path in found)
    assert sum("ada2" in path.split("/") for path in found) > 6
    assert len(texts) == 4
    for text in texts:
        assert "ada2" in text and "ada" not in text.replace("ada2", "").lower()
    assert "nothing of 'ada'" in CliRunner().invoke(app, ["remove", "ada"]).stderr
    assert "no student's name" in CliRunner().invoke(app, ["remove", "../ada2"]).stderr
