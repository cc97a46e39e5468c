"""This process's zygote: started at its first kernel, and ended with it, or handed in by whoever started us.

To load one takes seconds of processor, so the workers of one machine share one (`Zygote.share`, `adopt`): all
that is said to it is one message a kernel, and nobody waits for an answer. A process that was forked from one
which has a zygote starts its own.
"""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import io
import json
import os
import secrets
import select
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

from grader.judging.places import Places
from grader.sandbox import bubblewrap, keeper, view, zygote
from grader.sandbox.limits import Limits

PREFIX = "grader-kernels-"
LONGEST_FOLDER = 80  # bytes: the name of a socket in it has to stay below 108
SECONDS_TO_LOAD = 300.0
SECONDS_OF_A_YEAR = 3.2e7
NOT_OURS = 0  # in place of the number of the process that has started a zygote
SECONDS_TO_LOCK = 60.0  # in which a folder that is not locked may be one that somebody just made
SERVER = "sandbox_server.py"  # the name under which the implementations' sandbox finds its program

_lock = threading.Lock()
_current: Zygote | None = None


@dataclass(frozen=True)
class Shared:
    """What a process has to know of a zygote that another has started; ``descriptors`` are inherited."""

    folder: str
    key: str
    descriptors: tuple[int, ...]


class Zygote:
    """A process that kernels are forked from, and the folder in which their sockets are.

    Args:
        for_many: whether more than a few dozen kernels will be.
    """

    def __init__(self, for_many: bool = False) -> None:
        self.pid = os.getpid()
        self.folder, self._lock = _locked_folder()
        os.chown(self.folder, bubblewrap.user(), -1)
        self._kernels = 0
        self._key = secrets.token_hex(16)
        self._places = Places(self._key)
        self._implementations = self._lifeline = socket.socket()  # not connected yet
        self._parent: socket.socket | None = None  # of kernels that get a notebook's pieces
        self._asked, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._complaints: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 (as long as the process runs)
        self._has_loaded = False
        self._process = bubblewrap.start(
            ["-m", "grader.sandbox.zygote", str(theirs.fileno()), *([zygote.FOR_MANY] if for_many else [])],
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
        """Whether it hears us: a process that has adopted it cannot ask after it in another way."""
        heard = select.poll()
        try:
            heard.register(self._asked, select.POLLIN)
            return not heard.poll(0) or bool(self._asked.recv(1, socket.MSG_PEEK))
        except (OSError, ValueError):  # it has ended; we have closed it
            return False

    def share(self) -> tuple[Shared, list[int]]:
        """What another process needs to `adopt` it, and the descriptors that it must inherit."""
        if self._parent is None:
            self._parent = self._start_parent()
            self._start_implementations()
        given = [self._asked.fileno(), self._implementations.fileno(), self._parent.fileno()]
        return Shared(str(self.folder), self._key, tuple(given)), given

    @classmethod
    def adopted(cls, shared: Shared) -> Zygote:
        """One that another process has started, and ends."""
        self = cls.__new__(cls)
        self.pid, self._kernels, self.folder = NOT_OURS, 0, Path(shared.folder)
        self._key, self._places = shared.key, Places(shared.key)
        self._has_loaded, self._lifeline = True, socket.socket()
        sockets = [socket.socket(fileno=descriptor) for descriptor in shared.descriptors]
        for one in sockets:
            one.set_inheritable(False)
        self._asked, self._implementations, self._parent = sockets
        self._complaints = io.BytesIO()
        return self

    def folder_for_kernel(self) -> Path:
        """A new folder, for the sockets of one kernel."""
        self._kernels += 1
        folder = self.folder / f"{os.getpid()}-{self._kernels}"
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
            return self._fork("kernel", folder, limits, [helper], kernel)

    def fork_pieces(
        self,
        limits: Limits,
        environment: dict[str, str],
        tests: Sequence[str],
        folder: Path | None,
        channel: socket.socket,
    ) -> socket.socket:
        """Start a kernel that gets its pieces through ``channel``; return its lifeline."""
        wanted = {"environment": environment}
        with self.implementations(tests) as helper:
            if self._parent is not None:
                with contextlib.suppress(OSError):  # it has ended
                    return self._fork("pieces", folder, limits, [helper, channel], wanted, self._parent)
            self._parent = self._start_parent()
            return self._fork("pieces", folder, limits, [helper, channel], wanted, self._parent)

    def _start_parent(self) -> socket.socket:
        """What forks those kernels. Nobody waits for it: a kernel speaks first, or ends."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            message = json.dumps({"code": zygote.PARENT}).encode()
            socket.send_fds(self._asked, [message], [theirs.fileno()])
        return ours

    def conceal(self, payloads: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        """The judge's questions, those of a property test without a sign of which implementation is meant."""
        return self._places.conceal(payloads)

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
            self._lifeline = self._fork("implementations", folder, forever, [theirs], {"key": self._key})

    def _fork(
        self,
        code: str,
        folder: Path | None,
        limits: Limits,
        given: Sequence[socket.socket],
        wanted: dict[str, Any],
        parent: socket.socket | None = None,
    ) -> socket.socket:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        name = None if folder is None else folder.name
        message = json.dumps({"code": code, "sockets": name, "limits": limits.as_json(), **wanted}).encode()
        with theirs:
            descriptors = [theirs.fileno(), *(one.fileno() for one in given)]
            socket.send_fds(parent or self._asked, [message], descriptors)
        return ours

    def close(self) -> None:
        """End the process, all kernels with it, and remove the folder; not in a process that was forked."""
        for ours in (self._asked, self._implementations, self._lifeline, self._parent):
            if ours is not None:
                ours.close()
        if os.getpid() != self.pid:
            return
        self.pid = NOT_OURS  # any more
        if self._has_loaded:  # else it does not hear
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


def begin(for_many: bool) -> None:
    """Have this process's zygote load; nobody waits for it. ``for_many``: as for `Zygote`."""
    with _lock:
        _started(for_many)


def share() -> tuple[Shared, list[int]]:
    """This process's zygote for another one, as `Zygote.share`; it need not have loaded."""
    with _lock:
        return _started().share()


def adopt(shared: Shared) -> None:
    """From now on, this process's zygote is one that another has started."""
    global _current
    with _lock:
        _current = Zygote.adopted(shared)


def _started(for_many: bool = False) -> Zygote:
    global _current
    is_ours = _current is not None and _current.pid in (os.getpid(), NOT_OURS)
    if _current is not None and not (is_ours and _current.is_alive):
        _current.close()
        _current = None
    if _current is None:
        _current = Zygote(for_many)
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
