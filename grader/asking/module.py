"""How a module is asked: it is built, handed its weights by name, and called."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from grader.asking.call import call
from grader.asking.chance import begin_with
from grader.asking.outcome import Refused


def ask_module(answer: Any, payload: dict[str, Any]) -> Any:
    """What a module of that class gives for the inputs, with the payload's ``weights``.

    Asked what it ``starts`` as, it gives the parameters of these names as it has made them.
    """
    if "starts" in payload:
        begin_with(payload["seed"])
        made = dict(build(answer, payload, handed=False).named_parameters())
        return {name: made[name].detach().clone() for name in payload["starts"]}
    return run(build(answer, payload), payload)


def build(answer: Any, payload: dict[str, Any], handed: bool = True) -> nn.Module:
    """The module, made with the payload's ``init``, holding its ``weights`` if they are ``handed`` in.

    Raises:
        Refused: it is no module, or its parameters have not the names and shapes that they should have.
    """
    if not (isinstance(answer, type) and issubclass(answer, nn.Module)):
        raise Refused("no module")
    module = answer(*payload["init"].values())
    wanted, present = payload["weights"], dict(module.named_parameters())
    if type(module).forward is nn.Module.forward:
        raise NotImplementedError("The module has no `forward` yet.")
    if wanted and not present:
        raise Refused("no parameters")
    for name, weight in wanted.items():
        if name not in present:
            raise Refused("no such parameter", name=name)
        if present[name].shape != weight.shape:
            found, expected = (str(tuple(each.shape)) for each in (present[name], weight))
            raise Refused("shape of a parameter", name=name, shape=found, expected=expected)
    if extra := sorted(set(present) - set(wanted)):
        raise Refused("one parameter too many", name=extra[0])
    if any(weight.dtype is torch.float64 for weight in wanted.values()):
        module = module.double()
    if handed:
        module.load_state_dict(wanted, strict=False)
    return module


def run(module: nn.Module, payload: dict[str, Any]) -> Any:
    """What a built module gives for the inputs."""
    return call(module, payload, dict(module.named_parameters()))
