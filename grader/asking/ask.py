"""How an answer is asked a question: one function a kind of exercise.

This is the only part of a kind that runs in the student's process: it turns what the judge sends (plain
values and tensors) into what the answer makes of it. It holds no expected value and decides nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from grader.asking.outcome import Refused, attempt, with_article


def ask_function(answer: Any, payload: dict[str, Any]) -> Any:
    """Call the function with fresh copies of the inputs; changing an input in place is refused."""
    if not callable(answer):
        raise Refused(f"It is {with_article(type(answer).__name__)}, not a function.")
    inputs = {name: _copy(value) for name, value in payload["inputs"].items()}
    value = answer(**inputs)
    for name, before in payload["inputs"].items():
        if isinstance(before, Tensor) and not _unchanged(before, inputs[name]):
            raise Refused(f"It changes its input `{name}` in place; the caller's tensor must stay as it was.")
    return value


def ask_module(answer: Any, payload: dict[str, Any]) -> Any:
    """Build the module, hand it the weights by name, and run it on the inputs."""
    if not (isinstance(answer, type) and issubclass(answer, torch.nn.Module)):
        raise Refused("It is not a class that inherits from nn.Module.")
    module = answer(**payload["init"])
    wanted, present = payload["weights"], dict(module.named_parameters())
    if wanted and not present:
        raise NotImplementedError("The module has no parameters yet.")
    for name, weight in wanted.items():
        if name not in present:
            raise Refused(f"The module has no parameter called `{name}`.")
        if present[name].shape != weight.shape:
            raise Refused(
                f"The parameter `{name}` has shape {tuple(present[name].shape)}; "
                f"{tuple(weight.shape)} is expected."
            )
    if extra := sorted(set(present) - set(wanted)):
        raise Refused(f"The module has a parameter `{extra[0]}` that does not belong to it.")
    module.load_state_dict(wanted, strict=False)
    return module(**{name: _copy(value) for name, value in payload["inputs"].items()})


def ask_value(answer: Any, payload: dict[str, Any]) -> Any:
    """The answer as it stands: a formula's text, or the choice made in a quiz."""
    if answer is Ellipsis:
        return None
    if isinstance(answer, (set, frozenset)):
        return sorted(answer, key=str)
    return list(answer) if isinstance(answer, tuple) else answer


def ask_number(answer: Any, payload: dict[str, Any]) -> Any:
    """The number the student found; a function of the given values is called with them."""
    if callable(answer):
        answer = answer(**payload["given"])
    if answer is None or answer is Ellipsis:
        return None
    if isinstance(answer, str):
        raise Refused("It is text in quotes; a number is expected.")
    try:
        return float(answer)
    except (TypeError, ValueError):
        raise Refused(f"It is {with_article(type(answer).__name__)}; one number is expected.") from None


def ask_property_test(answer: Any, payload: dict[str, Any]) -> Any:
    """Run the student's test on one implementation: does the test accept it?"""
    if not callable(answer):
        raise Refused(f"It is {with_article(type(answer).__name__)}, not a test function.")
    from grader.catalogue import find  # the implementations live with the exercise

    implementation = find(payload["exercise"]).implementations[payload["index"]]  # type: ignore[attr-defined]
    torch.default_generator.manual_seed(payload["seed"])  # torch.manual_seed also formats a stack for CUDA

    calls = 0

    def under_test(*args: Any, **kwargs: Any) -> Any:  # every implementation looks alike from outside
        nonlocal calls
        calls += 1
        return implementation(*args, **kwargs)

    outcome = attempt(lambda: answer(under_test))  # as in pytest, whatever a test raises makes it fail
    if not calls and outcome.failure is None:
        raise NotImplementedError("The test never calls the function that it is handed.")
    because = outcome.failure
    return {
        "accepts": because is None,
        "because": str(because or ""),
        "summary": because.summary if because else "",
    }


def _copy(value: Any) -> Any:
    return value.clone() if isinstance(value, Tensor) else value


def _unchanged(before: Tensor, after: Tensor) -> bool:
    return before.shape == after.shape and bool(((before == after) | (before != before)).all())


ASK: dict[str, Callable[[Any, dict[str, Any]], Any]] = {
    "function": ask_function,
    "module": ask_module,
    "formula": ask_value,
    "number": ask_number,
    "quiz": ask_value,
    "property test": ask_property_test,
}
