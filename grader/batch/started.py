"""A worker process that loads for itself, as `grader.batch.forked.Forked` looks from outside.

For machines on which a loaded process cannot be forked safely: on macOS, what PyTorch loads forbids it.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import IO

import psutil

from grader.batch.forked import end_with_children, environment


class Started:
    """A worker process: its standard input and output, and how it ended.

    Args:
        scratch: its folder.
        stderr: where its standard error goes.
        descriptors: open ones that it gets besides.
    """

    def __init__(self, scratch: Path, stderr: IO[bytes], descriptors: Sequence[int]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "grader.batch.worker", str(scratch), *map(str, descriptors)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=stderr,
            env=environment(),
            pass_fds=descriptors,
            start_new_session=True,  # a Ctrl-C in the terminal does not reach it
        )
        assert self._process.stdin is not None and self._process.stdout is not None
        self.stdin, self.stdout, self.pid = self._process.stdin, self._process.stdout, self._process.pid
        self.poll, self.wait = self._process.poll, self._process.wait

    def kill(self) -> None:
        """Kill the process, and what it had started."""
        with contextlib.suppress(psutil.NoSuchProcess):  # it has been waited for
            end_with_children(psutil.Process(self.pid))

    def close(self) -> None:
        """Let go of it."""
        for stream in (self.stdin, self.stdout):
            with contextlib.suppress(OSError):
                stream.close()
