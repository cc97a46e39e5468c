"""What a notebook may set for a whole process, put back to what is usual while questions are drawn and asked.

A cell that says ``torch.set_default_dtype(torch.float64)`` changes all that comes after it, the checks too:
an answer would be right here, and wrong where it is graded. So both use the same settings, and leave all as
they found it.
"""

from __future__ import annotations

import contextlib
import random
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from unittest import mock

import numpy as np
import torch

from grader.asking.chance import begin_with

SEED = 0
CPU = torch.device("cpu")


@dataclass(frozen=True)
class Setting:
    """One thing that is set for a whole process: how it is read and set, and what it usually is."""

    read: Callable[[], Any]
    set: Callable[[Any], object]
    usual: Any


def _set_device(device: torch.device) -> None:
    torch.set_default_device(None if device == CPU else device)  # None sets no mode, which would cost time


def _read_deterministic() -> tuple[bool, bool]:
    warns_only = torch.is_deterministic_algorithms_warn_only_enabled()
    return torch.are_deterministic_algorithms_enabled(), warns_only


def _set_deterministic(value: tuple[bool, bool]) -> None:
    torch.use_deterministic_algorithms(value[0], warn_only=value[1])


def _set_errors(value: dict[str, Any]) -> None:
    np.seterr(**value)


SETTINGS = (
    Setting(torch.get_default_dtype, torch.set_default_dtype, torch.float32),
    Setting(torch.get_default_device, _set_device, CPU),
    Setting(torch.is_grad_enabled, torch.set_grad_enabled, True),
    Setting(torch.is_anomaly_enabled, torch.autograd.set_detect_anomaly, False),
    Setting(_read_deterministic, _set_deterministic, (False, False)),  # setting it takes a second, once
    Setting(torch.get_float32_matmul_precision, torch.set_float32_matmul_precision, "highest"),
    Setting(
        lambda: torch.is_autocast_enabled("cpu"), lambda on: torch.set_autocast_enabled("cpu", on), False
    ),
    Setting(torch.get_num_threads, torch.set_num_threads, torch.get_num_threads()),  # as the process began
    Setting(np.geterr, _set_errors, np.geterr()),
    Setting(sys.getrecursionlimit, sys.setrecursionlimit, sys.getrecursionlimit()),
)


@contextlib.contextmanager
def ordinary_state() -> Iterator[None]:
    """In the block settings are the usual ones, chance is seeded and `torch.compile` compiles nothing.

    Afterwards settings and chance are as they were before it, whatever was done inside.
    """
    before = [setting.read() for setting in SETTINGS]
    chance = torch.default_generator.get_state(), np.random.get_state(), random.getstate()
    try:
        for setting, found in zip(SETTINGS, before, strict=True):
            if found != setting.usual:
                setting.set(setting.usual)
        begin_with(SEED)
        with torch.inference_mode(False), _on_the_cpu(), _uncompiled():
            yield
    finally:
        _put(before)
        torch.default_generator.set_state(chance[0])
        np.random.set_state(chance[1])
        random.setstate(chance[2])


def _put(values: list[Any]) -> None:
    for setting, value in zip(SETTINGS, values, strict=True):
        if setting.read() != value:
            setting.set(value)


def _on_the_cpu() -> contextlib.AbstractContextManager[Any]:
    """Inside a ``with torch.device(…)`` too, which no setting tells of."""
    return contextlib.nullcontext() if torch.get_default_device() == CPU else CPU


def _uncompiled() -> contextlib.AbstractContextManager[Any]:
    """What has been compiled, or would be, runs as it is written; that takes no time.

    Who has compiled nothing has not loaded the compiler, which takes seconds: then nothing is compiled.
    """
    if "torch._dynamo" in sys.modules:
        return torch.compiler.set_stance("force_eager")
    return mock.patch.object(torch, "compile", _as_written)


def _as_written(model: Any = None, **options: Any) -> Any:
    """In place of `torch.compile`, also as a decorator with options."""
    return (lambda function: function) if model is None else model
