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

    Raises:
        Refused: it breaks a rule, or would train what is ``fixed``.
    """
    if "starts" in payload:
        begin_with(payload["seed"])
        made = _held(build(answer, payload, handed=False), payload)
        for name in payload.get("fixed", ()):
            if made[name].requires_grad:
                raise Refused("is trained", name=name)
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
    wanted, present, fixed = payload["weights"], _held(module, payload), payload.get("fixed", ())
    if type(module).forward is nn.Module.forward:
        raise NotImplementedError("The module has no `forward` yet.")
    if wanted and not present:
        raise Refused("no parameters")
    for name, weight in wanted.items():
        if name not in present:
            raise Refused("nothing kept" if name in fixed else "no such parameter", name=name)
        if present[name].shape != weight.shape:
            found, expected = (str(tuple(each.shape)) for each in (present[name], weight))
            raise Refused("shape of a parameter", name=name, shape=found, expected=expected)
    if extra := sorted(set(present) - set(wanted)):
        raise Refused("one parameter too many", name=extra[0])
    if any(weight.dtype is torch.float64 for weight in wanted.values()):
        module = module.double()
    if handed:
        module.load_state_dict(wanted, strict=False)
        for name in fixed:  # also a buffer that is left out of the state
            _held(module, payload)[name].data.copy_(wanted[name])
    return module


def run(module: nn.Module, payload: dict[str, Any]) -> Any:
    """What a built module gives for the inputs; nobody asks for a gradient of what is ``fixed``."""
    fixed = payload.get("fixed", ())
    trained = {name: one for name, one in module.named_parameters() if name not in fixed}
    return call(module, payload, trained)


def _held(module: nn.Module, payload: dict[str, Any]) -> dict[str, torch.Tensor]:
    """A module's parameters by name, and those of its buffers that the payload's ``fixed`` may be."""
    fixed = payload.get("fixed", ())
    buffers = {name: buffer for name, buffer in module.named_buffers() if name in fixed}
    return dict(module.named_parameters()) | buffers
