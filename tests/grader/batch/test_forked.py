"""What workers are forked from, when it ends before them or does not load: here with nothing to load."""

import subprocess
import sys

import pytest
from small_course import RIGHT

from grader.batch import forked
from grader.batch.forked import LOST, Forked, NoWorker

PARENT = """
import os, sys
from grader.batch import parent

def echo(scratch, descriptors):
    while said := os.read(descriptors[0], 100):
        os.write(descriptors[1], said)
    os._exit(0)

parent.MODULES, parent._become_worker = {modules}, echo
parent.main(int(sys.argv[1]))
"""


@pytest.fixture
def loads(monkeypatch):
    """Says what the next parent loads."""
    start = subprocess.Popen

    def say(*modules):
        def started(words, **more):
            assert words[1:3] == ["-m", "grader.batch.parent"]
            return start([sys.executable, "-c", PARENT.format(modules=modules), words[-1]], **more)

        monkeypatch.setattr(forked.subprocess, "Popen", started)

    return say


@pytest.fixture
def fork(tmp_path):
    """Has workers forked, and ends them."""
    workers = []

    def one():
        with (tmp_path / "stderr").open("wb") as stderr:
            workers.append(Forked(tmp_path, stderr, []))
        return workers[-1]

    yield one
    for worker in workers:
        worker.kill()
        worker.close()


def answers(worker, said):
    worker.stdin.write(said)
    worker.stdin.flush()
    return worker.stdout.readline() == said


def test_a_worker_outlives_what_it_was_forked_from_and_the_next_has_another(loads, fork):
    loads()
    first, second = fork(), fork()
    before = forked._parent._process
    before.kill()
    before.wait()
    assert answers(first, b"still here\n") and answers(second, b"and here\n")
    third = fork()
    assert answers(third, b"anew\n") and forked._parent._process.pid != before.pid
    assert third.poll() is None
    assert first.poll() == LOST, "nobody tells of its end any more: after what it is at, it is replaced"


def test_what_does_not_load_says_why_in_one_sentence(loads, fork, worked):
    loads("nowhere")
    said = (
        "could not be started: what workers are forked from ended with status 1 "
        "(ModuleNotFoundError: No module named 'nowhere')"
    )
    with pytest.raises(NoWorker) as refused:
        fork()
    assert str(refused.value) == said
    worked.hand_in("ada", RIGHT)
    assert worked.grade() == {"ada": ("not gradable", f"the process that graded it {said}, twice")}
