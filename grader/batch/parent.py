"""The process that workers are forked from, with everything loaded that grading takes.

``python -m grader.batch.parent DESCRIPTOR``, started by `grader.batch.forked`, once for every process that
grades. Loading PyTorch and nbgrader takes seconds of processor, a fork a fraction of one. It gets one message
for each worker to fork, says how each ended, and ends with its socket.

What people get wrong, beside what holds of every fork (`grader.forking`): nothing may have asked PyTorch for
a gradient before, which it refuses in a child of such a process.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import select
import signal
import socket
import sys
import traceback
from pathlib import Path
from typing import NoReturn

from grader import forking

MODULES = ("grader.plugins", "grader.repair.steps", "grader.batch.worker")
LONGEST_MESSAGE = 2**16
MOST_DESCRIPTORS = 16  # with one message
STANDARD = 3  # of them, those that become a worker's standard streams; before them, where its end is told


def main(descriptor: int) -> None:
    """Load, then fork a worker for each message on the socket, until it is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for whoever started it
    with forking.loading():
        for module in MODULES:
            importlib.import_module(module)
    _serve(socket.socket(fileno=descriptor))


def _serve(asked: socket.socket) -> None:
    ended, woken = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.set_wakeup_fd(woken, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    workers: dict[int, socket.socket] = {}  # where the end of each is told
    while True:
        ready, _, _ = select.select([asked.fileno(), ended], [], [])
        if ended in ready:
            os.read(ended, 2**16)
            _tell_who_ended(workers)
        if asked.fileno() in ready:
            message, descriptors, _, _ = socket.recv_fds(asked, LONGEST_MESSAGE, MOST_DESCRIPTORS)
            if not message:
                return
            told = socket.socket(fileno=descriptors[0])
            if (worker := os.fork()) == 0:
                for one in (asked, told, *workers.values()):  # else nobody would hear that we have ended
                    one.close()
                _become_worker(json.loads(message), descriptors[1:])
            workers[worker] = told
            for used in descriptors[1:]:
                os.close(used)
            with contextlib.suppress(OSError):
                told.send(str(worker).encode())


def _tell_who_ended(workers: dict[int, socket.socket]) -> None:
    with contextlib.suppress(ChildProcessError):
        while workers:
            worker, status = os.waitpid(-1, os.WNOHANG)
            if not worker:
                return
            with workers.pop(worker) as told, contextlib.suppress(OSError):
                told.send(str(os.waitstatus_to_exitcode(status)).encode())


def _become_worker(scratch: str, descriptors: list[int]) -> NoReturn:
    from grader.batch import worker

    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.setsid()
        for standard, given in enumerate(descriptors[:STANDARD]):
            os.dup2(given, standard)
            os.close(given)
        worker.main(Path(scratch), descriptors[STANDARD:])
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(1)


if __name__ == "__main__":
    main(int(sys.argv[1]))
