"""What begins to load before it is known whether anything is to be graded."""

import contextlib
import os
import subprocess
import sys
import time

import psutil
import pytest

from grader.batch import ahead
from grader.sandbox.confinement import Confinement

LONGEST = 20.0  # seconds; both load for longer on a slow machine, and are not waited for


def those_with(name, value):
    """The processes in whose environment a variable has this value."""
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.environ().get(name) == value:
                yield process


def test_where_there_is_nothing_to_grade_nothing_is_left(tmp_path):
    (course := tmp_path / "course").mkdir()
    (course / "nbgrader_config.py").write_text("c = get_config()\n")
    (temporary := tmp_path / "temporary").mkdir()
    environment = {**os.environ, "TMPDIR": str(temporary)}
    words = [sys.executable, "-m", "grader.cli", "autograde", "02_attention"]
    done = subprocess.run(words, cwd=course, env=environment, capture_output=True, text=True)
    assert done.returncode == 2 and "02_attention" in done.stderr
    until = time.monotonic() + LONGEST
    while any(those_with("TMPDIR", str(temporary))) and time.monotonic() < until:
        time.sleep(0.1)
    assert not list(those_with("TMPDIR", str(temporary)))
    assert not list(temporary.iterdir())


@pytest.mark.parametrize(("class_of", "for_many"), [(ahead.MANY - 1, False), (ahead.MANY, True)])
def test_kernels_are_prepared_for_a_large_class(class_of, for_many, tmp_path, monkeypatch):
    (tmp_path / "nbgrader_config.py").touch()
    for number in range(class_of):
        (tmp_path / "submitted" / f"s{number}").mkdir(parents=True)
    told = []
    monkeypatch.setattr(ahead, "confinement", lambda: Confinement(True, "", ""))
    monkeypatch.setattr(ahead.zygotes, "begin", lambda for_many: told.append(for_many))
    monkeypatch.setattr(ahead.forked, "begin", lambda: None)
    with ahead.loading(tmp_path):
        assert told == [for_many]
