"""The student's side: find the answer by its name, ask it every question, send back what came of it.

In a kernel or in a process of its own (`grader.student`), this is all of ours that runs beside student code.
It knows the questions and no answers; whatever it sends is only compared with what the judge worked out
elsewhere.
"""

from __future__ import annotations

import contextlib
import io
import json
import re
import signal
import threading
import time
import traceback
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

from grader.asking import clock, rules, wire
from grader.asking.ask import ASK
from grader.asking.attempt import attempt, failure_of
from grader.asking.ordinary import ordinary_state
from grader.asking.outcome import Failure, Outcome, TimeUp
from grader.asking.watch import Watch, ours, refuse_processes

_PLACE = re.compile(r" *\(Triggered internally at [^)]*\)")  # in PyTorch's own code
MOST_USED = 5000  # names of what an answer called
TICK = 0.25  # seconds after which records of what is called are taken down: they grow
MIME = "application/vnd.attention-course.outcomes+json"
COMPILERS = ("torch._dynamo", "torch._inductor")
Implementations = Callable[[str], Any]  # exercise -> its implementations by their place, or by what hides it


@dataclass
class Response:
    """All outcomes of one exercise, and what the code said on the side (warnings, standard error).

    ``used`` names the functions of PyTorch and of the course that were called, by whatever name or way.
    """

    outcomes: list[Outcome]
    said: list[str] = field(default_factory=list)
    used: list[str] = field(default_factory=list)

    def __iadd__(self, other: Response) -> Response:
        """What came of more questions, asked afterwards."""
        self.outcomes += other.outcomes
        self.said += [line for line in other.said if line not in self.said]
        self.used += other.used
        return self

    @property
    def is_cut_short(self) -> bool:
        """Whether the last question was not answered in time, or not at all."""
        last = self.outcomes[-1].failure if self.outcomes else None
        return last is not None and last.rule in rules.NOT_ASKED


def reply(asked: str, namespace: Mapping[str, Any], implementations: Implementations) -> dict[str, Any]:
    """What goes back to the judge, as a JSON value: what the answer makes of each question asked for.

    ``implementations`` gives those of an exercise, for a question about one of them: the payload says which.
    Values are written down while the answer is watched and its time runs: one may be worked out only then.
    """
    wanted = json.loads(asked)
    payloads, seconds = wire.decode(wanted["payloads"]), wanted["seconds"]
    if wanted["name"] not in namespace:
        missing = Failure.told(rules.MISSING, name=wanted["name"])
        return _reply([wire.encode_outcome(Outcome(failure=missing))] * len(payloads), [], [])
    answer, ask = namespace[wanted["name"]], ASK[wanted["kind"]]
    refuse_processes()
    outcomes: list[Any] = []
    began = clock.had()
    with ordinary_state(), _listening() as said, Watch(wanted["operators"]) as watch:
        try:
            with time_limit(seconds, watch.turn):
                for payload in payloads:
                    if "index" in payload:
                        with ours():
                            known = implementations(payload["exercise"])[payload["index"]]
                        payload = {**payload, "implementation": known}
                    watch.turn()
                    outcomes.append(_written(ask, answer, payload, began + seconds))
        except TimeUp as error:
            watch.is_interrupted = True
            late = wire.encode_outcome(Outcome(failure=_late(error, seconds)))
            outcomes += [late] * (len(payloads) - len(outcomes))
    return _reply(outcomes, said, sorted(watch.used))


def _written(ask: Callable[..., Any], answer: Any, payload: dict[str, Any], until: float) -> Any:
    """What came of one question, as a JSON value."""
    try:
        written = attempt(lambda: wire.encode_outcome(Outcome(value=ask(answer, payload))))
    except TimeUp as error:
        if clock.had() >= until:
            raise
        written = Outcome(failure=failure_of(error))  # the answer's own doing: it has time left
    return wire.encode_outcome(written) if written.failure else written.value


def _reply(outcomes: list[Any], said: list[str], used: list[str]) -> dict[str, Any]:
    return {"outcomes": outcomes, "said": said[:5], "used": used[:MOST_USED]}


def _late(error: TimeUp, seconds: float) -> Failure:
    """Where the answer was when its time was over: in a loop of its own, or in PyTorch's compiler."""
    modules = [frame.f_globals.get("__name__", "") for frame, _ in traceback.walk_tb(error.__traceback__)]
    compiles = any(str(module).startswith(COMPILERS) for module in modules)
    return failure_of(error, rules.COMPILING if compiles else rules.LATE, seconds=f"{seconds:g}")


@contextlib.contextmanager
def time_limit(seconds: float, tick: Callable[[FrameType | None], bool] | None = None) -> Iterator[None]:
    """Raise `TimeUp` in the block after ``seconds`` that it had, and again each second until it is left.

    Works where signals do: on Unix, in the main thread. Elsewhere whoever started this process limits it.
    ``tick`` is called from time to time with the frame that runs, and is False where the block must not be
    interrupted. It costs the block none of its seconds, until they have doubled. Until then an import is not
    interrupted either: half a module would stay, and whatever needs it would fail from then on.
    """
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return
    until = clock.had() + seconds
    latest = until + seconds

    def look(signum: int, frame: FrameType | None) -> None:
        nonlocal until
        now = clock.had()
        may_interrupt = tick is None or tick(frame)
        if now >= until and may_interrupt and (now >= latest or not _is_importing(frame)):
            signal.setitimer(signal.ITIMER_REAL, 1.0)
            raise TimeUp
        until = min(until + clock.had() - now, latest)
        wait()

    def wait() -> None:
        left = max(until - clock.had(), 1e-3)
        signal.setitimer(signal.ITIMER_REAL, left if tick is None else min(TICK, left))

    began = time.monotonic()
    previous = signal.signal(signal.SIGALRM, look)
    left, _ = signal.getitimer(signal.ITIMER_REAL)  # of an alarm that somebody has set before
    wait()
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)
        if left:
            signal.setitimer(signal.ITIMER_REAL, max(left - (time.monotonic() - began), 1e-3))


def _is_importing(frame: FrameType | None) -> bool:
    """Whether a module is being loaded, by the frame or by one that waits for it."""
    while frame is not None:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return True
        frame = frame.f_back
    return False


@contextlib.contextmanager
def _listening() -> Iterator[list[str]]:
    """Collect warnings and standard error: worth telling, never worth points."""
    said: list[str] = []
    stderr = io.StringIO()
    with warnings.catch_warnings(record=True) as caught, contextlib.redirect_stderr(stderr):
        warnings.simplefilter("always")
        yield said
    said += dict.fromkeys(f"{w.category.__name__}: {_PLACE.sub('', str(w.message))}" for w in caught)
    said += [line for line in stderr.getvalue().splitlines()[-3:] if line.strip()]


def as_reply(response: Response) -> dict[str, Any]:
    """The JSON value that `read_reply` reads as this response."""
    return _reply([wire.encode_outcome(o) for o in response.outcomes], response.said, response.used)


def read_reply(answered: Any, expected: int) -> Response:
    """The response in a JSON value from the student's process.

    Raises:
        wire.WireError: it is not ``expected`` outcomes in the form that `reply` writes.
    """
    match answered:
        case {"outcomes": list(outcomes), "said": list(said)} if len(outcomes) == expected:
            used = answered.get("used")
            return Response(
                [wire.decode_outcome(o) for o in outcomes],
                [wire.clean(str(line), 300) for line in said[:5]],
                [wire.clean(str(name), 300) for name in used[:MOST_USED]] if isinstance(used, list) else [],
            )
    raise wire.WireError("The student's process sent no outcomes that the judge can read.")
