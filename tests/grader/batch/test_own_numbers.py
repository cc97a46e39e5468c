"""A class that types its own numbers in: what a notebook showed is graded, whoever grades it."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
import small_course
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook, new_output
from small_course import Small, rows

from grader import catalogue
from grader.asking import given
from grader.batch import release
from grader.batch.course import open_course
from grader.batch.run import Options, autograde
from grader.configure import configure
from grader.intake.arrivals import COLLECTED
from grader.judging.verdict import MIME as VERDICT
from grader.questions.draw import Draw
from grader.questions.personal import PUBLIC_SECRET, SECRET_FILE, readable, student_key
from grader.questions.record import METADATA, MIME, Record

LESSON, EXERCISE, SECRET = "01_own", "layer_gflops", "a secret"
CONFIG = (
    "from grader.configure import configure\nconfigure(get_config()).CourseDirectory.course_id = 'small'\n"
)


@dataclass(frozen=True)
class Student:
    """Who hands in, under which name the notebook showed numbers, and whether somebody handed a key out."""

    id: str
    shown: str | None = None
    has_key: bool = True
    answered: str = ""  # with whose numbers; those that were shown, if not said

    @property
    def key(self) -> str:
        name = self.answered or self.shown or self.id
        return student_key(SECRET if self.has_key else PUBLIC_SECRET, name)


CLASS = [
    *(Student(name, name) for name in ("ada", "ben", "Zoë_Müller_12345")),  # signed in as they are graded
    *(
        Student(f"Dev_Rao_{number}", f"dev{number}") for number in (1, 2)
    ),  # under the roster's name, not the LMS's
    Student("eli", "laptop", has_key=False),  # not signed in
    Student("fay", "fay", has_key=False),
    Student("gil", "jovyan", has_key=False),
    Student("hana"),  # cleared all outputs, and is honest by her key
    Student("ivo", "ivo", answered="gus"),  # says that another's numbers were his own
    Student("lou", "ada"),  # who hands in with ada: her notebook, her numbers
    Student("jun", "ben"),  # a neighbour's record and answer
    Student("kim", answered="ben"),  # a neighbour's answer, and no record
]
POINTLESS = {"ivo", "jun", "kim"}


def right(key):
    exercise = catalogue.find(EXERCISE)
    return exercise.reference(**exercise.values(Draw(0, key)))


def record(student):
    values = catalogue.find(EXERCISE).values(Draw(0, student.key))
    return Record.prove(student.key, student.shown, EXERCISE, given.as_text({EXERCISE: values})).to_json()


@pytest.fixture
def course(tmp_path, monkeypatch):
    """The class and a lesson of one exercise, set up as the course is."""
    from nbgrader.apps import NbGraderAPI
    from traitlets.config import Config

    for name in ("COURSE_SECRET", "COURSE_KEY", "COURSE_STUDENT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(release, "code_fingerprint", lambda: "whatever is edited while tests run")
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[3]))
    root = tmp_path / "course"
    source = root / "solutions" / LESSON
    source.mkdir(parents=True)
    (root / "nbgrader_config.py").write_text(CONFIG)
    (root / SECRET_FILE).write_text(SECRET)
    (root / COLLECTED).mkdir()
    (root / COLLECTED / "roster.csv").write_text("id,group\nada,A\nlou,A\nben,\njun,\n")

    def cell(text, id, **role):
        roles = {
            "grade": False,
            "solution": False,
            "locked": False,
            "task": False,
            "schema_version": 3,
            **role,
        }
        return new_code_cell(text, id=id.replace("_", "-"), metadata={"nbgrader": {"grade_id": id, **roles}})

    answer = f"given = numbers('{EXERCISE}')\n{EXERCISE} = None\n### BEGIN SOLUTION\n### END SOLUTION"
    cells = [
        new_code_cell("from grader import check, numbers, sign_in\nsign_in('', key='')", id="imports"),
        cell(answer, f"{EXERCISE}_answer", solution=True),
        cell(f"check('{EXERCISE}')", EXERCISE, grade=True, locked=True, points=2),
    ]
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": kernel}), source / f"{LESSON}.ipynb")
    config = configure(Config())
    config.CourseDirectory.root, config.CourseDirectory.course_id = str(root), "small"
    done = NbGraderAPI(config=config).generate_assignment(LESSON)
    assert done["success"], done
    return Small(root)


def hand_in(course, student):
    notebook = nbformat.read(course.root / "lessons" / LESSON / f"{LESSON}.ipynb", as_version=4)
    notebook.cells[
        1
    ].source = f"given = numbers('{EXERCISE}')\n{EXERCISE} = {right(student.key):.4g}  # by hand"
    if student.id == "ada":  # whose notebook is run, as she runs it
        notebook.cells[
            0
        ].source = (
            f"from grader import check, numbers, sign_in\nsign_in('ada', key='{readable(student.key)}')"
        )
        NotebookClient(notebook, timeout=600).execute(cwd=str(course.root.parent))
        assert notebook.cells[2].outputs[-1].data["text/plain"] == "2.0"
        assert notebook.cells[1].outputs[0].data[MIME] == record(student)
    elif student.shown:
        shown = {"text/plain": "numbers", MIME: record(student)}
        notebook.cells[1].outputs = [new_output("display_data", data=shown)]
    notebook.metadata[METADATA] = [record(Student("eve", "eve"))]  # not where a student may put one
    folder = course.root / "submitted" / student.id / LESSON
    folder.mkdir(parents=True)
    nbformat.write(notebook, folder / f"{LESSON}.ipynb")


def told(course, student):
    path = course.root / "autograded" / student / LESSON / f"{LESSON}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    assert METADATA not in notebook.metadata and not any(MIME in str(cell) for cell in notebook.cells)
    return notebook.cells[2].outputs[0].data["text/plain"], notebook.cells[2].outputs[0].data[VERDICT]


@pytest.mark.slow
def test_honest_numbers_have_their_points_and_a_neighbours_have_none_however_it_is_graded(course):
    for student in CLASS:
        hand_in(course, student)
    theirs = course.copy(course.root.with_name("theirs"))
    summary = autograde(course.root, LESSON, Options(jobs=2))
    assert len(summary.results) == len(CLASS) and not summary.not_gradable
    found = rows(course.db_url)
    earned = {row[0]: row[3] for row in found["grade"]}
    assert earned == {student.id: 0.0 if student.id in POINTLESS else 2.0 for student in CLASS}

    neighbour, verdict = told(course, "jun")
    assert "Your notebook showed numbers under the name ben, which is somebody else's here." in neighbour
    assert (
        "Graded with jun's numbers: L = " in neighbour and "Sign in with your own id and key" in neighbour
    )
    assert "too" not in neighbour.split() and not verdict["mistake"]
    assert "Graded with kim's numbers: L = " in told(course, "kim")[0]
    assert "Your notebook showed other numbers under the name ivo." in told(course, "ivo")[0]

    autograde(course.root, LESSON, Options(jobs=2, force=True))
    assert rows(course.db_url) == found
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    command = [sys.executable, "-m", "nbgrader", "autograde", LESSON, "--Execute.record_timing=False"]
    subprocess.run(command, cwd=theirs.root, env=environment, check=True, capture_output=True, timeout=1500)
    assert rows(theirs.db_url) == found
    for student in CLASS:
        assert told(theirs, student.id) == told(course, student.id), student


def test_who_joins_the_class_is_known_to_workers_and_regrades_nobody(worked):
    before = release.take_release(open_course(worked.root), small_course.LESSON)
    worked.hand_in("ada", None)
    after = release.take_release(open_course(worked.root), small_course.LESSON)
    assert (before.classmates, after.classmates) == ([], ["ada"])
    assert before.fingerprint == after.fingerprint
