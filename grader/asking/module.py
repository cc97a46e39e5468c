"""How a module is asked: it is built, handed its weights by name, and called."""

from __future__ import annotations

from collections.abc import Iterable
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
        _, made = _built(answer, payload)
        for name in payload.get("fixed", ()):
            if made[name].requires_grad:
                raise Refused("is trained", name=name)
        return {name: made[name].detach().clone() for name in payload["starts"]}
    return run(build(answer, payload), payload)


def build(answer: Any, payload: dict[str, Any]) -> nn.Module:
    """The module, made with the payload's ``init``, holding its ``weights``.

    They are copied, each to where it belongs: `load_state_dict` does that too, in ten times the steps, each
    of which would be noted while an answer is asked.

    Raises:
        Refused: it is no module, or its parameters have not the names and shapes that they should have, or
            are frozen.
    """
    module, held = _built(answer, payload)
    with torch.no_grad():
        for name, weight in payload["weights"].items():
            held[name].copy_(weight)
    return module


def _built(answer: Any, payload: dict[str, Any]) -> tuple[nn.Module, dict[str, torch.Tensor]]:
    """The module as it begins, and what it holds by name: that, and nothing else, is what it should hold."""
    if not (isinstance(answer, type) and issubclass(answer, nn.Module)):
        raise Refused("no module")
    module = answer(*payload["init"].values())
    wanted, fixed = payload["weights"], payload.get("fixed", ())
    if any(weight.dtype is torch.float64 for weight in wanted.values()):
        module = module.double()
    present = _held(module, payload)
    if type(module).forward is nn.Module.forward:
        raise NotImplementedError("The module has no `forward` yet.")
    if wanted and not present:
        raise Refused("no parameters")
    for name, weight in wanted.items():
        if name not in present:
            raise _missing(module, name, fixed)
        if present[name].shape != weight.shape:
            found, expected = (str(tuple(each.shape)) for each in (present[name], weight))
            raise Refused("shape of a parameter", name=name, shape=found, expected=expected)
        if name not in fixed and not present[name].requires_grad:
            raise Refused("is frozen", name=name)
    if extra := sorted(set(present) - set(wanted)):
        raise Refused("one parameter too many", name=extra[0])
    return module, present


def run(module: nn.Module, payload: dict[str, Any]) -> Any:
    """What a built module gives for the inputs; nobody asks for a gradient of what is ``fixed``."""
    fixed = payload.get("fixed", ())
    parameters = module.named_parameters() if "cotangent" in payload else ()
    return call(module, payload, {name: one for name, one in parameters if name not in fixed})


def _missing(module: nn.Module, name: str, fixed: Iterable[str]) -> Refused:
    """What to say of a parameter that is not there; where its whole layer is missing, that."""
    layer, *inner = name.split(".")
    if inner and not hasattr(module, layer):
        return Refused("no such layer", name=layer)
    return Refused("nothing kept" if name in fixed else "no such parameter", name=name)


def _held(module: nn.Module, payload: dict[str, Any]) -> dict[str, torch.Tensor]:
    """A module's parameters by name, and those of its buffers that the payload's ``fixed`` may be."""
    fixed = payload.get("fixed", ())
    buffers = {name: buffer for name, buffer in module.named_buffers() if name in fixed}
    return dict(module.named_parameters()) | buffers
