"""How a test that a student wrote is asked: it is run on one implementation. Does it accept it?"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from grader.asking import wire
from grader.asking.attempt import attempt
from grader.asking.chance import begin_with
from grader.asking.outcome import Failure, Refused
from grader.asking.watch import ours

OWN, INSIDE = "own", "inside"
MOST_STOPS = 2  # the first settles that it does not accept; the second tells whether it always does


@dataclass(frozen=True)
class Report:
    """What a test made of one implementation.

    Args:
        accepts: whether every run did.
        sometimes: whether some runs accepted it and others did not.
        because: why the first run that did not accept it stopped, if one did not.
        error: what stopped it was no verdict but an error: in the test's ``"own"`` code, or ``"inside"`` the
            implementation, on what the test handed it.
        nan: whether the implementation gave NaN.
        returns: whether the test returned something.
    """

    accepts: bool
    sometimes: bool
    because: Failure | None
    error: str
    nan: bool
    returns: bool

    @classmethod
    def read(cls, value: Any) -> Report | None:
        """The report in a value that arrived; None where it is something else, a forgery."""
        names = cls.__dataclass_fields__.keys()
        match value:
            case {
                "accepts": bool(),
                "sometimes": bool(),
                "because": because,
                "error": str(),
                "nan": bool(),
                "returns": bool(),
            } if value.keys() == names:
                with contextlib.suppress(wire.WireError):
                    failure = None if because is None else wire.decode_failure(because)
                    return cls(**{**value, "because": failure})
        return None


def ask_property_test(answer: Any, payload: dict[str, Any]) -> dict[str, Any]:
    """What the test makes of the payload's ``implementation`` in so many ``runs``: a `Report`, as a dict.

    A run that rejects it has settled that; once two have, the others are left out.
    """
    if not callable(answer):
        raise Refused("no test", type=wire.type_name(answer))
    seen = _Seen()
    under_test = _watched(payload["implementation"], seen)
    stops, returns, runs = list[Failure](), False, 0
    while runs < payload["runs"] and len(stops) < MOST_STOPS:
        begin_with(payload["seed"] + runs)
        outcome = attempt(lambda: answer(under_test))  # as in pytest, whatever a test raises makes it fail
        runs += 1
        returns = returns or outcome.value is not None
        if outcome.failure is not None:
            stops.append(outcome.failure)
    if not seen.calls and not stops:
        raise NotImplementedError("The test never calls the function that it is handed.")
    return {
        "accepts": not stops,
        "sometimes": 0 < len(stops) < runs,
        "because": wire.encode_failure(stops[0]) if stops else None,
        "error": _error(stops[0], seen) if stops else "",
        "nan": seen.nan,
        "returns": returns,
    }


@dataclass
class _Seen:
    """What became of the calls to an implementation."""

    calls: int = 0
    nan: bool = False
    stopped: bool = False


def _watched(implementation: Callable[..., Any], seen: _Seen) -> Callable[..., Any]:
    """The implementation as the test gets it: all of them look alike from outside."""

    def under_test(*args: Any, **kwargs: Any) -> Any:
        seen.calls += 1
        try:
            with ours():
                value = implementation(*args, **kwargs)
        except Exception:
            seen.stopped = True
            raise
        seen.nan = seen.nan or (isinstance(value, Tensor) and bool(torch.isnan(value).any()))
        return value

    return under_test


def _error(failure: Failure, seen: _Seen) -> str:
    on_purpose = failure.source.startswith("raise")
    if failure.kind == AssertionError.__name__ or on_purpose:
        return ""
    return INSIDE if seen.stopped else OWN
