"""How a module is asked: it is built, handed its weights by name, and called."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from grader.asking.call import call
from grader.asking.outcome import Refused

NO_PARAMETERS = (
    "The module has no parameters: its layers are made in `__init__`, each as an attribute of its own "
    "(`self.name = …`). What stands in a plain list, or is made in `forward`, is no parameter of it."
)


def ask_module(answer: Any, payload: dict[str, Any]) -> Any:
    """What a module of that class gives for the inputs, with the payload's ``weights``."""
    return run(build(answer, payload), payload)


def build(answer: Any, payload: dict[str, Any]) -> nn.Module:
    """The module, made with the payload's ``init`` and holding its ``weights``.

    Raises:
        Refused: it is no module, or its parameters have not the names and shapes that they should have.
    """
    if not (isinstance(answer, type) and issubclass(answer, nn.Module)):
        raise Refused("It is not a class that inherits from nn.Module.")
    module = answer(*payload["init"].values())
    wanted, present = payload["weights"], dict(module.named_parameters())
    if type(module).forward is nn.Module.forward:
        raise NotImplementedError("The module has no `forward` yet.")
    if wanted and not present:
        raise Refused(NO_PARAMETERS)
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
    if any(weight.dtype is torch.float64 for weight in wanted.values()):
        module = module.double()
    module.load_state_dict(wanted, strict=False)
    return module


def run(module: nn.Module, payload: dict[str, Any]) -> Any:
    """What a built module gives for the inputs."""
    return call(module, payload, dict(module.named_parameters()))
