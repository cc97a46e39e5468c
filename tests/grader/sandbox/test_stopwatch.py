"""The time that a process had, by what the system tells of it: here a folder in place of its own in /proc."""

import os
import time
from types import SimpleNamespace

import pytest

from grader.sandbox import stopwatch
from grader.sandbox.stopwatch import TICKS, Stopwatch

NAME = "python (of a student) 1 2 3)"  # which is the process's to choose


class Process:
    """What is told of a process, and the clock on the wall."""

    def __init__(self, folder):
        self._folder, self.wall = folder, 100.0
        self.tell(0.0, 0.0)

    def tell(self, waited, used):
        half = round(used * TICKS / 2)
        (self._folder / "stat").write_text(f"2 ({NAME} S {'0 ' * 10}{half} {half} 7 7 20\n")
        (self._folder / "schedstat").write_text(f"5 {round(waited * 1e9)} 3\n")


@pytest.fixture
def process(tmp_path, monkeypatch):
    told = Process(tmp_path)
    monkeypatch.setattr(stopwatch, "time", SimpleNamespace(monotonic=lambda: told.wall))
    return told


@pytest.fixture
def descriptor(tmp_path):
    opened = os.open(tmp_path, os.O_RDONLY)
    yield opened
    os.close(opened)


@pytest.mark.parametrize(
    ("waited", "used", "had"),
    [
        (0.0, 10.0, 10.0),  # it computes, alone
        (0.0, 0.0, 10.0),  # it sleeps
        (8.0, 2.0, 2.0),  # it computes, and others have most of the processors
        (8.0, 0.0, 2.0),  # it sleeps, beside others
        (8.0, 16.0, 10.0),  # it waits behind threads of its own, which keep two processors busy
    ],
)
def test_time_is_what_others_left_it(process, descriptor, waited, used, had):
    process.tell(50.0, 60.0)  # before
    watch = Stopwatch(descriptor)
    process.wall += 10.0
    process.tell(50.0 + waited, 60.0 + used)
    assert watch.had == pytest.approx(had)


def test_where_nothing_is_told_it_goes_by_the_wall(process, descriptor, tmp_path):
    unknown, ends = Stopwatch(None), Stopwatch(descriptor)
    process.tell(8.0, 2.0)
    (tmp_path / "schedstat").unlink()
    process.wall += 10.0
    assert unknown.had == ends.had == pytest.approx(10.0)


def test_the_system_tells_of_a_kernel(kernels):
    kernel = kernels()
    kernel.run("1")
    began, watch = time.monotonic(), kernel.provisioner.stopwatch()
    kernel.run("import time; end = time.process_time() + 0.3\nwhile time.process_time() < end: pass")
    assert 0.29 < watch.had <= time.monotonic() - began
    waited, used = watch._told()
    assert waited >= 0 and used >= 0.3
    kernel.close()
    assert watch._told() is None
