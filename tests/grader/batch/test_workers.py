"""Worker processes: what kills one, or holds it up, costs one submission at most, and says which."""

import tempfile

import psutil
import pytest
from small_course import LESSON, RAISES, RIGHT, students

from grader.batch import hands
from grader.batch.forked import Forked
from grader.batch.ledger import reasons
from grader.batch.started import Started

KILLS_ITS_WORKER = "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)"
KILLS_ITS_WORKER_ONCE = """
import os, signal
if not os.path.exists({marker!r}):
    open({marker!r}, "w").close()
    os.kill(os.getpid(), signal.SIGKILL)
def double(x):
    return 2 * x
"""


@pytest.mark.parametrize("process", [Forked, Started])
def test_forked_or_started_it_grades_and_says_how_it_was_killed(worked, monkeypatch, process):
    monkeypatch.setattr(hands, "Process", process)
    worked.hand_in("ada", RIGHT)
    worked.hand_in("carla", KILLS_ITS_WORKER)
    assert worked.grade(jobs=1) == {
        "ada": ("graded", ""),
        "carla": ("not gradable", "the process that graded it was killed by signal 9, twice"),
    }


def test_everybody_ends_in_one_of_three_ways(worked, tmp_path, monkeypatch):
    (temporary := tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    worked.hand_in("ada", RIGHT)
    worked.hand_in("ben", RAISES)
    worked.hand_in("carla", KILLS_ITS_WORKER)
    worked.hand_in("dev", KILLS_ITS_WORKER_ONCE.format(marker=str(tmp_path / "killed")))
    worked.hand_in("eli", "import time\ntime.sleep(600)")
    (worked.hand_in("fay", RIGHT) / f"{LESSON}.ipynb").write_text('{"cells": [')
    (worked.hand_in("gil", RIGHT) / f"{LESSON}.ipynb").rename(
        worked.folder("submitted", "gil") / "mine.ipynb"
    )
    stolen = worked.hand_in("hana", RIGHT) / f"{LESSON}.ipynb"
    stolen.unlink()
    stolen.symlink_to(worked.folder("submitted", "ada") / stolen.name)
    (worked.hand_in("ivo", RIGHT) / "timestamp.txt").write_text("last Tuesday")
    worked.hand_in("zoé [Σ] *", RIGHT)
    ended = worked.grade(jobs=2, seconds=20.0)
    assert {student: status for student, (status, _) in ended.items()} == {
        "ada": "graded",
        "ben": "student error",
        "carla": "not gradable",
        "dev": "graded",
        "eli": "not gradable",
        "fay": "not gradable",
        "gil": "not gradable",
        "hana": "not gradable",
        "ivo": "not gradable",
        "zoé [Σ] *": "graded",
    }
    assert list(temporary.glob("grading-*")) == []
    assert ended["ben"][1] == "double_answer: ZeroDivisionError: division by zero"
    assert ended["carla"][1] == "the process that graded it was killed by signal 9, twice"
    assert "not finished after 20 seconds" in ended["eli"][1]
    assert "is not a file of its own but a link" in ended["hana"][1]
    assert "'last Tuesday'" in ended["ivo"][1]
    assert reasons(worked.root, LESSON) == {
        s: why for s, (how, why) in ended.items() if how == "not gradable"
    }
    graded = {"ada", "ben", "dev", "zoé [Σ] *"}
    assert students(worked.db_url) == graded, "not gradable is not 0"
    assert {path.name for path in (worked.root / "autograded").iterdir()} == graded
    assert not hands._all and not [p for p in psutil.Process().children(recursive=True) if _is_worker(p)]
    assert not list(worked.root.rglob("*.coming")) and not list(worked.root.rglob("*.going"))


def _is_worker(process):
    return "grader.batch.parent" in " ".join(process.cmdline())
