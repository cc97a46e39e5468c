"""Judging an answer in a file with nothing loaded here: all of it happens in the sandbox, in two processes.

To load PyTorch in this process and in the student's takes twice as long (`grader.judging.process`).
"""

from __future__ import annotations

import contextlib
import json
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from grader.judging.verdict import Verdict, from_json
from grader.own import PLACES
from grader.sandbox import bubblewrap, keeper, view
from grader.sandbox.confinement import NotConfined
from grader.sandbox.limits import Limits

PROGRAM = "grader.sandbox.one_answer"
ANSWER, JUDGE = "answer", "judge"  # what it finds in `keeper.ALL_SOCKETS`
FILE = "answer.py"
LATE = "The judge had no verdict after {:g} seconds: try it again when less runs on this machine."
LIMITS = Limits(seconds=150.0)  # of the student's process; the judge ends it when an exercise's time is over
SECONDS = 300.0


class NotJudged(Exception):
    """There is no verdict; the message says why."""


def judge_apart(exercise: str, file: Path, key: str, seed: int) -> Verdict:
    """The verdict on what ``file`` defines under the exercise's name.

    Raises:
        NotConfined: nothing can be confined here, so nothing was started.
        NotJudged: there is no such exercise, or it is broken.
    """
    with tempfile.TemporaryFile() as complaints:
        with _started(file, complaints) as channel:
            channel.settimeout(SECONDS)
            channel.sendall(json.dumps(LIMITS.as_json()).encode())
            if not channel.recv(1):
                raise NotConfined("The sandbox did not start.")
            channel.sendall(json.dumps({"exercise": exercise, "key": key, "seed": seed}).encode())
            with channel.makefile("rb") as stream:
                line = _verdict_in(stream)
        complaints.seek(0)
        last = complaints.read().decode(errors="replace").strip().splitlines()[-1:]
    said: dict[str, Any] = {"error": f"The judge ended before it had a verdict. {''.join(last)}"}
    if line:
        said = json.loads(line)
    if "error" in said:
        raise NotJudged(said["error"])
    return from_json(said["verdict"])


def _verdict_in(stream: IO[bytes]) -> bytes:
    try:
        return stream.readline()
    except TimeoutError:
        raise NotJudged(LATE.format(SECONDS)) from None


@contextlib.contextmanager
def _started(file: Path, complaints: IO[bytes]) -> Iterator[socket.socket]:
    """The judge's end of a connection; all that was started ends with the block."""
    ours, theirs = socket.socketpair()
    with tempfile.TemporaryDirectory() as folder, ours:
        Path(folder).chmod(0o755)
        copy = Path(shutil.copyfile(file.resolve(), Path(folder, FILE)))
        copy.chmod(0o644)  # the user that it runs as may be another
        if bubblewrap.program() is None:
            raise NotConfined("There is no bubblewrap on this machine.")
        with theirs:
            process = bubblewrap.start(
                ["-m", PROGRAM, str(theirs.fileno())],
                [*_shown(folder), "--die-with-parent"],
                [theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=complaints,
            )
        try:
            yield ours
        finally:
            process.kill()
            process.wait()


def _shown(folder: str) -> list[str]:
    """What bubblewrap shows besides: the file, and for the judge alone the grader as it is."""
    judge = f"{keeper.ALL_SOCKETS}/{JUDGE}"
    shown = view.show(folder, f"{keeper.ALL_SOCKETS}/{ANSWER}") + view.show(str(view.OURS), f"{judge}/grader")
    for place in PLACES:  # what an instructor has changed
        shown += view.show(str(place), f"{judge}/{place.name}")
    return shown
