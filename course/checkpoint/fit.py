"""Do these tensors fit this model? All of them are looked at before the first weight is changed."""

from collections.abc import Collection, Iterable, Mapping

import torch
from torch import Tensor, nn

from course import expect


def check(model: nn.Module, tensors: Mapping[str, Tensor], source: str, kept: Collection[str] = ()) -> None:
    """Raise one sentence unless each tensor has a place of its shape and kind, and each place a tensor.

    `tensors` go by the names of the model's own state; `kept` are names that may stay as they are; `source`
    is what the sentence calls the file. Floating-point numbers may have any precision.
    """
    own, name = model.state_dict(), type(model).__name__
    if strange := [key for key in tensors if key not in own]:
        raise ValueError(f"{source} holds {few(strange)}, for which this {name} has no place")
    if missing := [key for key in own if key not in tensors and key not in kept]:
        raise ValueError(f"{source} does not hold {few(missing)}, which this {name} needs")
    shapes = [
        f"{key} {tuple(tensor.shape)} instead of {tuple(own[key].shape)}"
        for key, tensor in tensors.items()
        if tensor.shape != own[key].shape
    ]
    if shapes:
        raise ValueError(f"{source} has other shapes than this {name}: {few(shapes)}")
    kinds = [
        f"{key} {expect.kind(tensor)} instead of {expect.kind(own[key])}"
        for key, tensor in tensors.items()
        if tensor.dtype != own[key].dtype
        and not (tensor.is_floating_point() and own[key].is_floating_point())
    ]
    if kinds:
        raise TypeError(f"{source} has other kinds of numbers than this {name}: {few(kinds)}")


def copy(model: nn.Module, tensors: Mapping[str, Tensor]) -> None:
    """Write checked tensors into the model, in the precision and on the device that it has."""
    own = model.state_dict()
    with torch.no_grad():
        for key, tensor in tensors.items():
            own[key].copy_(tensor)


def real(model: nn.Module) -> nn.Module:
    """The model whose weights are meant: inside what torch.compile returns, and with memory to write to."""
    model = getattr(model, "_orig_mod", model)
    if any(tensor.is_meta for tensor in model.state_dict().values()):
        raise RuntimeError(
            "the model is on the meta device and has no memory: model.to_empty(device='cpu') first"
        )
    return model


def few(names: Iterable[str], most: int = 3) -> str:
    """The first names of a list, and how many more there are: "a, b, c and 7 more"."""
    names = list(names)
    rest = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + rest
