"""A term, by commands: collected twice, late, graded anew, changed, left, and exported to both systems.

One lesson and three students: ada has everything right, ben little and hands in again, cleo is late.
"""

import csv
import io
import os
import shutil
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest
from typer.testing import CliRunner

from grader import catalogue, own
from grader.batch import hands, release
from grader.batch.grade import grade
from grader.cli import app

ROOT, LESSON = own.PLACES[0].parent, "00_start"
CONFIGURATION = """
from grader.configure import configure

c = configure(get_config())
c.AssignLatePenalties.plugin_class = "grader.marks.late.PerDay"
c.PerDay.percent = 10
c.PerDay.grace_minutes = 15
"""
PEOPLE = """id,name,lms id,section,submitted
ada,Ada Byron,101,Monday,2026-11-20 09:00 UTC
ben,Ben Ode,102,Monday,2026-11-20 10:00 UTC
cleo,Cleo Zak,103,Tuesday,2026-11-23 22:00 UTC
"""
WORKSHEET = """Kennung,Vollständiger Name,Status,Bewertung,Bestwertung,Zuletzt geändert (Bewertung)
Teilnehmer/in 101,Ada Byron,Abgegeben,,"{0}",-
Teilnehmer/in 102,Ben Ode,Abgegeben,,"{0}",-
Teilnehmer/in 103,Cleo Zak,Abgegeben,,"{0}",-
"""


@pytest.fixture
def term(tmp_path, monkeypatch):
    """A course of one lesson, graded in this process; its own course.toml."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(hands, "grade_one", lambda *submission: grade(*submission[:-1], scratch))
    monkeypatch.setattr(release, "code_fingerprint", lambda: "whatever is edited while tests run")
    monkeypatch.setattr(own, "PLACES", (tmp_path / "course" / "course.toml",))
    monkeypatch.setenv("PATH", os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
    monkeypatch.delenv("COURSE_SECRET", raising=False)
    catalogue._load.cache_clear()
    root = tmp_path / "course"
    (root / "solutions" / LESSON).mkdir(parents=True)
    shutil.copy(ROOT / "solutions" / LESSON / f"{LESSON}.py", root / "solutions" / LESSON)
    (root / "nbgrader_config.py").write_text(CONFIGURATION)
    (root / ".course_secret").write_text("a secret")
    (root / "people.csv").write_text(PEOPLE)
    monkeypatch.chdir(root)
    yield root
    catalogue._load.cache_clear()


def say(*words, status=0):
    """What a command says."""
    done = CliRunner().invoke(app, [str(word) for word in words])
    assert done.exit_code == status, f"{words}: {done.output}\n{done.exception!r}"
    return " ".join(done.output.split())


def worked(root, answers):
    """The released notebook with the right answers to some exercises, as a file's content."""
    notebook = nbformat.read(root / "lessons" / LESSON / f"{LESSON}.ipynb", as_version=4)
    solved = nbformat.read(root / "solutions" / LESSON / f"{LESSON}.ipynb", as_version=4)
    right = {cell.id: cell.source for cell in solved.cells}
    for cell in notebook.cells:
        if cell.id.removesuffix("-answer").replace("-", "_") in answers:
            cell.source = right[cell.id]
    return nbformat.writes(notebook)


def moodles(place, handed_in):
    """Moodle's zip of these notebooks."""
    with zipfile.ZipFile(place, "w") as packed:
        for (name, number), text in handed_in.items():
            packed.writestr(f"{name}_{number}_assignsubmission_file_/{LESSON}.ipynb", text)
    return place


def scores(*options):
    say("export", LESSON, "--force", *options)
    lines = csv.DictReader(io.StringIO(Path(f"{LESSON}_csv.csv").read_text(encoding="utf-8-sig")))
    return {line["student"]: line for line in lines}


ADA, BEN, CLEO = ("Ada Byron", 101), ("Ben Ode", 102), ("Cleo Zak", 103)


def test_a_term(term):
    # released
    assert "built" in say("build")
    exercises = catalogue.ids()[LESSON]
    whole = sum(map(catalogue.points, exercises))
    say("due", LESSON, "2026-11-22 23:59 Europe/Berlin")

    # collected and graded: cleo is 23 hours late
    everything, little = worked(term, exercises), worked(term, ["which_shape"])
    first = moodles(term / "first.zip", {ADA: everything, BEN: little, CLEO: everything})
    assert "3 new: ada, ben, cleo" in say("collect", LESSON, first, "--roster", "people.csv")
    say("autograde", LESSON, "--jobs", 1)
    found = scores()
    assert float(found["ada"]["score"]) == whole == float(found["ada"]["maximum"])
    assert float(found["cleo"]["score"]) == pytest.approx(0.9 * whole) and found["cleo"]["penalty"]
    assert found["ben"]["score"] == str(int(catalogue.points("which_shape")))
    assert scores("--section", "Tuesday").keys() == {"cleo"}

    # handed in again, and more time given: these two are graded anew, ada is not
    second = moodles(term / "second.zip", {ADA: everything, BEN: worked(term, exercises[:3])})
    Path("people.csv").write_text(PEOPLE.replace("2026-11-20 10:00", "2026-11-21 10:00"))
    told = say("collect", LESSON, second, "--roster", "people.csv", "--update")
    assert "1 updated: ben" in told and "1 unchanged: ada" in told
    say("extend", LESSON, "cleo", "2026-11-24 12:00 UTC")
    say("autograde", LESSON, "--jobs", 1)
    found = scores()
    assert float(found["cleo"]["score"]) == whole and not found["cleo"]["penalty"]
    assert float(found["ben"]["score"]) > catalogue.points("which_shape")

    # told: a report, pages, both systems' own sheets
    say("report", LESSON)
    assert "Ben Ode" in Path(f"{LESSON}_report.html").read_text()
    say("feedback", LESSON, "--moodle-zip", "back.zip")
    with zipfile.ZipFile("back.zip") as packed:
        assert sorted(packed.namelist())[0] == f"Ada Byron_101_assignfeedback_file_/{LESSON}.html"
    Path("theirs.csv").write_text(WORKSHEET.format(f"{whole:.2f}".replace(".", ",")))
    assert "3 of 3 rows" in say("export", LESSON, "--format", "moodle", "--worksheet", "theirs.csv")
    sheet = list(csv.reader(io.StringIO(Path(f"{LESSON}_moodle.csv").read_text(encoding="utf-8-sig"))))
    assert [float(row[3]) for row in sheet[1:]] == [float(found[s]["score"]) for s in ("ada", "ben", "cleo")]
    say("export", LESSON, "--format", "canvas")
    canvas = list(csv.reader(io.StringIO(Path(f"{LESSON}_canvas.csv").read_text())))
    assert canvas[0][-1] == LESSON and float(canvas[1][-1]) == whole
    assert canvas[2] == ["Ada Byron", "101", "", "", "Monday", found["ada"]["score"]]

    # the instructor's own points, and an exercise less
    gone, other = exercises[-1], exercises[0]
    Path("course.toml").write_text(
        f'[lessons.{LESSON}]\nleave_out = ["{gone}"]\npoints = {{ {other} = 7 }}\n'
    )
    catalogue._load.cache_clear()
    assert f"--drop {gone}" in say("build", status=1)
    say("build", "--drop", gone)
    assert list(Path().glob("gradebook_before_*.db"))
    say("autograde", LESSON, "--jobs", 1)
    less = sum(map(catalogue.points, catalogue.ids()[LESSON]))
    found = scores()
    assert gone not in found["ada"] and found["ada"][other] == "7"
    assert float(found["ada"]["score"]) == less == float(found["cleo"]["maximum"])

    # one leaves, and is nowhere
    assert "Removed." in say("remove", "ada", "--yes")
    assert scores().keys() == {"ben", "cleo"}
    say("report", LESSON, "--force")
    assert "Ada" not in Path(f"{LESSON}_report.html").read_text()
    assert not list(Path().glob("*/ada"))
