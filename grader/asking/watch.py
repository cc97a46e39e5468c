"""What an answer calls while it is asked: a name in its text may be hidden, or mean nothing; a call is one.

Noted are, by whatever name or way they are reached:

    functions   that are written in Python: of the course, of its exercises, of every installed package
    operators   as PyTorch runs them below Python: in every thread, traced, or through a subclass
    switches    that would end this record

What is worked out only when the answer's value is read belongs to it. What another process computes cannot be
seen: none is started meanwhile (`refuse_processes`), and none is left from before (`grader.student.alone`).

Who takes Python itself apart gets around it all the same: this runs beside student code, and what it says is
evidence, not proof.
"""

from __future__ import annotations

import contextlib
import os
import site
import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import cache
from operator import methodcaller
from pathlib import Path
from types import FrameType
from typing import Any

import torch
from torch._C._profiler import _ExperimentalConfig
from torch.autograd import profiler

from grader.asking.outcome import COURSES, Refused

OPERATORS = "torch.ops."
SWITCHES = "switches."  # before what would end the record
PROFILER, PROCESS, RECORD = "profiler", "process", "record"
ATEN = "aten::"  # PyTorch's own operators; a label may be called anything
_ROOT = Path(__file__).resolve().parents[2]
_PLACES = {
    **{f"{_ROOT / name}{os.sep}": f"{name}." for name in ("course", "grader/exercises")},
    COURSES: "grader.mine.",  # the course's answers of earlier lessons
    **{f"{place}{os.sep}": "" for place in (*site.getsitepackages(), site.getusersitepackages())},
}
_SWITCHES = {
    "setprofile": RECORD,
    "settrace": RECORD,  # what a trace function calls, Python tells nobody
    "_enable_record_function": RECORD,
    "_disable_profiler": PROFILER,
    "_disable_profiler_legacy": PROFILER,
    "fork_exec": PROCESS,
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
_setprofile = sys.setprofile  # these two as they are before `guard`
_record_operators = torch._C._autograd._enable_record_function
SECONDS_OF_RECORD = 0.05  # after which it is taken down, at the next chance

# Else PyTorch's recorder writes two lines below the cell at every start; it reads this once, at its first.
os.environ.setdefault("KINETO_LOG_LEVEL", "99")


class Watch:
    """Notes in ``used`` what is called while it is open. ``operators``: those of PyTorch too.

    Recording operators takes about 3 µs and 2 kB for each that runs: where many do, `turn` from time to time.
    """

    def __init__(self, operators: bool) -> None:
        self.used: set[str] = set()
        self.is_interrupted = False  # by whoever limits its time: Python then drops what it was calling
        self._operators, self._is_busy = operators, False
        self._noted: set[tuple[str, str]] = set()  # file and name of each function
        self._before: Any = None
        self._record: profiler.profile | None = None
        self._since = 0.0

    def __enter__(self) -> Watch:
        global _open
        self._before = sys.getprofile()
        self._before_in_threads = threading.getprofile()
        if _is_profiler(self._before):
            self._before.disable()
        _open = self
        self._start()
        threading.setprofile(self._called)
        _setprofile(self._called)
        return self

    def __exit__(self, *error: Any) -> None:
        global _open
        self._look_after_ourselves()
        self._is_busy = True
        _setprofile(self._before if callable(self._before) else None)
        if _is_profiler(self._before):
            self._before.enable()
        threading.setprofile(self._before_in_threads)
        _open = None
        self._stop()

    def turn(self, frame: FrameType | None = None) -> bool:
        """Take down what was recorded, as records grow; False, and nothing, while they are being changed.

        Nor are they taken down in the middle of an operator that has called Python: the process would not
        survive it.
        """
        if self._is_busy:
            return False
        if frame is None:  # between two questions: in the middle of one, PyTorch may have set it aside
            self._look_after_ourselves()
        is_due = self._record is not None and time.monotonic() > self._since + SECONDS_OF_RECORD
        if is_due and not _in_ours and not _is_inside_an_operator(frame):
            self._stop()
            self._start()
        return True

    def _look_after_ourselves(self) -> None:
        """Whether functions are still noted: C code can end that, and Python tells of no call of its own."""
        if sys.getprofile() != self._called and not self.is_interrupted:
            self.used.add(SWITCHES + RECORD)

    def _start(self) -> None:
        if not self._operators:
            return
        if torch.autograd._profiler_enabled():
            self.used.add(SWITCHES + PROFILER)
            return
        self._is_busy = True
        try:
            _record_operators(True)
            every_thread = _ExperimentalConfig(profile_all_threads=True)
            record = profiler.profile(use_cpu=True, use_kineto=True, experimental_config=every_thread)
            record.__enter__()
            self._record, self._since = record, time.monotonic()
        except RuntimeError:  # this PyTorch was built without a recorder
            self._operators = False
        finally:
            self._is_busy = False

    def _stop(self) -> None:
        if self._record is None:
            return
        self._is_busy = True
        try:
            record, self._record = self._record, None
            record.__exit__(None, None, None)
            if record.kineto_results is None:
                self.used.add(SWITCHES + PROFILER)  # somebody has ended ours
                return
            # Thousands of them: no call here is one of Python's, of which this record would be told.
            names = set(map(methodcaller("name"), record.kineto_results.events()))
            self.used |= {OPERATORS + name.replace("::", ".") for name in names if name.startswith(ATEN)}
        finally:
            self._is_busy = False

    def _called(self, frame: FrameType, event: str, argument: Any) -> None:
        if event == "return" or event == "c_return":  # as many as there are calls
            return
        if _open is not self:  # a thread that began while we were open, and is still there
            _setprofile(None)
        elif self._is_busy or _in_ours:
            return
        elif event == "call":
            code = frame.f_code  # by its names: each `id` is an event that audit hooks hear of
            if (which := (code.co_filename, code.co_qualname)) not in self._noted:
                self._noted.add(which)
                if module := _module(which[0]):
                    self.used.add(f"{module}.{which[1]}")
        elif event == "c_call" and argument.__name__ in _SWITCHES:
            self.used.add(SWITCHES + _SWITCHES[argument.__name__])


_open: Watch | None = None
_in_ours = 0  # how deep we are in calls of our own


@cache
def _module(file: str) -> str:
    """The dotted name of a file of the course or of a package; nothing for others, such as a cell."""
    for place, name in _PLACES.items():
        if file.startswith(place):
            inside = file.removeprefix(place).removesuffix(".py").removesuffix(f"{os.sep}__init__")
            return name.replace("/", ".") + inside.replace(os.sep, ".")
    return "grader.catalogue" if file == str(_ROOT / "grader" / "catalogue.py") else ""


def _is_profiler(hook: Any) -> bool:
    """Whether it is one of cProfile's, which Python calls by itself and nobody can set again."""
    return hook is not None and not callable(hook) and hasattr(hook, "enable") and hasattr(hook, "disable")


def _is_inside_an_operator(frame: FrameType | None) -> bool:
    """Whether code of PyTorch is being run, or may be: it is what operators call."""
    while frame is not None:
        if frame.f_code.co_name == "__torch_dispatch__":
            return True
        if _module(frame.f_code.co_filename).partition(".")[0] == "torch":
            return True
        frame = frame.f_back
    return False


@contextlib.contextmanager
def ours() -> Iterator[None]:
    """What is called here is no doing of the answer: a gradient, an implementation that a test is handed.

    Neither calls nor operators of this thread are told of meanwhile: to be told takes longer than they do.
    The recorder itself stays on, as to start it takes 2 ms.
    """
    global _in_ours
    watch, called = None if _in_ours else _open, sys.getprofile()
    notes = watch is not None and called == watch._called
    records = watch is not None and watch._record is not None
    try:
        _in_ours += 1
        if records:
            _record_operators(False)
        if notes:
            _setprofile(None)
        yield
    finally:
        if notes:
            _setprofile(called)
        if records:
            _record_operators(True)
        _in_ours -= 1


@cache
def guard() -> None:
    """From now on, and for good, the switches tell of it themselves, whoever turns them."""
    for place, name in ((sys, "setprofile"), (torch._C._autograd, "_enable_record_function")):
        setattr(place, name, _told(getattr(place, name), _SWITCHES[name]))


def _told(switch: Callable[..., Any], what: str) -> Callable[..., Any]:
    """The switch, noting that it is turned while an answer is asked.

    Not by a thread that begins: `threading` switches our own record on in it, whoever started it and why.
    """

    def turned(*arguments: Any) -> Any:
        if _open is not None and not (_open._is_busy or _in_ours or arguments == (_open._called,)):
            _open.used.add(SWITCHES + what)
        return switch(*arguments)

    turned.__name__ = switch.__name__
    return turned


@cache
def refuse_processes() -> None:
    """From now on, and for good, no process is started in this one while an answer is asked."""
    sys.addaudithook(_refuse)


def _refuse(event: str, arguments: Any) -> None:
    if _open is not None and event in _PROCESSES:
        raise Refused("process")
