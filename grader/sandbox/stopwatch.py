"""The time that student code had, seen from outside: what a busy machine let it wait does not count.

As `grader.asking.clock`, which the code's own process reads, and so could turn back; this is for the limits
that are set from here. Whoever keeps all processors busy with threads of their own has no excuse: what those
used is time that the code had.
"""

from __future__ import annotations

import os
import time

TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100  # a second, in which `stat` counts
USER, SYSTEM = 11, 12  # where `stat` has the two kinds of processor time, counted from behind the name


class Stopwatch:
    """Runs from now on, beside a process.

    Args:
        process: a descriptor of the process's folder in ``/proc``; without one it goes by the wall's clock.
    """

    def __init__(self, process: int | None) -> None:
        self._process = process
        self._began = time.monotonic()
        self._before = self._told()

    @property
    def had(self) -> float:
        """Seconds in which the process did not wait for a processor, or kept one busy all the same."""
        wall = time.monotonic() - self._began
        if (now := self._told()) is None or self._before is None:  # it has ended, or nothing is counted here
            return wall
        waited, used = (after - before for after, before in zip(now, self._before, strict=True))
        return max(wall - waited, min(wall, used))

    def _told(self) -> tuple[float, float] | None:
        """Seconds that its first thread, which runs cells, has waited, and that all threads have used."""
        if self._process is None:
            return None
        try:
            stat = _read("stat", self._process).rpartition(")")[2].split()
            waited = int(_read("schedstat", self._process).split()[1]) / 1e9
            return waited, (int(stat[USER]) + int(stat[SYSTEM])) / TICKS
        except (OSError, ValueError, IndexError):
            return None


def _read(name: str, folder: int) -> str:
    with open(os.open(name, os.O_RDONLY, dir_fd=folder)) as file:
        return file.read()
