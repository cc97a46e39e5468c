"""A worker: a process that grades one submission after the other and touches nothing of the course.

It is forked with all loaded (`grader.batch.parent`), or started (`grader.batch.started`). It reads a release
and then submissions from its standard input and answers each with a line of JSON on what was its standard
output. Both are put out of reach before any notebook runs, as a kernel inherits the standard streams, and a
notebook could otherwise write its own report. When whoever started it is gone, however that came about, its
input ends, and it ends too, with everything that it started.
"""

from __future__ import annotations

import contextlib
import gc
import os
import pickle
import queue
import shutil
import sys
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

import psutil

from grader.batch import steps
from grader.batch.forked import end
from grader.batch.grade import grade
from grader.batch.release import Release
from grader.batch.result import to_json
from grader.sandbox import zygotes
from grader.sandbox.confinement import confinement

READY = b"ready\n"


def main(scratch: Path, descriptors: Sequence[int]) -> None:
    """Serve until the input ends.

    Args:
        scratch: an empty folder, removed with whatever is in it.
        descriptors: those of a zygote that the release comes with, if it does, as they are here.
    """
    requests = os.fdopen(os.dup(0), "rb")  # descriptors that no child inherits
    replies = os.fdopen(os.dup(1), "wb")
    with open(os.devnull, "r+b") as nothing:
        os.dup2(nothing.fileno(), 0)
        os.dup2(nothing.fileno(), 1)
    asked: queue.SimpleQueue[Any] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(requests, asked, scratch), daemon=True).start()
    release, shared = asked.get()
    if shared is not None:
        zygotes.adopt(replace(shared, descriptors=tuple(descriptors)))
    _warm_up(release)
    _reply(replies, READY)
    while True:
        student, files, words, known = asked.get()
        result = grade(release, student, files, words, known, scratch)
        _reply(replies, to_json(result).encode() + b"\n")


def _warm_up(release: Release) -> None:
    """Load now what the first submission would otherwise wait for: steps of an instructor's own.

    What is loaded stays, so that collecting garbage need not look through all of it time and again.
    """
    steps.grading(release.config)
    gc.collect()
    gc.freeze()


def is_confined(release: Release) -> bool:
    """Whether student code runs in the sandbox, for which kernels need a parent."""
    return steps.confine(release.config) and confinement().confined


def _reply(replies: BinaryIO, line: bytes) -> None:
    replies.write(line)
    replies.flush()


def _listen(requests: BinaryIO, asked: queue.SimpleQueue[Any], scratch: Path) -> None:
    with contextlib.suppress(EOFError, OSError, pickle.UnpicklingError):
        while True:
            asked.put(pickle.load(requests))
    end(*psutil.Process().children(recursive=True))
    shutil.rmtree(scratch, ignore_errors=True)
    os._exit(0)  # from a thread, and whatever the main thread is at


if __name__ == "__main__":
    main(Path(sys.argv[1]), [*map(int, sys.argv[2:])])
