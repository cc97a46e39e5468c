"""`grader appeal`, from what is typed to the gradebook."""

import json
import runpy

import pytest
import torch
from nbgrader.apps import NbGraderAPI

from grader.appeals import case, hearing
from grader.batch import hands, run
from grader.course_folder import CourseError, configuration
from grader.pages.feedback import generate
from grader.pages.report.page import write_report
from tests.grader.appeals.conftest import BY_HAND, LESSON, REFUSED, say

ADA, EXERCISE = "ada", "softmax_rows"
WHY = "Softmax is only\nadded as zero."
OWN_WORK = (
    "A person has looked at this answer, and says that it is your own work: Softmax is only added as zero."
)
IN_WORKERS, JUDGE_FILE = hands.grade_one, hearing.judge_file  # before a fixture takes their places


def accept(student=ADA, *more):
    code, told = say(student, EXERCISE, "--because", WHY, *more)
    assert code == 0, told
    return told


def test_an_accusation_is_lifted_for_good_and_nobody_else_is_graded(course):
    told = accept()
    assert f"{ADA}, {EXERCISE}: 0 of 6 points (not your own work) → 6 of 6 points (right)" in told
    assert course.score(ADA) == 6 and course.verdict(ADA)["word"] == OWN_WORK
    assert course.grade() == set(), "who has appealed is graded, and the others need not be"
    assert len(course.grade(force=True)) == 3
    assert (course.score(ADA), course.score("ben"), course.score("carla")) == (6, 6, 0)
    kept = json.loads((course.root / "appeals.json").read_text())
    assert list(kept) == [ADA] and kept[ADA][EXERCISE]["points"] is None


def test_a_word_that_is_written_by_hand_has_that_student_graded_again(course):
    accept()
    file = course.root / "appeals.json"
    file.write_text(file.read_text().replace("only added", "just added"))
    assert course.grade() == {ADA}
    assert "just added" in course.verdict(ADA)["word"]
    file.unlink()
    assert course.grade() == {ADA}
    assert course.score(ADA) == 0


def test_another_answer_is_judged_as_everybody_s(course):
    accept()
    course.hand_in(ADA, helpers=BY_HAND, softmax_rows=REFUSED, score_scale="score_scale = 'd'", below="pass")
    assert course.grade() == {ADA}
    assert course.score(ADA) == 6, "what stands below the exercise, and empty lines, do not matter"
    for changed in (
        {"helpers": BY_HAND, "softmax_rows": REFUSED + "\nscores = 1"},
        {"helpers": BY_HAND.replace("amax", "detach().amax"), "softmax_rows": REFUSED},
    ):
        course.hand_in(ADA, **changed)
        assert course.grade() == {ADA}
        assert (course.score(ADA), course.verdict(ADA)["word"]) == (0, "")


def test_what_nobody_has_looked_at_is_not_accepted(course):
    course.hand_in(ADA, helpers=BY_HAND, softmax_rows=REFUSED + "\nscores = 1")
    code, told = say(ADA, EXERCISE, "--because", WHY)
    assert code == 2 and "has handed in another answer to softmax_rows since it was graded" in told
    assert not any((course.root / "appeals").glob("*")) and course.score(ADA) == 0
    assert json.loads((course.root / "appeals.json").read_text()) == {}
    assert "→ 6 of 6 points" in accept(), "now that one is the graded one"


def test_what_is_still_wrong_is_said_and_points_are_a_person_s(course):
    told = accept("carla")
    assert "0 of 6 points (not your own work) →" in told and "of 6 points (wrong)" in told
    assert "Still wrong: " in told and "`--points N`" in told
    file = next((course.root / "appeals").iterdir())
    assert case.read(file).expected == case.OWN_WORK
    told = accept("carla", "--points", "4.5")
    assert "→ 4.5 of 6 points (wrong)" in told and not file.exists()
    verdict = course.verdict("carla")
    assert course.score("carla") == 4.5 and verdict["mistake"] == "" and verdict["parts"] == []
    assert verdict["word"].endswith("gave it these points: Softmax is only added as zero.")
    assert "→ 6 of 6 points (right)" in accept("carla", "--points", 6)
    assert case.read(file).expected == case.RIGHT


def test_an_answer_that_the_checks_reject_has_the_points_that_a_person_gives(course):
    course.hand_in("ben", softmax_rows="def softmax_rows(scores):\n    return [1.0]")
    course.grade()
    code, told = say("ben", EXERCISE, "--because", WHY)
    assert code == 2 and "is not refused as somebody else's work: it has 0 of 6 points" in told
    assert "0 of 6 points (wrong) → 6 of 6 points (right)" in accept("ben", "--points", "6")
    assert course.score("ben") == 6


def test_withdrawn(course):
    accept()
    course.hand_in("ben", helpers=BY_HAND, softmax_rows=REFUSED)
    course.grade()
    accept("ben")
    assert len(list((course.root / "appeals").iterdir())) == 1, "they wrote the same"
    assert say("ben", EXERCISE, "--withdraw")[0] == 0
    assert len(list((course.root / "appeals").iterdir())) == 1
    code, told = say(ADA, EXERCISE, "--withdraw")
    assert code == 0 and "6 of 6 points (right) → 0 of 6 points (not your own work)" in told
    assert not any((course.root / "appeals").iterdir())
    assert course.score(ADA) == 0 and course.grade() == set()
    code, told = say(ADA, EXERCISE, "--withdraw")
    assert code == 2 and f"There is no word on {ADA}'s answer to softmax_rows" in told


BAD = {
    "ben softmax --because x": "no exercise called 'softmax'; did you mean softmax_rows",
    "bem softmax_rows --because x": "bem has handed in nothing to 02_attention; did you mean ben?",
    "* softmax_rows --because x": "* has handed in nothing to 02_attention.",
    "ben overtakes --because x": "an exercise of 05_cost, which this course has not released",
    "ada softmax_rows --because x --points 7": "softmax_rows has from 0 to 6 points, and not 7.",
    "ada softmax_rows --because x --points -1": "softmax_rows has from 0 to 6 points, and not -1.",
    "ada softmax_rows --because x --points nan": "softmax_rows has from 0 to 6 points, and not nan.",
    "ada softmax_rows": "Say why, in a sentence that the student will read",
    "ada softmax_rows --because x --withdraw": "give no --because and no --points",
    "ben softmax_rows --because x": "is not refused as somebody else's work: it has 6 of 6 points",
}


@pytest.mark.parametrize("typed", BAD)
def test_one_clear_sentence_and_nothing_written(course, typed):
    before = course.left()
    code, told = say(*typed.split())
    assert code == 2 and BAD[typed] in told
    assert course.left() == before


def test_not_graded_yet_or_not_gradable(course, monkeypatch):
    course.hand_in("dev", softmax_rows=REFUSED)
    code, told = say("dev", EXERCISE, "--because", WHY)
    assert code == 2 and "not graded yet: grade it with `grader autograde 02_attention --student dev`" in told
    (course.root / "submitted" / ADA / LESSON / f"{LESSON}.ipynb").write_text('{"cells": [')
    code, told = say(ADA, EXERCISE, "--because", WHY)
    assert code == 2 and "could not be graded anew: No cell of the file can be read" in told
    assert json.loads((course.root / "appeals.json").read_text()) == {}


def test_outside_of_a_course_or_with_a_file_that_cannot_be_read(course, monkeypatch):
    (course.root / "appeals.json").write_text('{"ada": [')
    for attempt in (lambda: say("ben", EXERCISE, "--withdraw"), lambda: say(ADA, EXERCISE, "--because", "x")):
        code, told = attempt()
        assert code == 2 and "appeals.json is not as `grader appeal` writes it" in told
    with pytest.raises(CourseError, match="mend it by hand"):
        course.grade()
    monkeypatch.chdir(course.root / "lessons")
    code, told = say(ADA, EXERCISE, "--because", "x")
    assert code == 2 and "There is no nbgrader_config.py" in told


def test_points_from_the_formgrader_stay_and_are_told(course):
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}") as gradebook:
        gradebook.find_grade(EXERCISE, LESSON, LESSON, ADA).manual_score = 5.0
        gradebook.db.commit()
    assert "In the gradebook stands 5, given by hand in the formgrader" in accept()


def test_the_student_and_the_report_are_told_why(course):
    accept()
    generate(course.root, LESSON, ADA)
    report = write_report(course.root, LESSON, course.root / "report.html").read_text()
    page = (course.root / "feedback" / ADA / LESSON / f"{LESSON}.html").read_text()
    assert OWN_WORK in page and OWN_WORK in report


def test_nbgrader_and_real_workers_agree(course, monkeypatch):
    accept()
    assert NbGraderAPI(config=configuration(course.root)).autograde(LESSON, ADA)["success"]
    assert (course.score(ADA), course.verdict(ADA)["word"]) == (6, OWN_WORK)
    monkeypatch.setattr(run.hands, "grade_one", IN_WORKERS)
    assert course.grade(force=True, students=("ada*",)) == {ADA}
    hands.close_all()
    assert (course.score(ADA), course.verdict(ADA)["word"]) == (6, OWN_WORK)


def test_a_name_is_a_name_and_no_pattern(course):
    course.hand_in("[ab]da", helpers=BY_HAND, softmax_rows=REFUSED)
    course.grade()
    assert "[ab]da, softmax_rows: 0 of 6 points (not your own work) → 6 of 6" in accept("[ab]da")
    assert course.score(ADA) == 0


def test_the_case_is_the_answer_on_its_own_and_names_nobody(course):
    accept()
    (file,) = (course.root / "appeals").iterdir()
    text = file.read_text()
    assert file.name.startswith("softmax_rows_") and len(file.stem) == len("softmax_rows_") + 8
    assert text.startswith("# exercise: softmax_rows\n# accept: Softmax is only added as zero.\n")
    assert "ada" not in text.lower()
    x = torch.randn(3, 4)
    assert torch.allclose(runpy.run_path(str(file))[EXERCISE](x), x.softmax(-1))


def test_a_case_that_does_not_run_on_its_own_is_said_to_be_one(course, monkeypatch):
    monkeypatch.setattr(hearing, "judge_file", JUDGE_FILE)
    course.hand_in("ben", softmax_rows="exec('def softmax_rows(scores): return [1.0]')")
    course.grade()
    assert "It does not run on its own yet: `grader judge softmax_rows " in accept("ben", "--points", 6)


def test_numbers_of_one_s_own_make_no_case_for_others(course):
    course.hand_in("ben", patch_weight="patch_weight = 7.0")
    course.grade()
    code, told = say("ben", "patch_weight", "--because", "A misprint in the lesson.", "--points", 2)
    assert code == 0 and "No case is written for the author" in told
    assert course.score("ben", "patch_weight") == 2 and not (course.root / "appeals").exists()
