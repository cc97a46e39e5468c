"""Calling what a student wrote, as it will be used: inputs stay as they were, chance has no part in it.

Inputs go in by their place, so that a student may call them what they like; only what stands behind an input
that is left out goes in by its name.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode

from grader.asking import watch
from grader.asking.outcome import Refused

ARRAYS = (Tensor, np.ndarray, np.generic)


def call(function: Callable[..., Any], payload: Mapping[str, Any], parameters: Mapping[str, Tensor]) -> Any:
    """What the function makes of the payload's ``inputs``.

    Other entries of the payload ask for more:
        by_name: the inputs that go in by name.
        strided: the same numbers lie in another order in memory.
        twice: it is called again, and must give the same.
        most_numbers: all tensors on the way may hold no more, together.
        cotangent: a seed. The value is then ``{"value": …, "gradient": {name: … or None}}``, the gradient of
            the result's product with a random tensor, for every float input and every one of ``parameters``;
            of several results the products are added up.
        constants: the inputs of which then no gradient is asked.

        gives: what has to come of it, a tensor and no array of numpy: of "floats", or of a dtype by its name.

    Raises:
        Refused: it breaks one of these rules, or changes an input.
    """
    inputs = _copies(payload)
    variables = {name: inputs[name] for name in inputs if name not in payload.get("constants", ())}
    tracked = {name: value for name, value in variables.items() if _is_float(value)} | dict(parameters)
    if "cotangent" in payload:
        for value in tracked.values():
            value.requires_grad_()
    with _FewNumbers(payload["most_numbers"]) if "most_numbers" in payload else contextlib.nullcontext():
        value = _call(function, inputs, payload)
    for name, before in payload["inputs"].items():
        if isinstance(before, Tensor) and not _unchanged(before, inputs[name]):
            raise Refused("changes an input", name=name)
    if "gives" in payload:
        _require(value, payload["gives"])
    if payload.get("twice") and not _equal(value, _call(function, _copies(payload), payload)):
        raise Refused("by chance")
    if "cotangent" not in payload:
        return value
    return {"value": value, "gradient": _gradient(value, tracked, payload["cotangent"])}


def _call(function: Callable[..., Any], inputs: Mapping[str, Any], payload: Mapping[str, Any]) -> Any:
    by_name = payload.get("by_name", ())
    return function(
        *(value for name, value in inputs.items() if name not in by_name),
        **{name: value for name, value in inputs.items() if name in by_name},
    )


def _copies(payload: Mapping[str, Any]) -> dict[str, Any]:
    strided = payload.get("strided", False)
    return {name: _copy(value, strided) for name, value in payload["inputs"].items()}


def _copy(value: Any, strided: bool) -> Any:
    if not isinstance(value, Tensor):
        return value
    if not strided:
        return value.clone()
    if value.dim() < 2:
        return torch.stack([value, value], dim=-1)[..., 0]
    return value.mT.contiguous().mT


def _unchanged(before: Tensor, after: Tensor) -> bool:
    if before.shape != after.shape:
        return False
    same = before.dtype is after.dtype and torch.equal(before, after)  # one operator, where there is no NaN
    return same or bool(((before == after) | (before != before)).all())


def _equal(one: Any, other: Any) -> bool:
    """Whether two results are the same; of what is neither numbers nor made of them nothing is asked."""
    if isinstance(one, (tuple, list)) and isinstance(other, (tuple, list)):
        return len(one) == len(other) and all(map(_equal, one, other))
    if isinstance(one, (int, float)) and isinstance(other, (int, float)):
        return one == other or (one != one and other != other)
    if isinstance(one, ARRAYS) and isinstance(other, ARRAYS):
        return _unchanged(torch.as_tensor(one).detach(), torch.as_tensor(other).detach())
    return type(one) is type(other)


def _require(value: Any, gives: str) -> None:
    """Refuse what has the right numbers, perhaps, and is of no use to who goes on with it.

    Whole numbers for floats, or the other way round, are for the comparison to tell.
    """
    if isinstance(value, (np.ndarray, np.generic)):
        raise Refused("array for a tensor")
    if isinstance(value, Tensor) and gives != "floats":
        found, wanted = value.dtype, getattr(torch, gives)
        if found.is_floating_point == wanted.is_floating_point and torch.bool != found != wanted:
            raise Refused("other dtype", found=str(found).removeprefix("torch."), wanted=gives)


def _is_float(value: Any) -> bool:
    return isinstance(value, Tensor) and value.is_floating_point()


def _gradient(value: Any, tracked: Mapping[str, Tensor], seed: int) -> dict[str, Tensor | None]:
    """The gradient for each tracked tensor; None where none arrives.

    That of the sum of each result times noise, which is exactly the noise for the result itself. PyTorch
    would take the noise as it is, and load sympy for it: a second, at a process's first.
    """
    values = value if isinstance(value, (tuple, list)) else (value,)
    with watch.ours():
        generator = torch.Generator().manual_seed(seed)
        floats = [(one, torch.randn(one.shape, generator=generator)) for one in values if _is_float(one)]
        reached = [(one, noise.to(one.dtype)) for one, noise in floats if one.requires_grad]
        if not reached:
            return dict.fromkeys(tracked)
        # Tensors of a kind that the answer has made have no say here.
        with torch._C.DisableTorchFunctionSubclass():
            ends = [(one * noise).sum() for one, noise in reached]
            gradients = torch.autograd.grad(ends, list(tracked.values()), allow_unused=True)
    return dict(zip(tracked, gradients, strict=True))


def _shows(made: Tensor, args: Any, kwargs: Any) -> bool:
    """Whether a result is a view of what was handed in, and not of a product of its own, as einsum's is."""
    handed = [*args, *(kwargs or {}).values()]
    given = [one for each in handed for one in (each if isinstance(each, list | tuple) else [each])]
    place = made.untyped_storage().data_ptr()
    return made._is_view() and any(
        isinstance(one, Tensor) and one.untyped_storage().data_ptr() == place for one in given
    )


class _FewNumbers(TorchFunctionMode):
    """Refuses what makes more numbers than it is told, in one tensor or one after the other.

    A dispatch mode would also see inside operations, and its first use takes four seconds of imports.
    """

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most, self._made = most, 0

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        made = func(*args, **(kwargs or {}))
        if isinstance(made, Tensor) and made.numel() > self._most and not _shows(made, args, kwargs):
            raise Refused("large tensor", shape=" × ".join(str(size) for size in made.shape))
        self._made += made.numel() if isinstance(made, Tensor) and not made._is_view() else 0
        if self._made > self._most:
            raise Refused("step by step")
        return made
