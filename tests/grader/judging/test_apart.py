"""Judging a file in the sandbox, with its process forked from the judge's: the verdict of two processes."""

import pytest

from grader import catalogue
from grader.judging.apart import NotJudged, judge_apart
from grader.judging.process import judge_file
from grader.sandbox.confinement import confinement

SEED = 7
NO_MASK = """
import torch

print("what a file prints is nothing to the judge")

def attention(q, k, v, mask=None):
    return (q @ k.transpose(-2, -1) / q.shape[-1] ** 0.5).softmax(-1) @ v
"""
LOOKS = """
import gc, os, sys
from grader import catalogue

found = [path for path in ("/run/judge", "/kernel/grader", "/run/answer") if os.path.exists(path)]
judges = ("grader.exercise", "grader.judging", "grader.naming")
known = [name for name in sys.modules if name.startswith(judges)]
held = [type(one) for one in gc.get_objects() if type(one).__module__.startswith("grader.exercise")]
opened = sorted(map(int, os.listdir("/proc/self/fd")))[:-1]
leak = f"{found} {known} {held} {catalogue.__file__} {opened} {os.getpid()} {os.listdir('.')}"
"""


@pytest.fixture
def judged(tmp_path):
    """The verdict on a text."""
    if not confinement().confined:
        pytest.skip(confinement().because)

    def judge(exercise, text, way=judge_apart):
        file = tmp_path / "mine.py"
        file.write_text(text)
        asked = exercise if way is judge_apart else catalogue.find(exercise)
        return way(asked, file, "a key", SEED)

    return judge


def test_the_verdict_is_that_of_two_processes(judged):
    verdict = judged("attention", NO_MASK)
    assert verdict == judged("attention", NO_MASK, judge_file)
    assert verdict.mistake and 0 < len([part for part in verdict.parts if part.held]) < len(verdict.parts)


def test_a_test_that_students_write_is_handed_implementations(judged):
    right = catalogue.find("test_attention_weights").solution
    verdict = judged("test_attention_weights", f"import torch\n{right}")
    assert verdict.is_right, verdict


def test_a_file_that_ends_its_process_is_told_so(judged):
    verdict = judged("leak", "import os\nos._exit(0)")
    assert verdict.score == 0
    assert "ended its process" in str(verdict)


def test_the_file_sees_nothing_of_the_judge(judged):
    verdict = judged("leak", f"{LOOKS}\nraise ValueError(leak)")
    seen = str(verdict)
    assert "[] [] [] " in seen, seen
    assert "[0, 1, 2, 3, 4] 2 []" in seen, seen  # three, the implementations, and where its reply goes


def test_who_asks_for_what_there_is_not_is_told(judged):
    with pytest.raises(NotJudged, match="did you mean leak"):
        judged("leakk", "leak = 'a'")
