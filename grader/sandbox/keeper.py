"""Confines student code, and keeps watch over it until nothing of it is left.

Three processes stand between the process that was forked from (the zygote) and the student's code::

    keeper     in the zygote's process namespace, where student code cannot name it: watches, reports, ends
      init     process 1 of a namespace of its own: reaps; when it ends, all that student code started ends
        code   the student's kernel, or a program: process 2

The namespaces are the student's own: mounts, processes, network (none), IPC, host name, and users, in which
it has no rights. What it can write is one folder in memory, of limited size: ``/scratch``.

What people get wrong: a process that has *left* for a new process namespace is not in it, only its children
are; process 1 must reap, or dead children count against the limit of processes; rights are kept by every
thread that existed when they were given up, so they are given up before any student code or thread runs.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import select
import shutil
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NoReturn

from grader.sandbox import namespaces
from grader.sandbox.limits import Limits
from grader.student import CODE

SCRATCH = "/scratch"
WORK, HOME = f"{SCRATCH}/work", f"{SCRATCH}/home"
WRITABLE = {f"{SCRATCH}/tmp": "/tmp", f"{SCRATCH}/shm": "/dev/shm"}
SOCKETS = "/kernel"  # the one folder that student code shares with us: its kernel's sockets, read-only
ALL_SOCKETS = "/run"  # where the zygote sees those of all its kernels
MOST_FILES = 20_000
MOST_DESCRIPTORS = 500  # that we may have open ourselves
HELPER = 3  # the descriptor of whatever student code may ask (`grader.sandbox.inside.catalogue`)
PIECES = 4  # the descriptor on which a notebook's pieces come (`grader.sandbox.pieces`)
SECONDS_BETWEEN_LOOKS = 0.05
Code = Callable[[Callable[[], None]], None]  # gets a function to call when it is about to run student code
PROTECTED = namespaces.NO_SETUID | namespaces.NO_DEVICES

INTERRUPT, SHOW, END = b"interrupt", b"show", b"end"  # may be said on the lifeline; closing it is an end too
SHOWN = b"shown"  # the answer to SHOW, with the folder in /proc of the process that runs student code
ASKED = ""  # by us: there is nothing to say
NO_TIME = "It ran longer than the {0.seconds:g} seconds that a kernel has."
NO_MEMORY = "It used more than the {1:.0f} MiB of memory that it may have."
NO_PROCESSES = "It had more than the {0.processes} processes and threads that it may have."


def keep(
    limits: Limits, lifeline: socket.socket, sockets: str | None, given: Sequence[int], code: Code
) -> NoReturn:
    """Run ``code`` confined, in a process that is forked here; end when it has ended.

    Args:
        limits: what it may use.
        lifeline: says at the end what became of it, as JSON: ``status`` and, if we ended it, ``ended``.
            When the other side closes it, everything ends.
        sockets: the name of the kernel's own folder among those of all kernels.
        given: descriptors that the code finds as `HELPER` and those after it; all others are closed but the
            first three.
        code: gets a function to call once its sockets are there, before any student code runs.
    """
    report: dict[str, Any] = {"status": 1, "ended": None}
    try:
        report |= _keep(limits, lifeline, sockets, given, code)
    except BaseException as error:  # whatever it is, the other side must hear of it
        report["ended"] = f"The sandbox failed: {type(error).__name__}: {error}"
    finally:
        with contextlib.suppress(OSError):
            lifeline.send(json.dumps(report).encode())
        os._exit(0)


def _keep(
    limits: Limits, lifeline: socket.socket, sockets: str | None, given: Sequence[int], code: Code
) -> dict[str, Any]:
    shared = _memory(_read("/proc/self/status"))
    last = namespaces.last_capability()
    _enter(limits, sockets)
    namespaces.be_seen(False)
    ours, theirs = socket.socketpair()
    init = os.fork()
    if init == 0:
        _init(limits, last, [lifeline, ours], theirs, given, code)
    theirs.close()
    for descriptor in given:
        os.close(descriptor)
    ended = _watch(init, limits, shared, lifeline, ours, lambda: _set_up(sockets, last))
    if ended is not None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(init, signal.SIGKILL)
    _, status = os.waitpid(init, 0)
    return {"status": os.waitstatus_to_exitcode(status), "ended": ended or None}


def _enter(limits: Limits, sockets: str | None) -> None:
    """Namespaces of our own, and the files that student code will see."""
    namespaces.become_owner()
    namespaces.unshare(
        namespaces.NEW_MOUNTS
        | namespaces.NEW_PROCESSES
        | namespaces.NEW_NETWORK
        | namespaces.NEW_IPC
        | namespaces.NEW_HOST_NAME
    )
    size = f"size={limits.scratch},nr_inodes={MOST_FILES},mode=0700"
    namespaces.mount("scratch", SCRATCH, "tmpfs", PROTECTED, size)
    for folder in (WORK, HOME, *WRITABLE):
        os.mkdir(folder)
    for folder, seen_at in WRITABLE.items():
        for name in os.listdir(seen_at):  # a course, or a Python, that lies in /tmp
            os.mkdir(f"{folder}/{name}")
            namespaces.bind(f"{seen_at}/{name}", f"{folder}/{name}")
        namespaces.bind(folder, seen_at)
    if sockets is not None:
        namespaces.bind(f"{ALL_SOCKETS}/{sockets}", SOCKETS)
        files = Path(SOCKETS, "files")
        if files.is_dir():
            shutil.copytree(files, WORK, dirs_exist_ok=True)
    namespaces.mount("none", ALL_SOCKETS, "tmpfs", PROTECTED | namespaces.READ_ONLY, "size=4k")


def _set_up(sockets: str | None, last: int) -> None:
    """The student's code is about to run: its sockets are there, and nobody needs rights any more."""
    if sockets is not None:
        namespaces.make_read_only(SOCKETS)
    namespaces.give_up_rights(last)


# -- process 1 and process 2 of the new namespace --------------------------------------------------------


def _init(
    limits: Limits,
    last: int,
    not_ours: list[socket.socket],
    keeper: socket.socket,
    given: Sequence[int],
    code: Code,
) -> NoReturn:
    status = 1
    try:
        namespaces.die_with_parent(signal.SIGKILL)
        namespaces.be_seen(False)
        for end in not_ours:
            end.close()
        namespaces.mount("proc", "/proc", "proc", PROTECTED | namespaces.NO_PROGRAMS)
        Path("/proc/sys/user/max_user_namespaces").write_text("0")  # in a new one it would have rights again
        _limit(limits)
        namespaces.give_up_rights(last)
        child = os.fork()
        if child == 0:
            _run(keeper, given, code)
        os.closerange(3, MOST_DESCRIPTORS)
        signal.signal(signal.SIGINT, lambda *_: os.kill(child, signal.SIGINT))
        status = _reap_until(child)
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status)


def _reap_until(child: int) -> int:
    while True:
        pid, status = os.wait()
        if pid == child:
            code = os.waitstatus_to_exitcode(status)
            return code if code >= 0 else 128 - code  # as a shell says it


def _run(keeper: socket.socket, given: Sequence[int], code: Code) -> NoReturn:
    try:
        keeper = _only_these_descriptors(keeper, given)
        os.setsid()
        namespaces.be_seen(True)
        Path("/proc/self/oom_score_adj").write_text("1000")  # if memory runs out, it is the first to go
        os.chdir(WORK)

        def ready() -> None:
            keeper.send(b".")
            keeper.recv(1)
            keeper.close()

        code(ready)
        os._exit(0)
    except SystemExit as end:
        os._exit(end.code if isinstance(end.code, int) else int(end.code is not None))
    except BaseException:
        traceback.print_exc(file=sys.__stderr__)  # the code may have put another in its place
    finally:
        os._exit(1)


def _only_these_descriptors(keeper: socket.socket, given: Sequence[int]) -> socket.socket:
    """Close all but 0, 1, 2, those given as `HELPER` and after it, and the keeper's, which is returned."""
    spare = os.dup2(keeper.detach(), MOST_DESCRIPTORS, inheritable=False)
    above = [os.dup2(descriptor, spare + 1 + at) for at, descriptor in enumerate(given)]
    for at, descriptor in enumerate(above):
        os.dup2(descriptor, HELPER + at)
        os.close(descriptor)
    os.closerange(HELPER + len(given), MOST_DESCRIPTORS)
    return socket.socket(fileno=spare)


def _limit(limits: Limits) -> None:
    has = _field(_read("/proc/self/status"), "VmData") * 1024
    for kind, most in {
        resource.RLIMIT_DATA: has + limits.memory,  # RLIMIT_AS would count what torch maps and never touches
        resource.RLIMIT_NPROC: limits.processes,
        resource.RLIMIT_FSIZE: limits.file_size,
        resource.RLIMIT_NOFILE: limits.open_files,
        resource.RLIMIT_CORE: 0,
    }.items():
        resource.setrlimit(kind, (most, most))


# -- watching ---------------------------------------------------------------------------------------------


def _watch(
    init: int,
    limits: Limits,
    shared: int,
    lifeline: socket.socket,
    code: socket.socket,
    set_up: Callable[[], None],
) -> str | None:
    """Wait for the end; return why we bring it about, or None if it came by itself."""
    until = time.monotonic() + limits.seconds
    end = os.pidfd_open(init)
    poll = select.poll()
    for descriptor in (end, lifeline.fileno(), code.fileno()):
        poll.register(descriptor, select.POLLIN)
    running = False
    while True:
        ready = {descriptor for descriptor, _ in poll.poll(1000 * SECONDS_BETWEEN_LOOKS)}
        if end in ready:
            return None
        if lifeline.fileno() in ready:
            wanted = lifeline.recv(100)
            if wanted not in (INTERRUPT, SHOW):
                return ASKED
            if wanted == SHOW:
                _show(lifeline)
            else:
                os.kill(init, signal.SIGINT)
        if code.fileno() in ready:
            poll.unregister(code.fileno())
            if code.recv(1):
                set_up()
                code.send(b".")
                running = True
        if time.monotonic() > until:
            return NO_TIME.format(limits)
        if running and (ended := _beyond(limits, shared)):
            return ended


def _show(lifeline: socket.socket) -> None:
    """Send the folder of process 2, from which its time can be told (`grader.sandbox.stopwatch`)."""
    with contextlib.suppress(OSError):  # it has ended
        folder = os.open(f"/proc/{CODE}", os.O_RDONLY | os.O_DIRECTORY)
        try:
            socket.send_fds(lifeline, [SHOWN], [folder])
        finally:
            os.close(folder)


def _beyond(limits: Limits, shared: int) -> str | None:
    """What there is too much of, if anything. /proc is that of the new namespace: everything in it counts."""
    processes = list(_processes())
    told = [_read(f"{process}/status") for process in processes]
    memory = sum(map(_memory, told)) - 2 * shared
    if memory > limits.memory and sum(map(_own_memory, processes)) > limits.memory:
        return NO_MEMORY.format(limits, limits.memory / 2**20)
    if sum(_field(status, "Threads") for status in told) > limits.processes + 2:
        return NO_PROCESSES.format(limits)
    return None


def _processes() -> Iterator[str]:
    return (entry.path for entry in os.scandir("/proc") if entry.name.isdecimal())


def _memory(status: str) -> int:
    """Bytes of a process that no file stands behind, those it shares with others included."""
    return 1024 * (_field(status, "RssAnon") + _field(status, "RssShmem"))


def _own_memory(process: str) -> int:
    """The same with what is shared divided among those who share it: right, but slow to find out."""
    try:
        rollup = _read(f"{process}/smaps_rollup")
    except PermissionError:  # it does not let itself be looked at
        return _memory(_read(f"{process}/status"))
    return 1024 * (_field(rollup, "Pss_Anon") + _field(rollup, "Pss_Shmem"))


def _read(file: str) -> str:
    """What /proc tells; nothing of a process that has just ended."""
    try:
        return Path(file).read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def _field(told: str, name: str) -> int:
    """One of the numbers that it tells; 0 where it does not."""
    _, found, rest = told.partition(f"\n{name}:")
    return int(rest.split(maxsplit=1)[0]) if found else 0
