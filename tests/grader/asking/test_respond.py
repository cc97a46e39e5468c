"""The student's side: in this process, and in a process of its own that may do anything."""

import contextlib
import functools
import importlib
import json
import signal
import socket
import sys
import threading
import time
from types import SimpleNamespace
from unittest.mock import Mock

import pytest

import course.attention  # noqa: F401 (a test finds it among the loaded modules)
from grader.asking import clock, wire
from grader.asking.outcome import TimeUp
from grader.asking.respond import MIME, read_reply, reply, time_limit
from grader.asking.rules import LATE, MISSING
from grader.judging import process
from grader.judging.places import Places
from grader.judging.process import judge_file
from grader.judging.verdict import Status
from grader.sandbox import implementations
from grader.sandbox.implementations import answer_all
from grader.sandbox.inside import catalogue as inside
from grader.student.kernel import probe

NONE = {}.__getitem__  # no exercise has implementations


def text(payloads, seconds):
    """What the judge sends to ask a function called f."""
    payloads = wire.encode(list(payloads))
    return json.dumps(
        {"kind": "function", "name": "f", "payloads": payloads, "seconds": seconds, "operators": False}
    )


def ask(answer, payloads=({"inputs": {}},), seconds=5.0):
    answered = reply(text(payloads, seconds), {"f": answer}, NONE)
    return read_reply(json.loads(json.dumps(answered)), len(payloads))


def endless():
    while True:
        pass


def endless_and_deaf():
    while True:
        with contextlib.suppress(Exception):
            time.sleep(0.01)


def deaf_once():
    try:
        endless()
    except:  # noqa: E722
        endless()


def test_every_question_is_answered():
    outcomes = ask(lambda x: 1 / x, [{"inputs": {"x": x}} for x in (1, 0, 2)]).outcomes
    assert [outcome.value for outcome in outcomes] == [1, None, 0.5]
    assert outcomes[1].failure.kind == "ZeroDivisionError"


def test_no_answer_of_that_name():
    response = read_reply(reply(text([{}, {}], 1.0), {}, NONE), 2)
    assert [outcome.failure.rule for outcome in response.outcomes] == [MISSING] * 2
    assert str(response.outcomes[0].failure) == "There is no `f` yet: run the cell that defines it."


@pytest.mark.parametrize("answer", [endless, endless_and_deaf, lambda: time.sleep(60)])
def test_time_limit(answer):
    started = clock.had()
    outcomes = ask(answer, [{"inputs": {}}] * 3, seconds=0.1).outcomes
    assert clock.had() - started < 1.0
    assert [outcome.failure.rule for outcome in outcomes] == [LATE] * 3


def test_seconds_that_a_busy_machine_gave_to_others_are_not_counted(monkeypatch):
    """Its thread ran for nine tenths of the time or for one: the same limit ends it."""
    for share in (0.9, 0.1):
        monkeypatch.setattr(clock, "waited", lambda share=share: (1 - share) * time.monotonic())
        began = time.monotonic()
        with pytest.raises(TimeUp), time_limit(0.1):
            endless()
        assert time.monotonic() - began >= 0.1 / share


def test_nor_are_those_for_which_another_process_waited_in_its_place(monkeypatch):
    """As the implementations that a property test is handed: they run elsewhere, and tell of it."""
    monkeypatch.setattr(clock, "_excused", 0.0)
    theirs, ours = socket.socketpair()
    answering = threading.Thread(target=answer_all, args=(theirs, Places("key"), lambda _: [abs]))
    monkeypatch.setattr(implementations, "clock", SimpleNamespace(waited=iter([3.0, 303.0, 303.0]).__next__))
    monkeypatch.setattr(implementations, "signal", Mock())  # of the main thread alone
    monkeypatch.setattr(inside, "_stream", functools.cache(lambda: ours.makefile("rwb")))
    answering.start()
    (place,) = Places("key").conceal([{"exercise": "size", "index": 0}])
    before = clock.had()
    absolute = inside.implementations("size")[place["index"]]
    assert [absolute(-2), absolute(3)] == [2, 3]
    assert -300.0 <= clock.had() - before < -280.0
    inside._stream().close()
    ours.close()
    answering.join()


def test_sleep_counts_and_where_nothing_is_known_the_wall_clock_does():
    before, wall = clock.had(), time.monotonic()
    time.sleep(0.05)
    assert 0.04 < clock.had() - before <= time.monotonic() - wall + 1e-3
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "WAITED", "/nowhere")
        assert clock.had() == pytest.approx(time.monotonic(), abs=0.05)


def test_time_is_up_again_for_code_that_swallows_everything():
    assert ask(deaf_once, seconds=0.1).outcomes[0].failure.rule == LATE


def test_what_was_answered_in_time_stays():
    outcomes = ask(
        lambda x: endless() if x else "quick", [{"inputs": {"x": x}} for x in (0, 1, 0)], 0.1
    ).outcomes
    assert outcomes[0].value == "quick"
    assert [outcome.failure.rule for outcome in outcomes[1:]] == [LATE] * 2


@pytest.mark.parametrize(("takes", "is_whole"), [(0.15, True), (60, False)])
def test_an_import_is_not_cut_off_until_the_time_has_doubled(tmp_path, monkeypatch, takes, is_whole):
    """PyTorch loads much at a first call: half of it would break the kernel for good."""
    module = f"slow_{is_whole}"
    (tmp_path / f"{module}.py").write_text(f"import time\n\ntime.sleep({takes})\nwhole = True\n")
    monkeypatch.syspath_prepend(tmp_path)
    began = clock.had()
    with pytest.raises(TimeUp), time_limit(0.1):
        importlib.import_module(module)
        endless()
    assert hasattr(sys.modules.get(module), "whole") == is_whole
    assert clock.had() - began < 2.0


def test_no_alarm_is_left_behind():
    before = signal.getsignal(signal.SIGALRM)
    ask(lambda: 1, seconds=0.05)
    assert signal.getsignal(signal.SIGALRM) is before
    with pytest.raises(TimeUp), time_limit(0.01):
        endless()
    assert signal.getsignal(signal.SIGALRM) is before


def test_an_alarm_that_somebody_has_set_goes_on():
    theirs = signal.setitimer(signal.ITIMER_REAL, 50.0)  # pytest may have one
    try:
        with time_limit(5.0):
            time.sleep(0.05)
        assert 40 < signal.getitimer(signal.ITIMER_REAL)[0] < 49.96
    finally:
        signal.setitimer(signal.ITIMER_REAL, *theirs)


def test_in_another_thread_there_is_no_limit_and_no_crash():
    found = []
    thread = threading.Thread(target=lambda: found.append(ask(lambda: 1)))
    thread.start()
    thread.join()
    assert found[0].outcomes[0].value == 1


def noisy():
    import logging
    import warnings

    for _ in range(3):
        warnings.warn("slow", UserWarning, stacklevel=1)
    logging.getLogger("student").warning("careful")
    print("10 %\r50 %\r100 %", file=sys.stderr)
    return 1


def test_stderr_and_warnings_are_told_and_change_nothing(capsys):
    response = ask(noisy)
    assert response.outcomes[0].value == 1
    assert response.said[0] == "UserWarning: slow" and response.said[-1] == "100 %"
    assert response.said.count("UserWarning: slow") == 1
    assert capsys.readouterr().err == ""


# -- as text -------------------------------------------------------------------------------------------


def test_request_and_reply_are_json():
    asked = text([{"inputs": {"x": 2}}], 1.0)
    answered = json.loads(json.dumps(reply(asked, {"f": lambda x: x + 1}, NONE)))
    assert read_reply(answered, 1).outcomes[0].value == 3


@pytest.mark.parametrize(
    "answered", [None, [], {}, {"outcomes": [], "said": []}, {"outcomes": [1], "said": []}, "text"]
)
def test_what_is_no_reply_is_refused(answered):
    with pytest.raises(wire.WireError):
        read_reply(answered, 1)


def test_what_was_said_is_cut():
    good = {"value": 1, "failure": None}
    said = read_reply({"outcomes": [good], "said": ["x" * 10_000, "\ud800", 3, *"abcdef"]}, 1).said
    assert [len(line) for line in said] == [300, 1, 1, 1, 1]
    assert "".join(said).encode("utf-8")


def test_probe_displays_the_outcomes_and_nothing_the_student_prints(monkeypatch, capsys):
    shown = []
    shell = type("Shell", (), {"user_ns": {"f": lambda x: print("garbage") or x + 1}})
    monkeypatch.setattr("grader.student.kernel.get_ipython", lambda: shell)
    monkeypatch.setattr("grader.student.kernel.display", lambda data, raw: shown.append(data))
    probe(text([{"inputs": {"x": 2}}], 1.0))
    assert read_reply(shown[0][MIME], 1).outcomes[0].value == 3
    assert capsys.readouterr().out == ""


# -- in a process of its own ---------------------------------------------------------------------------

RIGHT = (
    "def weights(x, mask=None):\n    return (x if mask is None else x.masked_fill(~mask, -1e9)).softmax(-1)\n"
)
NOISY = f"""
import os, subprocess, sys, threading, time, warnings
assert "COURSE_SECRET" not in os.environ
assert not os.listdir()
assert not any(name.startswith("grader.exercises.") for name in sys.modules)
print("garbage")
os.write(1, b'{{"outcomes": [], "said": []}}')
print("more garbage", file=sys.stderr)
subprocess.run(["echo", "and more"])
warnings.warn("slow")
threading.Thread(target=time.sleep, args=(600,)).start()
subprocess.Popen(["sleep", "600"])
{RIGHT}
"""
LOOPS = """
def weights(x, mask=None):
    while True:
        try:
            x + 1
        except Exception:
            pass
"""
GARBAGE = """
import os
for descriptor in range(3, 9):  # one of them is the way to the judge
    try:
        os.write(descriptor, b"[" * 60_000)
    except OSError:
        pass
os._exit(0)
"""
NOT_RUN = "The file does not run."
ENDED = "The file ended its process before it had given an answer."


@pytest.mark.parametrize(
    ("text", "status", "told"),
    [
        (NOISY, Status.RIGHT, ""),
        (
            LOOPS,
            Status.FAILED,
            "It did not finish within 1.5 seconds: is there a loop that never ends? In",
        ),
        (RIGHT.replace("return", "import os; os._exit(0)\n    return"), Status.FAILED, ENDED),
        ("x = 1", Status.UNFINISHED, "There is no `weights` yet: run the cell that defines it."),
        (
            "x = 1\ndef f(x)",
            Status.FAILED,
            f"{NOT_RUN} Line 2: `def f(x)` raised SyntaxError: “expected ':'”.",
        ),
        (
            "\ny = 1 / 0",
            Status.FAILED,
            f"{NOT_RUN} Line 2: `y = 1 / 0` raised ZeroDivisionError: “division by zero”.",
        ),
        (GARBAGE, Status.FAILED, ENDED),
    ],
    ids=["noisy", "loops", "exits when asked", "defines nothing", "syntax error", "error", "garbage"],
)
def test_file(make, monkeypatch, tmp_path, text, status, told):
    monkeypatch.setenv("COURSE_SECRET", "geheim")
    exercise = make.function()
    monkeypatch.setattr(exercise, "seconds", 1.5)
    file = tmp_path / "answer.py"
    file.write_text(text)
    verdict = judge_file(exercise, file, "a key", 0)
    assert verdict.status is status
    said = {verdict.message} if verdict.message else {part.finding for part in verdict.parts}
    assert all(each.startswith(told) for each in said), said


def test_a_file_that_loops_while_it_is_loaded(make, monkeypatch, tmp_path):
    exercise = make.function()
    monkeypatch.setattr(exercise, "seconds", 0.5)
    monkeypatch.setattr(process, "SECONDS_TO_LOAD", 0.5)
    file = tmp_path / "answer.py"
    file.write_text("while True: pass")
    verdict = judge_file(exercise, file, "a key", 0)
    assert {part.finding for part in verdict.parts} == {process.LATE}
