"""On a Dask cluster: a real scheduler and real workers, one of which is killed while it grades."""

import json
import subprocess
import sys
import threading
import time

import pytest
from small_course import LESSON, RIGHT, WRONG, state

from grader.batch import cluster
from grader.batch.ledger import Ledger
from grader.course_folder import CourseError
from grader.sandbox.confinement import confinement

pytest.importorskip("distributed")


@pytest.fixture
def dask(worked, tmp_path):
    """A scheduler's address, and its two workers' processes."""
    where = tmp_path / "scheduler.json"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": tmp_path}
    command = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--no-dashboard", "--port", "0"]
    started = [
        subprocess.Popen([*command, "--host", "127.0.0.1", "--scheduler-file", str(where)], **quiet),
    ]
    # -P: as `dask worker` does it, and the folder `course` that is here is no package
    command = [sys.executable, "-P", "-m", "distributed.cli.dask_worker", "--no-dashboard", "--nthreads", "1"]
    for _ in range(2):
        started.append(
            subprocess.Popen([*command, "--no-nanny", "--scheduler-file", str(where)], **quiet),
        )
    try:
        while not where.exists():
            assert started[0].poll() is None
            time.sleep(0.1)
        yield json.loads(where.read_text())["address"], started[1:]
    finally:
        for process in started:
            process.kill()
            process.wait()


@pytest.mark.slow
def test_each_machine_says_what_it_confines(dask, monkeypatch):
    monkeypatch.setattr(cluster, "code_fingerprint", lambda: "whatever is edited while tests run")
    address, _ = dask
    with cluster.join(address) as crew:
        while crew.size() < 2:
            time.sleep(0.1)
        told = crew.confinement()
    assert len(told) == 2 and set(told.values()) == {confinement()}


@pytest.mark.slow
def test_a_worker_lost_mid_way_costs_nothing(worked, dask, monkeypatch):
    monkeypatch.setattr(cluster, "code_fingerprint", lambda: "whatever is edited while tests run")
    address, workers = dask
    for number in range(8):
        code = RIGHT if number % 2 else WRONG
        worked.hand_in(f"s{number}", f"import time\ntime.sleep(0.5)\n{code}")
    undisturbed = worked.copy(worked.root.with_name("undisturbed"))
    path = Ledger(worked.root, LESSON).path

    def kill_one_when_two_are_done():
        while not path.exists() or path.read_text().count("\n") < 2:
            time.sleep(0.05)
        workers[0].kill()

    threading.Thread(target=kill_one_when_two_are_done, daemon=True).start()
    ended = worked.grade(scheduler=address)
    assert workers[0].wait(30) and {status for status, _ in ended.values()} == {"graded"} and len(ended) == 8
    undisturbed.grade()
    assert state(worked) == state(undisturbed)


class Cluster:
    """What a client tells of a cluster, without one."""

    def __init__(self, told):
        self.told = told

    def wait_for_workers(self, number, timeout):
        if self.told is TimeoutError:
            raise TimeoutError

    def run(self, function):
        if isinstance(self.told, Exception):
            raise self.told
        return self.told


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        (TimeoutError, "has no workers: start `dask worker tcp://there`"),
        (
            ModuleNotFoundError("No module", name="grader"),
            "A worker of tcp://there lacks grader: pip install",
        ),
        ({"tcp://a": "this", "tcp://b": "that"}, "tcp://b would grade with another version of this course"),
    ],
)
def test_a_cluster_that_cannot_grade_is_refused(told, sentence):
    with pytest.raises(CourseError, match=sentence):
        cluster._check(Cluster(told), "tcp://there", "this")


def test_no_scheduler_there(worked, monkeypatch):
    monkeypatch.setattr(cluster, "SECONDS_TO_JOIN", 1)
    worked.hand_in("ada", RIGHT)
    with pytest.raises(CourseError, match=r"There is no Dask scheduler at tcp://127\.0\.0\.1:9"):
        worked.grade(scheduler="tcp://127.0.0.1:9")
