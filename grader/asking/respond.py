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
import sys
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

from torch.overrides import TorchFunctionMode

from grader.asking import wire
from grader.asking.ask import ASK
from grader.asking.outcome import ENDED, MISSING, Failure, Outcome, TimeUp, attempt

_PLACE = re.compile(r" *\(Triggered internally at [^)]*\)")  # in PyTorch's own code
MOST_USED = 500  # names of what an answer called
WATCHED = ("course.", "torch.nn.modules.")  # whose Python functions are noticed, beside all of PyTorch's own
MIME = "application/vnd.attention-course.outcomes+json"
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
        return last is not None and last.kind in (TimeUp.__name__, MISSING, ENDED)


def respond(
    kind: str,
    name: str,
    payloads: Sequence[dict[str, Any]],
    namespace: Mapping[str, Any],
    seconds: float,
    implementations: Implementations,
) -> Response:
    """Ask the answer called ``name`` each question, all within ``seconds``.

    ``implementations`` gives those of an exercise, for a question about one of them: the payload says which.
    """
    if name not in namespace:
        missing = Failure(MISSING, f"There is no `{name}` yet: run the cell that defines it.")
        return Response([Outcome(failure=missing)] * len(payloads))
    answer = namespace[name]
    outcomes: list[Outcome] = []
    with _listening() as said, _Watching() as watching:
        try:
            with time_limit(seconds):
                for payload in payloads:
                    if "index" in payload:
                        known = implementations(payload["exercise"])
                        payload = {**payload, "implementation": known[payload["index"]]}
                    outcomes.append(attempt(lambda p=payload: ASK[kind](answer, p)))  # type: ignore[misc]
        except TimeUp:
            late = Failure(
                TimeUp.__name__,
                f"It did not finish within {seconds:g} seconds: is there a loop that never ends?",
            )
            outcomes += [Outcome(failure=late)] * (len(payloads) - len(outcomes))
    return Response(outcomes, said, sorted(watching.used))


class _Watching(TorchFunctionMode):
    """Notes what is called: a name in a text can be hidden, in an alias or put together; a call cannot.

    Only who wants to deceive gets around it: it advises, and what it misses is a matter for a person.
    """

    def __init__(self) -> None:
        super().__init__()
        self.used: set[str] = set()

    def __enter__(self) -> _Watching:
        self._before = sys.getprofile()
        super().__enter__()
        sys.setprofile(self._called)
        return self

    def __exit__(self, *error: Any) -> None:
        sys.setprofile(self._before)
        super().__exit__(*error)

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        self.used.add(f"{getattr(func, '__module__', None) or ''}.{getattr(func, '__name__', '')}")
        return func(*args, **(kwargs or {}))

    def _called(self, frame: FrameType, event: str, argument: Any) -> None:
        module = frame.f_globals.get("__name__")
        if event == "call" and isinstance(module, str) and module.startswith(WATCHED):
            self.used.add(f"{module}.{frame.f_code.co_qualname}")


@contextlib.contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise `TimeUp` in the block after ``seconds``, and again each second until it is left.

    Works where signals do: on Unix, in the main thread. Elsewhere whoever started this process limits it.
    """
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def time_up(signum: int, frame: Any) -> None:
        raise TimeUp

    previous = signal.signal(signal.SIGALRM, time_up)
    signal.setitimer(signal.ITIMER_REAL, seconds, 1.0)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)


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


def request(kind: str, name: str, payloads: Sequence[dict[str, Any]], seconds: float) -> str:
    """What the judge sends, as text."""
    asked = {"kind": kind, "name": name, "payloads": wire.encode(list(payloads)), "seconds": seconds}
    return json.dumps(asked)


def reply(asked: str, namespace: Mapping[str, Any], implementations: Implementations) -> dict[str, Any]:
    """What goes back to the judge, as a JSON value."""
    wanted = json.loads(asked)
    payloads = wire.decode(wanted["payloads"])
    response = respond(
        wanted["kind"], wanted["name"], payloads, namespace, wanted["seconds"], implementations
    )
    return {
        "outcomes": [wire.encode_outcome(o) for o in response.outcomes],
        "said": response.said[:5],
        "used": response.used[:MOST_USED],
    }


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
