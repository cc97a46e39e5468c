"""Worker processes as they look from outside: forked from one loaded parent (`grader.batch.parent`).

The parent is started with the first worker, or before (`begin`). Should it end, its workers go on, and the
next one gets another.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import IO

import psutil

SECONDS_TO_LOAD = 180.0  # importing torch and nbgrader on a busy machine
SECONDS_TO_END = 5.0
LOST = -int(signal.SIGKILL)  # how a worker ended of whom nobody tells any more

_lock = threading.Lock()
_parent: Parent | None = None


class NoWorker(Exception):
    """None could be forked; the message says why."""


class Forked:
    """A worker process: its standard input and output, and how it ended.

    Args:
        scratch: its folder.
        stderr: where its standard error goes.
        descriptors: open ones that it gets besides.

    Raises:
        NoWorker: the parent did not load.
    """

    def __init__(self, scratch: Path, stderr: IO[bytes], descriptors: Sequence[int]) -> None:
        self.returncode: int | None = None
        self._process: psutil.Process | None
        heard, asks = os.pipe()
        answers, said = os.pipe()
        self.stdin, self.stdout = os.fdopen(asks, "wb"), os.fdopen(answers, "rb")
        self._told, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            parent = _ask(str(scratch), [theirs.fileno(), heard, said, stderr.fileno(), *descriptors])
        os.close(heard)
        os.close(said)
        self._told.settimeout(SECONDS_TO_LOAD)
        number = self._hear()
        if not number:
            self.close()
            raise NoWorker(parent.said())
        self._told.settimeout(None)
        self.pid, self._process = int(number), None
        with contextlib.suppress(psutil.NoSuchProcess):  # it has ended already
            self._process = psutil.Process(self.pid)

    def poll(self) -> int | None:
        """How it ended, as `subprocess.Popen` says it; None while it runs."""
        if self.returncode is None and select.select([self._told], [], [], 0)[0]:
            self.wait()
        return self.returncode

    def wait(self) -> int:
        """How it ended, when it has."""
        if self.returncode is None:
            self.returncode = int(self._hear() or LOST)
        return self.returncode

    def kill(self) -> None:
        """Kill the process, and what it had started."""
        if self._process is not None:
            end_with_children(self._process)

    def close(self) -> None:
        """Let go of it."""
        for stream in (self.stdin, self.stdout, self._told):
            with contextlib.suppress(OSError):
                stream.close()

    def _hear(self) -> bytes:
        try:
            return self._told.recv(100)
        except OSError:
            return b""


class Parent:
    """The process that workers are forked from."""

    def __init__(self) -> None:
        self._was_asked = False
        self._asked, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115 (open as long as the process is)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "grader.batch.parent", str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._complaints,
                env=environment(),
                pass_fds=[theirs.fileno()],
                start_new_session=True,  # a Ctrl-C in the terminal does not reach it
            )

    def ask(self, scratch: str, descriptors: Sequence[int]) -> None:
        """Have a worker forked.

        Raises:
            OSError: it has ended.
        """
        socket.send_fds(self._asked, [json.dumps(scratch).encode()], list(descriptors))
        self._was_asked = True

    def said(self) -> str:
        """How it ended, and the last that it had to say."""
        self._asked.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(SECONDS_TO_END)
        self._process.kill()
        status = self._process.wait()
        self._complaints.seek(0)
        last = self._complaints.read()[-2000:].decode(errors="replace").strip().splitlines()[-1:]
        ended = f"what workers are forked from ended with status {status}"
        return f"could not be started: {ended}" + (f" ({last[0]})" if last else "")

    def close(self) -> None:
        """End it; workers go on. While it loads, it does not hear that nobody is there any more."""
        self._asked.close()
        if not self._was_asked:
            self._process.kill()
        self._process.wait()
        self._complaints.close()


def _ask(scratch: str, descriptors: Sequence[int]) -> Parent:
    """Have a worker forked from this process's parent; return that."""
    global _parent
    with _lock:
        if _parent is not None:
            try:
                _parent.ask(scratch, descriptors)
                return _parent
            except OSError:  # it has ended
                _parent.close()
        _parent = Parent()
        _parent.ask(scratch, descriptors)
        return _parent


def begin() -> None:
    """Have this process's parent of workers load, before the first worker is wanted."""
    global _parent
    with _lock:
        _parent = _parent or Parent()


def close() -> None:
    """End this process's parent of workers, if it has one."""
    global _parent
    with _lock:
        if _parent is not None:
            _parent.close()
        _parent = None


def end_with_children(process: psutil.Process) -> None:
    """Kill a process, then what it had started: the other way round, it might start something anew."""
    with contextlib.suppress(psutil.NoSuchProcess):
        end(process, *process.children(recursive=True))


def end(*processes: psutil.Process) -> None:
    """Kill processes, in this order."""
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()


def environment() -> dict[str, str]:
    """One thread for a worker's numerics, this installation within its reach, and not the course's secret."""
    environment = {name: value for name, value in os.environ.items() if name != "COURSE_SECRET"}
    for name, first in (("PYTHONPATH", Path(__file__).parents[2]), ("PATH", Path(sys.executable).parent)):
        places = [str(first), *filter(None, environment.get(name, "").split(os.pathsep))]
        environment[name] = os.pathsep.join(dict.fromkeys(places))
    return environment | {"OMP_NUM_THREADS": "1"}
