"""Holding on to worker processes: one for each thread that grades, replaced when it dies or takes too long.

`grade_one` is what runs in a thread of this process, or of a Dask worker on another machine: there is no
other difference between the two. A process of its own is needed in both. nbgrader's converter changes the
working folder and the environment of its process, and only a process can be ended from outside.
`concurrent.futures.ProcessPoolExecutor` would do, if the death of one of its processes did not break the
whole pool and every submission in it.
"""

from __future__ import annotations

import pickle
import shutil
import sys
import tempfile
import threading
import time
from dataclasses import replace
from pathlib import Path

from grader.appeals.word import Words
from grader.batch import forked
from grader.batch.release import Release
from grader.batch.result import Result, from_json, not_gradable
from grader.batch.started import Started
from grader.batch.worker import READY, is_confined
from grader.judging.replies import Replies
from grader.sandbox import zygotes

Process = forked.Forked if sys.platform == "linux" else Started
SECONDS_TO_START = 180.0  # for its part of loading after the fork; where it is started, for all of it
ATTEMPTS = 2  # for a submission whose worker is killed
SUBMISSIONS_PER_WORKER = 250  # then a new one: what libraries leave behind must not add up

_own = threading.local()
_all: set[Worker] = set()
_rounds = 0  # how often everything was closed


class WorkerLost(Exception):
    """The worker ended before it had answered; the message says how."""


class TimeUp(Exception):
    """The worker was ended because it took too long."""


def grade_one(
    release: Release, student: str, files: dict[str, bytes], words: Words, known: Replies, seconds: float
) -> Result:
    """Have one submission graded by this thread's worker.

    A submission whose worker is killed is tried once more in a new one. One that takes longer than
    ``seconds`` is not: it would take as long again.
    """
    began, in_round, lost = time.perf_counter(), _rounds, ""
    for _ in range(ATTEMPTS):
        try:
            return _own_worker(release).grade(student, files, words, known, seconds)
        except TimeUp:
            took = time.perf_counter() - began
            reason = (
                f"it had not finished after {seconds:g} seconds, and its limits inside had not ended it: "
                "run the same command again when the machine is quieter, or with a larger --limit"
            )
            return not_gradable(student, reason, took)
        except WorkerLost as error:
            lost = str(error)
            if _rounds != in_round:  # closed on purpose: nobody waits for this answer
                break
    return not_gradable(student, f"the process that graded it {lost}, twice", time.perf_counter() - began)


def close_all() -> None:
    """End every worker that was started in this process, whatever it is at."""
    global _rounds
    _rounds += 1
    for worker in list(_all):
        worker.end()
    forked.close()


def _own_worker(release: Release) -> Worker:
    worker: Worker | None = getattr(_own, "worker", None)
    if worker is not None and worker.serves(release):
        return worker
    if worker is not None:
        worker.end()
    _own.worker = worker = Worker(release)
    return worker


class Worker:
    """One worker process, seen from outside."""

    def __init__(self, release: Release) -> None:
        self.release, self.served = release, 0
        self.stderr = tempfile.TemporaryFile()  # noqa: SIM115 (open as long as the process is)
        self.scratch = Path(tempfile.mkdtemp(prefix="grading-"))
        shared, descriptors = zygotes.share() if is_confined(release) else (None, [])
        try:
            self.process = Process(self.scratch, self.stderr, descriptors)
        except forked.NoWorker as error:
            shutil.rmtree(self.scratch, ignore_errors=True)
            raise WorkerLost(str(error)) from None
        _all.add(self)
        self._send((release, shared))
        if self._receive(SECONDS_TO_START) != READY:
            raise WorkerLost("said something else than that it was ready")
        if shared:
            zygotes.current()  # all workers wait for the same one, and load themselves meanwhile

    def serves(self, release: Release) -> bool:
        """Whether it is alive, and ready for one more submission to this lesson."""
        is_same = self.release.fingerprint == release.fingerprint
        return is_same and self.served < SUBMISSIONS_PER_WORKER and self.process.poll() is None

    def grade(
        self, student: str, files: dict[str, bytes], words: Words, known: Replies, seconds: float
    ) -> Result:
        """Have a submission graded.

        Raises:
            TimeUp: it took longer than ``seconds``; the worker is gone.
            WorkerLost: the worker is gone for another reason.
        """
        self.served += 1
        self._send((student, files, words, known))
        try:
            result = from_json(self._receive(seconds))
        except ValueError as error:
            self.end()
            raise WorkerLost(f"sent what cannot be read ({error})") from None
        return replace(result, student=student)

    def end(self) -> None:
        """Kill it and what it started."""
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.scratch, ignore_errors=True)
        _all.discard(self)
        self.process.close()

    def _send(self, what: object) -> None:
        try:
            pickle.dump(what, self.process.stdin)
            self.process.stdin.flush()
        except (OSError, ValueError):
            raise self._lost() from None

    def _receive(self, seconds: float) -> bytes:
        is_late = threading.Event()

        def give_up() -> None:
            is_late.set()
            self.process.kill()

        timer = threading.Timer(seconds, give_up)
        timer.start()
        try:
            line = self.process.stdout.readline()
        except (OSError, ValueError):  # closed in another thread
            line = b""
        finally:
            timer.cancel()
        if is_late.is_set():
            self.end()
            raise TimeUp
        if not line.endswith(b"\n"):
            raise self._lost()
        return line

    def _lost(self) -> WorkerLost:
        self.end()
        code = self.process.wait()
        if code < 0:
            return WorkerLost(f"was killed by signal {-code}")
        self.stderr.seek(0)
        said = self.stderr.read()[-2000:].decode(errors="replace").strip().splitlines()
        return WorkerLost(f"ended with status {code}" + (f" ({said[-1]})" if said else ""))
