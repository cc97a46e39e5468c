"""Killed at any moment and begun again, a run leaves what an undisturbed one leaves."""

import os
import random
import signal
import time

import psutil
import pytest
from small_course import LESSON, RAISES, RIGHT, UNTOUCHED, WRONG, Small, state

from grader.batch import run, writer
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


def test_workers_and_runs_are_killed_at_random_moments(worked):
    hand_in_all(worked, slow="import time\ntime.sleep(0.2)\n")
    undisturbed = worked.copy(worked.root.with_name("undisturbed"))
    assert end_of(begin(undisturbed)) == 0
    chance = random.Random(2026)
    for victim in ("run", "worker"):
        child = begin(worked)
        worker = _wait_for(lambda child=child: psutil.Process(child).children())[0]
        time.sleep(chance.uniform(0, 2))
        if victim == "run":
            os.kill(child, signal.SIGKILL)
            assert end_of(child) == -signal.SIGKILL
            _wait_for(lambda worker=worker: _is_gone(worker))
        else:
            worker.kill()
            assert end_of(child) == 0
    assert state(worked) == state(undisturbed)


def _is_gone(process: psutil.Process) -> bool:
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def _wait_for(find, seconds: float = 60.0):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := find():
            return found
        time.sleep(0.02)
    raise AssertionError("it did not come")
