"""Grades for other systems, from a real gradebook; and what nbgrader does on a regrade and for late work."""

import csv
import io
import json
import os
import shutil
import sys
from datetime import datetime
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from typer.testing import CliRunner

from grader import own
from grader.cli import app
from grader.course_folder import CourseError, configuration
from grader.marks.export import ExportError, as_canvas, as_csv, as_moodle, export, guarded
from grader.marks.late import PerDay
from grader.marks.records import Lesson, Mark, Record, Standing, read_lesson

LESSON = "week1"


@pytest.fixture(scope="module", autouse=True)
def environment():
    """nbgrader calls `alembic` by its name."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
        yield


@pytest.fixture(scope="module")
def example(tmp_path_factory):
    """A course with a gradebook: two exercises; ada graded, ben by hand and late, cy not, dan has nothing."""
    root = tmp_path_factory.mktemp("course")
    (root / "nbgrader_config.py").write_text("c = get_config()\n")
    for student in ("ada", "ben", "cy", "eve"):
        (root / "submitted" / student / LESSON).mkdir(parents=True)
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as book:
        book.add_assignment(LESSON, duedate="2026-03-01 12:00:00 UTC")
        book.add_notebook(LESSON, LESSON)
        for cell, points in (("one", 2), ("two", 3)):
            book.add_grade_cell(cell, LESSON, LESSON, max_score=points, cell_type="code")
        book.add_student("ada", first_name="Ada", last_name="Byron", email="ada@x.org", lms_user_id="11")
        book.add_student("ben", first_name="=1+2", last_name="", lms_user_id="12")
        book.add_student("dan")
        for student, scores in {"ada": (2.0, 1.5), "ben": (0.0, 3.0)}.items():
            submission = book.add_submission(LESSON, student)
            for cell, score in zip(("one", "two"), scores):
                grade = book.find_grade(cell, LESSON, LESSON, student)
                grade.auto_score, grade.needs_manual_grade = score, False
            if student == "ben":
                submission.timestamp = datetime(2026, 3, 1, 18)
                submission.notebooks[0].late_submission_penalty = 0.5
                book.find_grade("one", LESSON, LESSON, "ben").manual_score = 1.25
                book.find_grade("two", LESSON, LESSON, "ben").extra_credit = 0.5
        book.db.commit()
    (root / ".grading").mkdir()
    told = {"inputs": "", "status": "not gradable", "reason": "it is not JSON", "seconds": 0, "files": {}}
    (root / ".grading" / f"{LESSON}.jsonl").write_text(json.dumps({"student": "eve", **told, "scores": []}))
    return root


@pytest.fixture
def course(example, tmp_path, monkeypatch):
    """A copy of it, to be worked in."""
    shutil.copytree(example, tmp_path / "course")
    monkeypatch.chdir(tmp_path / "course")
    return tmp_path / "course"


def rows(text):
    return list(csv.reader(io.StringIO(text)))


def test_records(course):
    lesson = read_lesson(course, LESSON)
    found = {r.student: (r.standing, r.score) for r in lesson.records}
    assert found == {
        "ada": (Standing.GRADED, 3.5),
        "ben": (Standing.GRADED, 1.25 + 3.5 - 0.5),
        "cy": (Standing.NOT_GRADED, None),
        "dan": (Standing.NOTHING, None),
        "eve": (Standing.NOT_GRADABLE, None),
    }
    assert (lesson.maximum, lesson.exercises) == (5.0, {"one": 2.0, "two": 3.0})
    ben = lesson.records[1]
    assert (ben.late, ben.penalty, ben.marks["one"]) == (6 * 3600.0, 0.5, Mark(1.25, 2.0, True))
    assert lesson.records[4].reason == "it is not JSON"


def test_csv(course):
    found = rows(as_csv(read_lesson(course, LESSON)))
    heading = ["student", "name", "email", "lms id", "section", "group", "standing"]
    assert found[0] == [*heading, "score", "maximum", "penalty", "hours late", "one", "two"]
    assert found[1] == [
        "ada",
        "Ada Byron",
        "ada@x.org",
        "11",
        "",
        "",
        "graded",
        "3.5",
        "5",
        "",
        "",
        "2",
        "1.5",
    ]
    assert found[2] == ["ben", "'=1+2", "", "12", "", "", "graded", "4.25", "5", "0.5", "6.0", "1.25", "3.5"]
    assert found[3] == ["cy", "", "", "", "", "", "not graded", "", "5", "", "", "", ""]


def test_a_bonus_is_counted_and_no_part_of_the_maximum(course, monkeypatch):
    monkeypatch.setattr(own, "changes", lambda lesson: own.Changes(bonus=frozenset({"two"})))
    lesson = read_lesson(course, LESSON)
    assert lesson.maximum == 2.0 and lesson.records[0].score == 3.5
    assert "more than 2" not in " ".join(export(lesson, "csv", course / "out.csv"))


def test_sections_and_groups_come_from_the_roster(course):
    (course / "collected").mkdir()
    file = course / "collected" / "roster.csv"
    file.write_text("id,section,group\nada,Monday,A\nben,Tuesday,A\ncy,Tuesday,\n")
    whole = read_lesson(course, LESSON)
    assert {(r.student, r.section, r.group) for r in whole.records} == {
        ("ada", "Monday", "A"),
        ("ben", "Tuesday", "A"),
        ("cy", "Tuesday", ""),
        ("dan", "", ""),
        ("eve", "", ""),
    }
    assert rows(as_canvas(whole))[2] == ["Ada Byron", "11", "", "", "Monday", "3.5"]
    assert [r.student for r in read_lesson(course, LESSON, "Tuesday").records] == ["ben", "cy"]
    with pytest.raises(CourseError, match="nobody in a section 'Friday'; there are Monday, Tuesday"):
        read_lesson(course, LESSON, "Friday")
    result = CliRunner().invoke(app, ["export", LESSON, "--section", "Monday"])
    assert result.exit_code == 0 and len(rows(Path(f"{LESSON}_csv.csv").read_text())) == 2


def test_whoever_is_on_the_roster_is_listed_and_one_name_under_two_ids_is_told(course):
    """Also who is not in the gradebook: one that was built after the roster was given knows nobody of it."""
    (course / "collected").mkdir()
    (course / "collected" / "roster.csv").write_text("id,name,lms id,email\nfay,ADA  Byron,13,fay@x.org\n")
    lesson = read_lesson(course, LESSON)
    fay = lesson.records[-1]
    assert (fay.student, fay.name, fay.lms_id, fay.email) == ("fay", "ADA  Byron", "13", "fay@x.org")
    assert fay.standing is Standing.NOTHING and fay.score is None
    assert "Ada Byron is there as ada and fay: if" in export(lesson, "csv", course / "out.csv")[-1]


def test_canvas_has_the_columns_of_its_import(course):
    found = rows(as_canvas(read_lesson(course, LESSON)))
    assert found[0] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", LESSON]
    assert found[1] == ["    Points Possible", "", "", "", "", "5"]
    assert found[2] == ["Ada Byron", "11", "", "", "", "3.5"]
    assert found[4] == ["cy", "", "", "cy", "", ""]  # no grade, so nothing for Canvas to change


def test_moodle_has_the_columns_of_its_worksheet(course):
    heading, *found = rows(as_moodle(read_lesson(course, LESSON)))
    first = dict(zip(heading, found[0]))
    assert {"Identifier", "Grade", "Last modified (grade)"} <= first.keys()  # without which Moodle refuses it
    assert (
        first["Identifier"] == "Participant 11" and first["Grade"] == "3.5" and first["Maximum Grade"] == "5"
    )
    assert dict(zip(heading, found[2]))["Grade"] == ""


@pytest.mark.parametrize("format", [as_csv, as_canvas, as_moodle])
@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r=", " =", "＝", "\n="])
def test_no_cell_is_a_formula(format, start):
    evil = f"{start}HYPERLINK(1)"
    record = Record(evil, evil, evil, evil, Standing.GRADED, 1.0)
    for row in rows(format(Lesson("x", 1.0, {}, (record,))))[1:]:
        for cell in row:
            assert not cell.lstrip(" ").startswith(
                ("=", "+", "@", "\t", "\r", "\n", "＝")
            ) and not cell.startswith("-H")
    assert guarded(evil) == f"'{evil}" and guarded("O'Neil-Smith") == "O'Neil-Smith"


def test_a_file_that_is_there_stays(course):
    lesson = read_lesson(course, LESSON)
    out = course / "mine.csv"
    out.write_text("my own notes")
    with pytest.raises(ExportError, match="is there already"):
        export(lesson, "csv", out)
    assert out.read_text() == "my own notes"
    said = export(lesson, "moodle", out, force=True)
    assert out.read_text().startswith("Identifier,")
    assert "2 graded, 1 not graded, 1 not gradable, 1 not handed in" in said[0]
    assert said[1].startswith("3 have no LMS id")


def test_the_command(course):
    run = CliRunner().invoke
    assert run(app, ["export", LESSON, "--format", "canvas"]).exit_code == 0
    assert (course / f"{LESSON}_canvas.csv").is_file()
    assert run(app, ["export", LESSON, "--format", "canvas"]).exit_code == 2
    for words, said in (
        (["export", LESSON, "--format", "xls"], "no format 'xls'; there are csv, canvas, moodle"),
        (["export", "week9"], "no lesson 'week9' (it has: week1)"),
    ):
        done = run(app, words)
        assert done.exit_code == 2 and said in done.stderr


def test_no_gradebook_is_made_by_looking(tmp_path):
    (tmp_path / "nbgrader_config.py").write_text("c = get_config()\n")
    with pytest.raises(CourseError, match="There is no gradebook"):
        read_lesson(tmp_path, LESSON)
    assert not list(tmp_path.glob("*.db"))


# -- what nbgrader itself does with late work, and with grades given by hand


@pytest.mark.parametrize(
    ("hours", "taken"), [(0.2, None), (1, 1.0), (24, 1.0), (25, 2.0), (24 * 9.5, 10.0), (24 * 100, 10.0)]
)
def test_a_late_penalty_a_day(hours, taken):
    plugin = PerDay(percent=10, grace_minutes=15)
    assert plugin.late_submission_penalty("ada", 10.0, hours * 3600) == taken


CONFIG = """
c = get_config()
c.AssignLatePenalties.plugin_class = "grader.marks.late.PerDay"
c.PerDay.percent = 10
c.ClearSolutions.enforce_metadata = False
"""


def test_regrading_keeps_manual_grades_and_late_penalties_come_from_the_plugin(tmp_path, monkeypatch):
    """With nbgrader's own release and autograding, and a kernel that runs the notebook."""
    (tmp_path / "nbgrader_config.py").write_text(CONFIG)
    monkeypatch.chdir(tmp_path)
    cells = []
    for name in ("auto", "essay"):
        about = {
            "grade_id": name,
            "grade": True,
            "solution": False,
            "locked": True,
            "task": False,
            "points": 2,
        }
        about |= {"schema_version": 3, "cell_type": "code"}
        cells.append(new_code_cell("2 - 1", id=name, metadata={"nbgrader": about}))
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    for place in (f"source/{LESSON}", f"submitted/ada/{LESSON}"):
        (tmp_path / place).mkdir(parents=True)
        nbformat.write(new_notebook(cells=cells, metadata=kernel), tmp_path / place / f"{LESSON}.ipynb")
    (tmp_path / f"submitted/ada/{LESSON}/timestamp.txt").write_text("2026-03-02 18:00:00 UTC")
    config = configuration(tmp_path)
    config.CourseDirectory.db_url = f"sqlite:///{tmp_path / 'gradebook.db'}"
    api = NbGraderAPI(config=config)
    assert api.generate_assignment(LESSON)["success"]
    with Gradebook(config.CourseDirectory.db_url) as book:
        book.update_or_create_assignment(LESSON, duedate="2026-03-01 12:00:00 UTC")
    assert api.autograde(LESSON, "ada")["success"]

    (first,) = read_lesson(tmp_path, LESSON).records
    assert (first.late, first.penalty) == (30 * 3600.0, 0.4)  # two days begun, 20 % of 2 points
    with Gradebook(config.CourseDirectory.db_url) as book:
        grade = book.find_grade("essay", LESSON, LESSON, "ada")
        grade.manual_score, grade.needs_manual_grade = 1.75, False
        book.db.commit()
    assert api.autograde(LESSON, "ada", force=True)["success"]

    (again,) = read_lesson(tmp_path, LESSON).records
    assert again.marks == {"auto": Mark(1.0, 2.0, False), "essay": Mark(1.75, 2.0, True)}
    assert again.penalty == 0.55 and again.standing is Standing.REVIEW  # nbgrader asks to look at it again
