"""Starting a process of ours in bubblewrap, in the way that this machine allows.

An ordinary user gets the rights to confine from a user namespace. Root has them already, and gives them up:
limits on processes do not hold for root, and whatever root owns could be written. So root's student code
runs as a user that owns nothing (`NOBODY`). Where root is not really root (in most containers) it goes the
way of an ordinary user.

What people get wrong: a new ``/proc`` can be mounted in a namespace only where the old one is whole, and
bubblewrap puts covers on root's; so for root, the machine's own is there until the kernel's is put over it.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from grader.sandbox import keeper, system_calls, view
from grader.sandbox.limits import Limits

NOBODY = 65_533  # no system gives this number to an account


@cache
def program() -> str | None:
    """Where bubblewrap is, if it is."""
    return shutil.which("bwrap")


def is_root() -> bool:
    """Whether this process is root and may become another user."""
    if os.geteuid() != 0:
        return False
    with open("/proc/self/status") as status:
        rights = next(int(line.split()[1], 16) for line in status if line.startswith("CapEff"))
    needed = (6, 7, 21)  # CAP_SETGID, CAP_SETUID, CAP_SYS_ADMIN
    return all(rights >> right & 1 for right in needed)


def user() -> int:
    """The user, as this machine counts them, that student code is."""
    return NOBODY if is_root() else os.geteuid()


def start(
    words: Sequence[str], show: Sequence[str] = (), descriptors: Sequence[int] = (), **popen: Any
) -> subprocess.Popen[Any]:
    """Start ``python WORD…`` in bubblewrap, seeing what `grader.sandbox.view` shows.

    Args:
        words: what Python is told: ``["-m", "grader.sandbox.zygote", …]``.
        show: more of bubblewrap's arguments.
        descriptors: open ones that it inherits.
        popen: what `subprocess.Popen` is told.
    """
    found = program()
    if found is None:
        raise FileNotFoundError("There is no bubblewrap on this machine.")
    arguments = [found, *_rights(), *view.arguments(), *show, "--remount-ro", "/dev", "--remount-ro", "/"]
    arguments += ["--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"]
    arguments += ["--new-session", "--chdir", "/", "--clearenv"]
    for name, value in view.environment().items():
        arguments += ["--setenv", name, value]
    calls = _filter()
    if calls is not None:
        arguments += ["--seccomp", str(calls)]
    inherited = [*descriptors, *([calls] if calls is not None else [])]
    try:
        return subprocess.Popen(
            [*arguments, "--", *_change_user(), sys.executable, *words], pass_fds=inherited, **popen
        )
    finally:
        if calls is not None:
            os.close(calls)


def start_alone(
    words: Sequence[str],
    limits: Limits,
    files: Sequence[Path] = (),
    helper: socket.socket | None = None,
    **popen: Any,
) -> subprocess.Popen[Any]:
    """Start one program confined, in an empty folder; kill the process that this returns, and all of it ends.

    Args:
        words: the program, by its absolute path, and its arguments.
        limits: what it may use.
        files: what it may read besides, in the folder ``/kernel``.
        helper: what it may ask besides (`grader.sandbox.implementations`).
        popen: what `subprocess.Popen` is told; standard input, output and error are the program's.
    """
    show = [word for path in files for word in view.show(str(path), f"{keeper.SOCKETS}/{path.name}")]
    descriptors = [helper.fileno()] if helper is not None else []
    alone = [
        "-m",
        "grader.sandbox.alone",
        json.dumps(limits.as_json()),
        *map(str, descriptors or "-"),
        *words,
    ]
    return start(alone, [*show, "--die-with-parent"], descriptors, **popen)


def _rights() -> list[str]:
    if is_root():
        return ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID", "--bind", "/proc", "/proc"]
    return ["--unshare-user", "--uid", str(NOBODY), "--gid", str(NOBODY), "--proc", "/proc"]


def _change_user() -> list[str]:
    if not is_root():
        return []
    return ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--inh-caps=-all", "--"]


def _filter() -> int | None:
    """A descriptor from which bubblewrap reads the filter of system calls."""
    text = system_calls.program()
    if text is None:
        return None
    read, write = os.pipe()
    os.write(write, text)
    os.close(write)
    return read
