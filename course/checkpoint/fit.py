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
    own, name = state(model), type(model).__name__
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
    own = state(model)
    with torch.no_grad():
        for key, tensor in tensors.items():
            own[key].copy_(tensor)


def real(model: nn.Module) -> nn.Module:
    """The model whose weights are meant, with memory to write to.

    It may be inside what torch.compile or DistributedDataParallel returns.
    """
    while (inner := _inside(model)) is not None:
        model = inner
    if any(tensor.is_meta for tensor in model.state_dict().values()):
        raise RuntimeError(
            "the model is on the meta device and has no memory: model.to_empty(device='cpu') first"
        )
    return model


def _inside(model: nn.Module) -> nn.Module | None:
    if isinstance(model, nn.DataParallel | nn.parallel.DistributedDataParallel):
        return model.module
    return getattr(model, "_orig_mod", None)


def state(model: nn.Module, keep_vars: bool = False) -> dict[str, Tensor]:
    """A model's own names and tensors, by the names that they have when no part of it is compiled."""
    return {plain(name): tensor for name, tensor in model.state_dict(keep_vars=keep_vars).items()}


def plain(name: str) -> str:
    """A name without what torch.compile puts into it, wherever the compiled part begins."""
    return name.replace("_orig_mod.", "")


def unwrapped(tensors: Mapping[str, Tensor], model: nn.Module) -> dict[str, Tensor]:
    """Tensors by plain names: without what a DistributedDataParallel puts before all of them, `module.`"""
    named = {plain(name): tensor for name, tensor in tensors.items()}
    if all(name.startswith("module.") for name in named) and not hasattr(model, "module"):
        named = {name.removeprefix("module."): tensor for name, tensor in named.items()}
    return named


def few(names: Iterable[str], most: int = 3) -> str:
    """The first names of a list, and how many more there are: "a, b, c and 7 more"."""
    names = list(names)
    rest = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + rest
