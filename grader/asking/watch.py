"""What an answer calls while it is asked: a name in its text may be hidden, or mean nothing; a call is one.

Noted are, by whatever name or way they are reached:

    functions   of the course, of its exercises and of PyTorch's Python code, in new threads too
    operators   as PyTorch runs them below Python: in every thread, traced, or through a subclass
    switches    that would end this record

What is worked out only when the answer's value is read belongs to it. What another process computes cannot be
seen: none is started meanwhile (`refuse_processes`), and none is left from before (`grader.sandbox.keeper`).

Who takes Python itself apart gets around it all the same: this runs beside student code, and what it says is
evidence, not proof.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Iterator
from types import FrameType
from typing import Any

from torch._C._profiler import _ExperimentalConfig
from torch.autograd import profiler

from grader.asking.outcome import Refused

OPERATORS = "torch.ops."
SWITCHES = "switches."  # before the names of functions that end the record
_PYTHON = ("course.", "grader.catalogue", "grader.exercises.", "torch.")
_SWITCHES = {
    "setprofile",
    "_disable_profiler",
    "_disable_profiler_legacy",
    "_enable_record_function",
    "fork_exec",
}
_PROCESSES = (
    "os.exec",
    "os.fork",
    "os.forkpty",
    "os.posix_spawn",
    "os.spawn",
    "os.system",
    "subprocess.Popen",
)

# Else PyTorch's recorder writes two lines below the cell at every start; it reads this once, at its first.
os.environ.setdefault("KINETO_LOG_LEVEL", "99")


class Watch:
    """Notes in ``used`` what is called while it is open. ``operators``: those of PyTorch too.

    Recording operators takes about 3 µs and 2 kB for each that runs: where many do, `turn` from time to time.
    """

    def __init__(self, operators: bool) -> None:
        self.used: set[str] = set()
        self._operators, self._is_busy = operators, False
        self._record: profiler.profile | None = None

    def __enter__(self) -> Watch:
        global _open
        self._before, self._before_in_threads = sys.getprofile(), threading.getprofile()
        _open = self
        self._start()
        threading.setprofile(self._called)
        sys.setprofile(self._called)
        return self

    def __exit__(self, *error: Any) -> None:
        global _open
        self._is_busy = True
        sys.setprofile(self._before)
        threading.setprofile(self._before_in_threads)
        self._stop()
        _open = None

    def turn(self, frame: FrameType | None) -> bool:
        """Take down what was recorded, as records grow; False, and nothing, while they are being changed.

        Nor are they taken down in the middle of an operator that has called Python: the process would not
        survive it.
        """
        if self._is_busy:
            return False
        if self._record is not None and not _is_inside_an_operator(frame):
            self._stop()
            self._start()
        return True

    def _start(self) -> None:
        if self._operators:
            self._is_busy = True
            every_thread = _ExperimentalConfig(profile_all_threads=True)
            record = profiler.profile(use_cpu=True, use_kineto=True, experimental_config=every_thread)
            record.__enter__()
            self._record, self._is_busy = record, False

    def _stop(self) -> None:
        if self._record is not None:
            self._is_busy = True
            record, self._record = self._record, None
            record.__exit__(None, None, None)
            if record.kineto_results is None:
                self.used.add(f"{SWITCHES}_disable_profiler")
            else:
                names = {event.name() for event in record.kineto_results.events()}
                self.used |= {OPERATORS + name.replace("::", ".") for name in names if "::" in name}
            self._is_busy = False

    def _called(self, frame: FrameType, event: str, argument: Any) -> None:
        if event == "call":
            module = frame.f_globals.get("__name__")
            if isinstance(module, str) and module.startswith(_PYTHON) and not (_in_ours or self._is_busy):
                self.used.add(f"{module}.{frame.f_code.co_qualname}")
        elif event == "c_call" and argument.__name__ in _SWITCHES and not self._is_busy:
            self.used.add(f"{SWITCHES}{argument.__name__}")


def _is_inside_an_operator(frame: FrameType | None) -> bool:
    """Whether code of PyTorch is being run, or may be: it is what operators call."""
    while frame is not None:
        module = frame.f_globals.get("__name__")
        if frame.f_code.co_name == "__torch_dispatch__" or str(module).partition(".")[0] == "torch":
            return True
        frame = frame.f_back
    return False


_open: Watch | None = None
_in_ours = 0  # how deep we are in calls of our own


@contextlib.contextmanager
def ours() -> Iterator[None]:
    """What is called here is no doing of the answer: a gradient, an implementation that a test is handed."""
    global _in_ours
    watch = _open
    if watch is not None and not _in_ours:
        watch._stop()
    _in_ours += 1
    try:
        yield
    finally:
        _in_ours -= 1
        if watch is not None and not _in_ours:
            watch._start()


def refuse_processes() -> None:
    """From now on, and for good, no process is started in this one while an answer is asked."""
    sys.addaudithook(_refuse)


def _refuse(event: str, arguments: Any) -> None:
    if _open is not None and event in _PROCESSES:
        raise Refused("process")
