"""The gradebook is the one that ``nbgrader autograde`` makes, with real kernels."""

import subprocess
import sys

import pytest
from small_course import CONFIG, LESSON, RAISES, RIGHT, UNTOUCHED, WRONG, Small, rows

PENALTY = 'c.LateSubmissionPlugin.penalty_method = "zero"\n'
DUE = "2026-03-02 00:00:00"


@pytest.mark.slow
def test_the_same_rows_as_nbgrader_and_the_same_notebooks(worked):
    (worked.root / "nbgrader_config.py").write_text(CONFIG + PENALTY)  # without the stand-in for kernels
    _set_due_date(worked)
    worked.hand_in("ada", RIGHT, "because", when="2026-03-01 10:00:00 UTC")
    worked.hand_in("ben", WRONG, when="2026-03-03 10:00:00 UTC")
    worked.hand_in("carla", RIGHT, "late", when="2026-03-03 12:00:00 +0200")
    worked.hand_in("dev", RAISES)
    worked.hand_in("eli", UNTOUCHED)
    theirs = worked.copy(worked.root.with_name("theirs"))
    _give_by_hand(worked)
    _give_by_hand(theirs)
    ended = worked.grade(jobs=2)
    assert {status for status, _ in ended.values()} == {"graded", "student error"}
    command = [sys.executable, "-m", "nbgrader", "autograde", LESSON, "--Execute.record_timing=False"]
    subprocess.run(command, cwd=theirs.root, check=True, capture_output=True, timeout=1500)
    found = rows(worked.db_url)
    assert found == rows(theirs.db_url)
    assert ("carla", LESSON, False, 2.0) in found["submitted_notebook"], "a penalty was worked out at all"
    for student in ended:
        ours = worked.folder("autograded", student)
        for path in theirs.folder("autograded", student).iterdir():
            mine = ours / path.name
            assert mine.read_bytes() == path.read_bytes(), path
            assert mine.stat().st_mode == path.stat().st_mode


def _set_due_date(course: Small) -> None:
    from nbgrader.api import Gradebook

    with Gradebook(course.db_url, "small") as gradebook:
        gradebook.update_or_create_assignment(LESSON, duedate=DUE)


def _give_by_hand(course: Small) -> None:
    """A person has graded ada's words before, and given ben more time."""
    from nbgrader.api import Gradebook

    with Gradebook(course.db_url, "small") as gradebook:
        for student in ("ada", "ben"):
            gradebook.update_or_create_student(student, first_name=student.title())
            gradebook.update_or_create_submission(LESSON, student)
        grade = gradebook.find_grade("why", LESSON, LESSON, "ada")
        grade.manual_score, grade.needs_manual_grade = 3.0, False
        gradebook.find_comment("why", LESSON, LESSON, "ada").manual_comment = "good"
        gradebook.db.commit()
        gradebook.grant_extension(LESSON, "ben", days=1)
