"""This process's zygote: started at its first kernel, ended with it.

One for each process that grades: two that share one would wait for each other, and a process that was forked
from one which has a zygote starts its own.
"""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import json
import os
import secrets
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from grader.judging.places import Places
from grader.sandbox import bubblewrap, keeper, view, zygote
from grader.sandbox.limits import Limits

PREFIX = "grader-kernels-"
LONGEST_FOLDER = 80  # bytes: the name of a socket in it has to stay below 108
SECONDS_TO_LOAD = 300.0
SECONDS_OF_A_YEAR = 3.2e7
SECONDS_TO_LOCK = 60.0  # in which a folder that is not locked may be one that somebody just made
SERVER = "sandbox_server.py"  # the name under which the implementations' sandbox finds its program

_lock = threading.Lock()
_current: Zygote | None = None


class Zygote:
    """A process that kernels are forked from, and the folder in which their sockets are."""

    def __init__(self) -> None:
        self.pid = os.getpid()
        self.folder, self._lock = _locked_folder()
        os.chown(self.folder, bubblewrap.user(), -1)
        self._kernels = 0
        self._key = secrets.token_hex(16)
        self._places = Places(self._key)
        self._implementations = self._lifeline = socket.socket()  # not connected yet
        self._asked, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115 (open as long as the process runs)
        self._has_loaded = False
        self._process = bubblewrap.start(
            ["-m", "grader.sandbox.zygote", str(theirs.fileno())],
            show=["--bind", str(self.folder), keeper.ALL_SOCKETS],
            descriptors=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=self._complaints,
        )
        theirs.close()
        self._asked.settimeout(SECONDS_TO_LOAD)

    def wait_until_loaded(self) -> None:
        """Return when kernels can be forked.

        Raises:
            RuntimeError: the process has ended instead; the message has what it said.
        """
        if self._has_loaded:
            return
        try:
            if self._asked.recv(100) != zygote.READY:
                raise RuntimeError(f"The process that kernels are forked from did not start. {self._said()}")
        except BaseException:
            self.close()
            raise
        self._has_loaded = True

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def folder_for_kernel(self) -> Path:
        """A new folder, for the sockets of one kernel."""
        self._kernels += 1
        folder = self.folder / str(self._kernels)
        folder.mkdir(mode=0o700)
        os.chown(folder, bubblewrap.user(), -1)
        return folder

    def fork_kernel(
        self, folder: Path, limits: Limits, kernel: dict[str, Any], tests: Sequence[str]
    ) -> socket.socket:
        """Start a kernel; return its lifeline (`grader.sandbox.keeper.keep`).

        ``tests`` are those that it will be asked, where that is known.
        """
        with self.implementations(tests) as helper:
            return self._fork("kernel", folder, limits, helper, kernel)

    def conceal(self, payloads: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        """The judge's questions, those of a property test without a sign of which implementation is meant."""
        hide = self._places.hide
        return [
            {**payload, "index": hide(payload["exercise"], payload["index"])}
            if "index" in payload
            else payload
            for payload in payloads
        ]

    def implementations(self, tests: Sequence[str] = ()) -> socket.socket:
        """A new connection to the process that has what students' tests call; started if there is none.

        It loads for good what these tests call; what others call is loaded for this connection alone.
        """
        ours, theirs = socket.socketpair()
        message = json.dumps(tests).encode()
        with theirs:
            try:
                socket.send_fds(self._implementations, [message], [theirs.fileno()])
            except OSError:  # there is none yet, or it has ended
                self._start_implementations()
                socket.send_fds(self._implementations, [message], [theirs.fileno()])
        return ours

    def _start_implementations(self) -> None:
        folder = self.folder_for_kernel()
        left_out = shutil.ignore_patterns("sandbox", "__pycache__")
        shutil.copytree(view.OURS, folder / "files" / "grader", ignore=left_out)
        shutil.copyfile(view.OURS / "sandbox" / "implementations.py", folder / "files" / "grader" / SERVER)
        self._implementations.close()
        self._lifeline.close()
        self._implementations, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            forever = replace(Limits(), seconds=SECONDS_OF_A_YEAR)
            self._lifeline = self._fork("implementations", folder, forever, theirs, {"key": self._key})

    def _fork(
        self, code: str, folder: Path, limits: Limits, helper: socket.socket, wanted: dict[str, Any]
    ) -> socket.socket:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        message = {"code": code, "sockets": folder.name, "limits": limits.as_json(), **wanted}
        with theirs:
            socket.send_fds(self._asked, [json.dumps(message).encode()], [theirs.fileno(), helper.fileno()])
        return ours

    def close(self) -> None:
        """End the process, all kernels with it, and remove the folder; not in a process that was forked."""
        for ours in (self._asked, self._implementations, self._lifeline):
            ours.close()
        if os.getpid() != self.pid:
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(5.0)
        self._process.kill()
        self._process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
        os.close(self._lock)

    def _said(self) -> str:
        self._complaints.seek(0)
        lines = self._complaints.read().decode(errors="replace").strip().splitlines()
        return " ".join(lines[-2:])


def current() -> Zygote:
    """This process's zygote; the first call starts it, which takes as long as importing torch."""
    with _lock:
        started = _started()
        started.wait_until_loaded()
        return started


def begin() -> None:
    """Start this process's zygote if there is none, and do not wait for it."""
    with _lock:
        _started()


def _started() -> Zygote:
    global _current
    if _current is not None and (_current.pid != os.getpid() or not _current.is_alive):
        _current.close()
        _current = None
    if _current is None:
        _current = Zygote()
        atexit.register(_current.close)
    return _current


def _locked_folder() -> tuple[Path, int]:
    """A new folder with a short name, and the lock that says that it is in use."""
    _remove_left_behind()
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    if len(os.fsencode(folder)) > LONGEST_FOLDER:
        folder.rmdir()
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir="/tmp"))
    lock = os.open(folder, os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_EX)
    return folder, lock


def _remove_left_behind() -> None:
    """Folders of processes that were killed before they could remove them."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):
            if time.time() - folder.stat().st_mtime < SECONDS_TO_LOCK:
                continue
            lock = os.open(folder, os.O_RDONLY | os.O_NOFOLLOW)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder)
            finally:
                os.close(lock)
