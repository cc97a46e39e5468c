"""Judging an answer in a file: the file runs in a process of its own, the verdict is worked out here."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from grader.asking.outcome import Failure, Outcome
from grader.asking.respond import Response, read_reply
from grader.exercise import Exercise, PropertyTest
from grader.judging.examination import AT_MOST, examine, request
from grader.judging.judge import judge
from grader.judging.verdict import Verdict
from grader.sandbox import bubblewrap, keeper, zygotes
from grader.sandbox.confinement import confinement
from grader.sandbox.limits import Limits

LATE = (
    "The file did not finish in time: is there a loop that never ends? If the machine was busy with other "
    "work, judge it again when that is over."
)
SECONDS_TO_LOAD = 30.0  # importing torch and running the file, before the first question
NOT_FOR_STUDENTS = ("COURSE_SECRET",)
COPY = "answer.py"


def judge_file(exercise: Exercise, file: Path, key: str, seed: int) -> Verdict:
    """Judge what ``file`` defines under the exercise's name.

    The file runs in an empty folder, without the course's secret in its environment and within a time
    limit; nothing it prints is taken for a result, and what it started ends with it. Where the machine
    allows it, it runs confined (`grader.sandbox`).
    """
    conceal, helper = None, None
    if isinstance(exercise, PropertyTest) and confinement().confined:
        conceal, helper = zygotes.current().conceal, zygotes.current().implementations()
    try:
        return judge_with(partial(_run, file.resolve(), helper), exercise, key, seed, conceal)
    finally:
        if helper is not None:
            helper.close()


def judge_with(
    ask: Callable[[str, float], str],
    exercise: Exercise,
    key: str,
    seed: int,
    conceal: Callable[[list[dict[str, Any]]], list[dict[str, Any]]] | None = None,
) -> Verdict:
    """The verdict on an answer that ``ask`` puts a request to, in so many seconds; it gives back the reply.

    Args:
        ask: raises TimeoutError, or subprocess's own, where the seconds are over.
        conceal: what is done to questions before they cross.
    """
    examination = examine(exercise, key, seed)
    payloads = examination.payloads if conceal is None else conceal(examination.payloads)
    try:
        answered = ask(request(exercise, payloads), AT_MOST * exercise.seconds + SECONDS_TO_LOAD)
        response = read_reply(json.loads(answered), len(payloads))
    except (subprocess.TimeoutExpired, TimeoutError):
        response = Response([Outcome(failure=Failure.by_judge(LATE))] * len(payloads))
    except (ValueError, RecursionError):  # a WireError is a ValueError
        ended = "The file ended its process before it had given an answer."
        response = Response([Outcome(failure=Failure.by_judge(ended))] * len(payloads))
    return judge(exercise, examination.questions, examination.in_place(response))


def _run(file: Path, helper: socket.socket | None, asked: str, seconds: float) -> str:
    """What the student's process sends back. It leads a process group, which ends with it."""
    with tempfile.TemporaryDirectory() as scratch, tempfile.TemporaryDirectory() as elsewhere:
        copy = shutil.copyfile(file, Path(elsewhere, COPY))
        copy.chmod(0o644)  # the user that it runs as may be another
        process = _start(
            copy,
            Limits(seconds=seconds + 1.0),
            helper,
            cwd=scratch,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )
        try:
            return process.communicate(asked, timeout=seconds)[0]
        finally:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _start(file: Path, limits: Limits, helper: socket.socket | None, **popen: Any) -> subprocess.Popen[str]:
    words = [sys.executable, "-m", "grader.student.program"]
    if confinement().confined:
        seen_at = f"{keeper.SOCKETS}/{file.name}"
        return bubblewrap.start_alone([*words, seen_at], limits, [file], helper, **popen)
    environment = {name: value for name, value in os.environ.items() if name not in NOT_FOR_STUDENTS}
    return subprocess.Popen([*words, str(file)], env=environment, **popen)
