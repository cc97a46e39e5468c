"""A whole run, seen from the gradebook and from what is left on disk."""

import os
import signal
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output
from nbgrader.apps import NbGraderAPI
from small_course import LESSON, RIGHT, UNTOUCHED, WRONG, rows, state, students

from grader.batch import crew, hands, run, steps, writer
from grader.batch.course import open_course
from grader.batch.grade import first_trouble
from grader.batch.ledger import Ledger
from grader.course_folder import CourseError
from grader.judging.verdict import MIME as VERDICT
from grader.judging.verdict import Part, Verdict
from grader.judging.verdict import Status as Judged
from grader.repair import NotGradable
from grader.sandbox.confinement import NOT_ENFORCED, Confinement
from grader.sandbox.runner import BUSY


def test_what_is_finished_is_not_graded_again_unless_something_changed(course):
    for student in ("ada", "ben", "carla"):
        course.hand_in(student, RIGHT)
    assert set(course.grade()) == {"ada", "ben", "carla"}
    assert course.grade() == {}
    assert set(course.grade(force=True, students=("[ab]*",))) == {"ada", "ben"}
    course.hand_in("ben", WRONG)
    assert set(course.grade()) == {"ben"}
    (course.folder("autograded", "ada") / f"{LESSON}.ipynb").unlink()
    assert set(course.grade()) == {"ada"}
    course.configure("c.OverwriteCells.add_missing_cells = True\n")
    assert set(course.grade()) == {"ada", "ben", "carla"}
    (course.root / "gradebook.db").unlink()
    (course.root / "gradebook.db").write_bytes((course.root / "before.db").read_bytes())
    assert set(course.grade()) == {"ada", "ben", "carla"}


def test_what_an_answer_sent_comes_back_with_its_next_grading_and_with_no_other(course, monkeypatch):
    graded, known = hands.grade_one, {}

    def grade_one(release, student, files, words, before, seconds):
        known[student] = dict(before)
        result = graded(release, student, files, words, before, seconds)
        return replace(result, replies={"key": f"what {student} sent"})

    monkeypatch.setattr(hands, "grade_one", grade_one)
    for code in (RIGHT, WRONG):
        for student in ("ada", "ben"):
            course.hand_in(student, code)
        course.grade()
    assert known == {"ada": {"key": "what ada sent"}, "ben": {"key": "what ben sent"}}
    course.grade(force=True)  # all that there is to do is done
    assert known == {"ada": {}, "ben": {}}


@pytest.fixture(autouse=True)
def before(course):
    (course.root / "before.db").write_bytes((course.root / "gradebook.db").read_bytes())


def test_a_person_s_grades_and_comments_stay(course):
    from nbgrader.api import Gradebook

    course.hand_in("ada", RIGHT, "because")
    course.grade()
    with Gradebook(course.db_url, "small") as gradebook:
        by_hand = gradebook.find_grade("why", LESSON, LESSON, "ada")
        by_hand.manual_score, by_hand.extra_credit, by_hand.needs_manual_grade = 2.5, 0.5, False
        overruled = gradebook.find_grade("double", LESSON, LESSON, "ada")
        overruled.manual_score = 1.0
        gradebook.find_comment("why", LESSON, LESSON, "ada").manual_comment = "well said"
        gradebook.db.commit()
    course.hand_in("ada", WRONG, "because")
    assert course.grade()["ada"][0] == "graded"
    found = rows(course.db_url)
    assert ("ada", LESSON, "why", None, 2.5, 0.5, True) in found["grade"]
    assert ("ada", LESSON, "double", 0.0, 1.0, None, True) in found["grade"]
    assert ("ada", LESSON, "why", None, "well said") in found["comment"]


def test_points_by_hand_for_late_work_change_its_penalty(course):
    """A day late costs half; who was in time is not graded again for a person's points."""
    from nbgrader.api import Gradebook

    from grader.marks.due import due, extend

    course.configure(
        'c.AssignLatePenalties.plugin_class = "grader.marks.late.PerDay"\nc.PerDay.percent = 50\n'
    )
    assert due(course.root, LESSON, "2026-03-01 12:00 UTC")[0] is not None
    for student, when in (("ada", "2026-03-01 13:00:00 UTC"), ("ben", "2026-03-01 11:00:00 UTC")):
        course.hand_in(student, RIGHT, "because", when)
    course.grade()

    def penalties():
        with Gradebook(course.db_url, "small") as gradebook:
            return [gradebook.find_submission(LESSON, s).late_submission_penalty for s in ("ada", "ben")]

    assert penalties() == [1.0, 0.0]
    with Gradebook(course.db_url, "small") as gradebook:
        for student in ("ada", "ben"):
            gradebook.find_grade("why", LESSON, LESSON, student).manual_score = 3.0
        gradebook.db.commit()
    assert set(course.grade()) == {"ada"} and penalties() == [2.5, 0.0]
    assert course.grade() == {}
    extend(course.root, LESSON, "ada", "2026-03-01 15:00 +01:00")
    assert set(course.grade()) == {"ada"} and penalties() == [0.0, 0.0]

    # what ada was told stays: with the date for all it does not move along
    promised = {"ada": datetime(2026, 3, 1, 14, tzinfo=UTC)}
    assert due(course.root, LESSON, None)[1] == promised
    assert due(course.root, LESSON, "2026-03-01 10:30 UTC")[1] == promised
    assert "ben" in course.grade() and penalties() == [0.0, 2.5]
    assert due(course.root, LESSON, "2026-03-01 15:00 UTC")[1] == {}
    assert due(course.root, LESSON, "never") == (None, {})


def test_a_resubmission_that_is_not_gradable_leaves_the_earlier_grade(course):
    folder = course.hand_in("ada", RIGHT)
    course.grade()
    before = state(course)
    (folder / f"{LESSON}.ipynb").write_text("not a notebook")
    assert course.grade()["ada"][0] == "not gradable"
    assert state(course) == before


@pytest.fixture
def busy(monkeypatch):
    """A machine that is too busy, until `undo`."""
    import in_process

    def give_up(*_):
        raise NotGradable(BUSY.format(1200, 40))

    with monkeypatch.context() as patch:
        patch.setattr(in_process.Execute, "preprocess", give_up)
        yield patch


def test_what_a_busy_machine_could_not_grade_is_no_zero_and_is_graded_by_the_next_run(course, busy):
    course.hand_in("ada", RIGHT)
    assert course.grade() == {"ada": ("not gradable", BUSY.format(1200, 40))}
    assert students(course.db_url) == set()
    busy.undo()
    assert course.grade() == {"ada": ("graded", "")}


def test_nbgrader_itself_says_so_and_leaves_it_to_a_person(course, busy, monkeypatch):
    monkeypatch.chdir(course.root)
    course.hand_in("ada", RIGHT)
    config = open_course(course.root).config
    done = NbGraderAPI(config=config).autograde(LESSON, "ada")
    assert not done["success"] and BUSY.format(1200, 40) in done["log"]
    assert not course.folder("autograded", "ada").exists()
    assert {(grade[3], grade[-1]) for grade in rows(course.db_url)["grade"]} == {(None, True)}
    busy.undo()
    assert NbGraderAPI(config=config).autograde(LESSON, "ada")["success"]


def test_one_run_at_a_time(course):
    import filelock

    course.hand_in("ada", RIGHT)
    ledger = Ledger(course.root, LESSON)
    ledger.lock.parent.mkdir()
    with filelock.FileLock(ledger.lock), pytest.raises(CourseError, match="is being graded already"):
        course.grade()


@pytest.mark.parametrize(
    ("lesson", "students", "sentence"),
    [(LESSON, ("x*",), r"No submission of x\* to 01_small"), ("09_none", (), "No submission to 09_none")],
)
def test_nothing_to_grade(course, lesson, students, sentence):
    course.hand_in("ada", RIGHT)
    with pytest.raises(CourseError, match=sentence):
        run.autograde(course.root, lesson, run.Options(jobs=1, students=students))


def test_a_lesson_the_gradebook_does_not_know(course):
    course.hand_in("ada", RIGHT)
    other = course.folder("submitted", "ada").with_name("02_other")
    course.folder("submitted", "ada").rename(other)
    with pytest.raises(CourseError, match="holds no lesson 02_other: run `grader build`"):
        run.autograde(course.root, "02_other", run.Options(jobs=1))


def test_a_lesson_that_was_not_built_since_it_changed(course):
    path = course.root / "release" / LESSON / f"{LESSON}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells[1].metadata.nbgrader.grade_id = "another"
    nbformat.write(notebook, path)
    course.hand_in("ada", RIGHT)
    with pytest.raises(CourseError, match=r"another release of 01_small .* in release/: run `grader build`"):
        course.grade()


def test_ctrl_c_writes_what_is_done_and_the_next_run_does_the_rest(course, monkeypatch):
    monkeypatch.setattr(writer, "SUBMISSIONS_PER_BATCH", 2)
    for number in range(8):
        course.hand_in(f"s{number}", f"import time\ntime.sleep(0.3)\n{RIGHT}")
    undisturbed = course.copy(course.root.with_name("undisturbed"))
    path = Ledger(course.root, LESSON).path

    def press_when_two_are_done():
        while not path.exists() or not path.read_text():
            time.sleep(0.05)
        os.kill(os.getpid(), signal.SIGINT)

    before = signal.getsignal(signal.SIGINT)
    threading.Thread(target=press_when_two_are_done).start()
    summary = run.autograde(course.root, LESSON, run.Options(jobs=1))
    assert summary.is_interrupted and 0 < len(summary.results) < 8
    assert signal.getsignal(signal.SIGINT) is before
    assert students(course.db_url) == {r.student for r in summary.results}
    afterwards = course.grade()
    assert len(afterwards) == 8 - len(summary.results)
    assert set(afterwards.values()) == {("graded", "")}
    undisturbed.grade()
    assert state(course) == state(undisturbed)


def test_extra_files_are_the_instructor_s_and_the_time_is_the_student_s_own(course):
    changes_the_time = f"open('timestamp.txt', 'w').write('2020-01-01')\n{RIGHT}"
    folder = course.hand_in("ada", changes_the_time, when="2026-03-01 12:00:00 UTC")
    (folder / "numbers.csv").write_text("9,9\n")
    (folder / "data").mkdir()
    (folder / "data" / "mine.txt").write_text("kept")
    course.grade()
    graded = course.folder("autograded", "ada")
    assert (graded / "numbers.csv").read_text() == "1,2\n"
    assert (graded / "data" / "mine.txt").read_text() == "kept"
    assert rows(course.db_url)["submitted_assignment"][0][2].isoformat() == "2026-03-01T12:00:00"


def test_the_graded_notebook_is_what_the_converter_wrote_and_no_link(course):
    links = f"import os\nos.symlink('/etc/hostname', 'host.txt')\n{WRONG}"
    course.hand_in("ada", links)
    assert course.grade()["ada"][0] == "graded"
    assert sorted(p.name for p in course.folder("autograded", "ada").iterdir()) == [
        f"{LESSON}.ipynb",
        "numbers.csv",
    ]


def test_what_failed_in_an_exercise_is_said_in_the_judge_s_words():
    parts = (Part("rows", True), Part("masks", False, "with 3", "It raised ValueError."))
    verdict = Verdict("softmax_rows", "Rows", 0.0, 6.0, Judged.FAILED, parts)
    shown = new_output("display_data", data={VERDICT: verdict.for_report()})
    assert first_trouble([new_notebook(cells=[new_code_cell(outputs=[shown])])]) == (
        "softmax_rows: It raised ValueError."
    )


REPAIR = """
c.Autograde.exporter_class = "grader.repair.steps.SubmissionExporter"
c.Autograde.sanitize_preprocessors.insert(0, "grader.repair.steps.Repair")
"""


def test_a_damaged_or_renamed_notebook_is_mended_and_the_summary_says_so(course):
    course.configure(REPAIR)
    for student, name in {
        "ada": f"{LESSON}.IPYNB",
        "ben": f"{LESSON}.ipynb.txt",
        "carla": "mine.ipynb",
    }.items():
        folder = course.hand_in(student, RIGHT)
        (folder / f"{LESSON}.ipynb").rename(folder / name)
    course.folder("submitted", "dev").mkdir(parents=True)
    (course.hand_in("eli", RIGHT) / f"{LESSON}.ipynb").write_text('{"cells": [')
    summary = run.autograde(course.root, LESSON, run.Options(jobs=1))
    found = {result.student: result for result in summary.results}
    assert {name: str(result.status) for name, result in found.items()} == {
        **dict.fromkeys(("ada", "ben", "carla"), "graded"),
        **dict.fromkeys(("dev", "eli"), "not gradable"),
    }
    assert found["carla"].mended == (f"mine.ipynb was graded as {LESSON}.ipynb.",)
    assert f"  ben: {LESSON}.ipynb.txt was graded as {LESSON}.ipynb." in summary.lines()
    assert found["dev"].reason == f"There is no notebook of this lesson: hand in the file {LESSON}.ipynb."
    assert found["eli"].reason.startswith("No cell of the file can be read")
    assert {grade[0]: grade[3] for grade in rows(course.db_url)["grade"] if grade[2] == "double"} == {
        **dict.fromkeys(("ada", "ben", "carla"), 2.0)
    }


def test_where_nothing_confines_it_is_said_once_and_loudly_or_refused(course, monkeypatch, capsys):
    for student in ("ada", "ben"):
        course.hand_in(student, RIGHT)
    with pytest.raises(CourseError, match=r"would run unconfined.*does not have grader\.plugins\.Judge"):
        course.grade(require_sandbox=True)
    monkeypatch.setattr(steps, "confine", lambda config: True)
    monkeypatch.setattr(crew, "confinement", lambda: Confinement(False, "There is none.", NOT_ENFORCED))
    with pytest.raises(CourseError, match=r"would run unconfined. There is none\."):
        course.grade(require_sandbox=True)
    assert students(course.db_url) == set(), "nothing was run"
    capsys.readouterr()
    assert len(course.grade()) == 2
    said = capsys.readouterr().err
    assert " ".join(said.split()).count("STUDENT CODE RUNS UNCONFINED. There is none.") == 1


def test_blank_is_zero_and_its_comment_says_so(course):
    course.hand_in("ada", UNTOUCHED)
    assert course.grade()["ada"] == ("graded", "")  # the graded cell raised, not the student's
    found = rows(course.db_url)
    assert ("ada", LESSON, "double", 0.0, None, None, False) in found["grade"]
    assert ("ada", LESSON, "why", "No response.", None) in found["comment"]
