"""Killed at any moment and begun again, a run leaves what an undisturbed one leaves."""

import os
import random
import shutil
import signal
import time

import psutil
import pytest
from small_course import LESSON, RAISES, RIGHT, UNTOUCHED, WRONG, Small, state

from grader.batch import hands, run, writer
from grader.batch.grade import grade
from grader.batch.gradebook import PatientGradebook
from grader.batch.ledger import Ledger

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork, to kill a run cheaply")


def hand_in_all(course: Small, slow: str = "") -> None:
    for number, code in enumerate((RIGHT, WRONG, RAISES, UNTOUCHED)):
        words = "because" if number % 2 else None
        when = f"2026-03-0{number + 1} 10:00:00 UTC" if number < 3 else None
        course.hand_in(f"s{number}", code and slow + code, words, when)


def begin(course: Small, prepare=lambda: None, **options) -> int:
    """Start a run in a process of its own, without waiting for it; returns its id."""
    child = os.fork()
    if child == 0:
        try:
            prepare()
            run.autograde(course.root, LESSON, run.Options(jobs=1, **options))
            os._exit(0)
        finally:
            os._exit(1)
    return child


def end_of(child: int) -> int:
    """Wait for it; its exit status, which is negative where a signal ended it."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def die_at(moment: int):
    """Makes a run kill itself when it has come to that many of the writer's steps; a record is torn then."""
    passed = 0

    def before(owner, name):
        original = getattr(owner, name)

        def step(*args, **more):
            nonlocal passed
            passed += 1
            if passed == moment:
                if name == "add":
                    with args[0].path.open("a") as file:
                        file.write('{"student": "s0", "inputs"')
                os.kill(os.getpid(), signal.SIGKILL)
            return original(*args, **more)

        setattr(owner, name, step)

    def prepare():
        writer.SUBMISSIONS_PER_BATCH = 2
        before(writer.os, "replace")
        before(writer, "_write_file")
        before(PatientGradebook, "commit_batch")
        before(Ledger, "add")

    return prepare


@pytest.mark.parametrize("again", [False, True], ids=["first time", "regrade"])
def test_the_writer_dies_at_each_of_its_steps_in_turn(course, again):
    hand_in_all(course)
    undisturbed = course.copy(course.root.with_name("undisturbed"))
    if again:
        undisturbed.grade()
        course.grade()
        for this in (undisturbed, course):
            for student in ("s0", "s3"):
                this.hand_in(student, WRONG, "better words")
    undisturbed.grade()
    deaths = 0
    for moment in range(1, 60):
        status = end_of(begin(course, die_at(moment)))
        if status == 0:
            break
        assert status == -signal.SIGKILL
        deaths += 1
    assert status == 0 and deaths >= 4
    assert state(course) == state(undisturbed)
    assert course.grade() == {}, "and nothing is left to do"


@pytest.mark.slow
def test_workers_and_runs_are_killed_at_random_moments(worked, tmp_path):
    (begun := tmp_path / "begun").mkdir()
    (scratch := tmp_path / "scratch").mkdir()
    mark = f"import time\nopen(f'{begun}/{{time.monotonic_ns()}}', 'w').close()\ntime.sleep(0.2)\n"
    hand_in_all(worked, slow=mark)
    undisturbed = worked.copy(worked.root.with_name("undisturbed"))
    assert end_of(begin(undisturbed, lambda: _grade_without_workers(scratch))) == 0
    chance = random.Random()
    for victim, latest in (("run", 2), ("worker", 1)):
        shutil.rmtree(begun)
        begun.mkdir()
        number, pause = chance.randint(1, latest), chance.uniform(0, 0.2)
        print(f"the {victim} is killed {pause:.3f} s after submission {number} of this run has begun")
        child = begin(worked, _write_each_at_once)
        _wait_for(lambda number=number: len(list(begun.iterdir())) >= number)
        (worker,) = psutil.Process(child).children()
        time.sleep(pause)
        if victim == "run":
            os.kill(child, signal.SIGKILL)
            assert end_of(child) == -signal.SIGKILL
            _wait_for(lambda worker=worker: _is_gone(worker))
        else:
            worker.kill()
            assert end_of(child) == 0
    assert state(worked) == state(undisturbed)
    assert worked.grade() == {}, "and nothing is left to do"


def _write_each_at_once():
    writer.SUBMISSIONS_PER_BATCH = 1


def _grade_without_workers(scratch):
    hands.grade_one = lambda *submission: grade(*submission[:-1], scratch)


def _is_gone(process: psutil.Process) -> bool:
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def _wait_for(find, seconds: float = 180.0):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := find():
            return found
        time.sleep(0.02)
    raise AssertionError("it did not come")
