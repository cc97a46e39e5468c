"""The demonstration class, graded for real; and the classes that are made for other lessons."""

import ast
import csv
import itertools
import math
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from grader import catalogue
from grader.building.lesson import Lesson
from grader.demo import NOT_GRADED, DemoError, _print_gradebook, choose, run
from grader.demo.any_lesson import make_class, wrong_answers
from grader.demo.attention import CLASS
from grader.demo.choose import CAPSTONE
from grader.demo.student import Student
from grader.exercise import Function, Matching, Number
from grader.questions.draw import Draw

ROOT = Path(__file__).resolve().parents[2]
LESSON = "02_attention"
USUAL = {"torch": torch, "math": math, "itertools": itertools, "nn": torch.nn, "F": torch.nn.functional}


def demo(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "grader.cli", "demo", *words, f"--folder={folder}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=1500,
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
    full = sum(exercise.points for exercise in catalogue.of_lesson(LESSON))
    assert full < float(rows["ada"]["maximum"])  # words wait for a person
    score = {name: float(row["score"]) for name, row in rows.items()}
    assert all(score[name] == full for name in ("ada", "ben", "carla", "lena"))
    assert score["ivo"] == 0
    assert all(0 < score[name] < full for name in ("dev", "eli", "fatima", "gil", "hana", "jun", "kofi"))
    assert "12 submissions graded" in said


def test_who_could_not_be_graded_stands_in_the_table_without_a_score(tmp_path, capsys):
    _print_gradebook(Lesson(tmp_path, LESSON), [Student("eli", "handed in")])
    assert " ".join(capsys.readouterr().out.split()).endswith(f"eli handed in – {NOT_GRADED}")


@pytest.mark.parametrize(
    ("student", "sentence"),
    [
        ("eli", "The softmax runs over"),
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


# -- the capstone's class ----------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore:Detected call of `lr_scheduler.step")  # one of them forgot the other
def test_what_the_class_of_the_capstone_writes_runs_with_what_the_lesson_has(monkeypatch):
    exercise = catalogue.find(CAPSTONE)
    source = (ROOT / "solutions" / "14_choose" / "14_choose.py").read_text(encoding="utf-8")
    imports = [node for node in ast.parse(source).body if isinstance(node, ast.Import | ast.ImportFrom)]
    names: dict[str, object] = {}
    exec(ast.unparse(ast.Module(imports, [])), names)
    monkeypatch.setitem(exercise.reference.__globals__, "NEW", 300)
    (question,) = exercise.questions(Draw(0))
    told = {}
    for student in choose.CLASS:
        if answer := student.answers.get(CAPSTONE):
            exec(
                answer.replace("8000", "800").replace("steps = small_cnn(), 800", "steps = small_cnn(), 3"),
                names,
            )
            told[student.name] = exercise.outcome(names[CAPSTONE], question)
    assert len(told) == 9
    assert all(exercise.accuracy(question, outcome.value) <= 1 for outcome in told.values())
    verdict = exercise.difference(question, None, told["eli"].value)
    assert verdict is not None and "this is 0% of the points" in verdict.sentence


# -- any lesson ---------------------------------------------------------------------------------------------


def test_a_lesson_that_there_is_not(tmp_path, monkeypatch):
    monkeypatch.chdir(ROOT)
    with pytest.raises(DemoError, match=r"no lesson called '99'; there are .*02_attention, .*05_cost"):
        run(tmp_path, "99")


@pytest.mark.parametrize("lesson", catalogue.ids())
def test_a_class_is_made_of_slips(lesson):
    exercises = catalogue.of_lesson(lesson)
    students = {student.name: student for student in make_class(exercises)}
    assert {"ada", "ivo", "lena"} < students.keys() and len(students) >= 10
    assert students["ivo"].blank and not students["ada"].answers
    assert sum(bool(student.answers) for student in students.values()) >= 6
    known = {exercise.id for exercise in exercises}
    assert all({*student.answers, *student.unanswered} <= known for student in students.values())


def _is_of_the_course(it):
    return str(getattr(it, "__module__", "")).partition(".")[0] == "course"


@pytest.mark.parametrize("id", [id for ids in catalogue.ids().values() for id in ids])
def test_wrong_answers_are_wrong(id):
    exercise = catalogue.find(id)
    built_on = [other for other in catalogue.every_exercise() if isinstance(other, Function)]
    names = USUAL | {other.id: other.reference for other in built_on if other.id != id}
    if isinstance(exercise, Function):  # what the lesson imports of the course, and the reference stands on
        known = exercise.reference.__globals__ if hasattr(exercise.reference, "__globals__") else {}
        names |= {name: it for name, it in known.items() if _is_of_the_course(it)}
    if isinstance(exercise, Number):
        names["numbers"] = lambda name: SimpleNamespace(**exercise.values(Draw(0)))
    questions = [question for question in exercise.questions(Draw(0)) if question.part in exercise.parts]
    right = exercise.expected(questions)
    for cell in wrong_answers(exercise):
        namespace = dict(names)
        exec(cell, namespace)
        given = exercise.outcomes(namespace[id], questions)
        assert not any(outcome.failure and outcome.failure.kind == "NameError" for outcome in given), cell
        assert any(
            outcome.failure or exercise.difference(question, expected.value, outcome.value)
            for question, expected, outcome in zip(questions, right, given)
        ), cell


def test_who_makes_nothing_but_mistakes_gets_full_marks_for_nothing():
    """Numbers and tests were right in this class: no wrong answer to them was made."""
    for lesson in ("00_start", "01_context"):
        (gil,) = (one for one in make_class(catalogue.of_lesson(lesson)) if one.name == "gil")
        assert gil.answers.keys() == {exercise.id for exercise in catalogue.of_lesson(lesson)}


def test_a_wrong_match_is_one_that_its_author_knows():
    exercise = Matching(
        question="Which?",
        left={"a": "one", "b": "two"},
        right={"1": "1", "2": "2"},
        pairs={"a": "1", "b": "2"},
        why={("a", "2"): "That is two."},
        points=1,
        difficulty=1,
        minutes=1,
        hints=["Count."],
    )
    exercise.place("pairs", "00_small", "Pairs")
    assert wrong_answers(exercise) == ["pairs = {'a': '2', 'b': '2'}"]
