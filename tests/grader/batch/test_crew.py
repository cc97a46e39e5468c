"""Saying what student code is held to: of this machine, and of each of several."""

import pytest

from grader.batch.crew import HERE, announce
from grader.course_folder import CourseError
from grader.sandbox.confinement import Confinement

SOUND, NONE = Confinement(True), Confinement(False, "There is no bubblewrap.", ("all is open",))


def told(capsys) -> str:
    return " ".join(capsys.readouterr().err.split())


def test_here_needs_no_name(capsys):
    announce({HERE: SOUND}, required=True)
    assert told(capsys) == "Student code runs confined."


def test_machines_are_told_apart_by_what_they_confine(capsys):
    announce({"tcp://a": SOUND, "tcp://b": NONE, "tcp://c": SOUND}, required=False)
    said = told(capsys)
    assert "tcp://a, tcp://c: Student code runs confined." in said
    assert "tcp://b: STUDENT CODE RUNS UNCONFINED. There is no bubblewrap. That means: all is open." in said


def test_one_machine_that_does_not_confine_is_refused_by_name():
    with pytest.raises(CourseError, match=r"unconfined on tcp://b\. There is no bubblewrap\."):
        announce({"tcp://a": SOUND, "tcp://b": NONE}, required=True)
