"""Ending what student code has started, before it is asked: another process computes where nobody sees it."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from pathlib import Path

from grader.student import CODE, CONFINED

SECONDS_TO_DIE = 1.0

_IN_THE_SANDBOX = CONFINED in os.environ  # as this process, or the one it was forked from, began


def end_others() -> None:
    """Kill all other processes of the sandbox but its first, which nobody can; outside of it, nothing.

    Who has started workers may be told of their end by a handler that raises, as PyTorch's data loader does:
    from here on it is not called.
    """
    if not (_IN_THE_SANDBOX and os.getpid() == CODE):
        return
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    with contextlib.suppress(ProcessLookupError):
        os.kill(-1, signal.SIGKILL)
    until = time.monotonic() + SECONDS_TO_DIE
    while any(map(_lives, os.listdir("/proc"))) and time.monotonic() < until:
        time.sleep(0.001)


def _lives(name: str) -> bool:
    """Whether it is a process, not one of the two that are here anyway, and not dead already."""
    if not name.isdecimal() or int(name) <= CODE:
        return False
    try:
        return "\nState:\tZ" not in Path("/proc", name, "status").read_text()
    except OSError:
        return False
