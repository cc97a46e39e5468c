"""Models in which every parameter counts, for tests of parity."""

import torch
from torch import nn


def randomised(model: nn.Module) -> nn.Module:
    """The same model with no parameter at zero or one, so that each has a say in the output."""
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.2 * torch.randn(parameter.shape, generator=generator))
    return model.eval()
