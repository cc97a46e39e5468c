"""For whatever looks at a model without training it: evaluation mode for a while, and where the model is."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain

import torch
from torch import Tensor, nn


def tensor_of(model: nn.Module) -> Tensor:
    """A parameter or a buffer of floating-point numbers, whose device and precision are the model's.

    Of a model without any, such as one that hands on its pixels, an empty tensor on the CPU.
    """
    held = chain(model.parameters(), model.buffers())
    return next((tensor for tensor in held if tensor.is_floating_point()), torch.empty(0))


@contextmanager
def evaluating(model: nn.Module) -> Iterator[None]:
    """Evaluation mode for a while. Each module then returns to its own mode: some may be frozen in theirs."""
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        yield
    finally:
        for module, mode in modes:
            module.training = mode
