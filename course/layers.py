"""The small parts of every Transformer here, beside attention: MLP, first weights, and what regularises."""

import torch
from torch import Tensor, nn
from torch.nn.functional import silu

from course import expect


class MLP(nn.Module):
    """Two linear layers with an activation between, applied to each token alone: x: (..., dim) -> (..., dim)

    Parameters: 2 · dim · hidden + hidden + dim. `dropout` acts on the hidden units and on the output.
    """

    def __init__(self, dim: int, hidden: int, activation: nn.Module | None = None, dropout: float = 0.0):
        super().__init__()
        expect.whole(dim=dim, hidden=hidden)
        expect.rate(dropout=dropout)
        if activation is not None and not isinstance(activation, nn.Module):
            raise TypeError(f"activation must be a module, such as nn.ReLU(); got {activation!r}")
        self.expand = nn.Linear(dim, hidden)
        self.activation = GELU() if activation is None else activation
        self.contract = nn.Linear(hidden, dim)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor) -> Tensor:
        expect.channels_last("x", x, self.expand.in_features, self.expand.weight)
        hidden = self.dropout(self.activation(self.expand(x)))  # (..., hidden)
        return self.dropout(self.contract(hidden))  # (..., dim)


class GELU(nn.GELU):
    """GELU by erf, not by tanh; where no gradient is kept it writes over x, which an MLP needs no more.

    That is most of a ViT's largest tensor that need not be fetched from memory anew: 5 to 8 % of a forward.
    """

    def forward(self, x: Tensor) -> Tensor:
        return super().forward(x) if torch.is_grad_enabled() else torch.ops.aten.gelu_(x)


class QuickGELU(nn.Module):
    """x · sigmoid(1.702 x), a cheap likeness of GELU, up to 0.02 apart; CLIP and CvT are made with it.

    With a = 1.702: SiLU(ax) / a, one pass over x less; where no gradient is kept it writes over x, as GELU.
    """

    def forward(self, x: Tensor) -> Tensor:
        if torch.is_grad_enabled():
            return silu(1.702 * x).div_(1.702)
        return silu(x.mul_(1.702), inplace=True).div_(1.702)


def beside(x: Tensor, branch: Tensor) -> Tensor:
    """x + branch; where no gradient is kept it is written over the branch, a tensor that nothing else needs.

    Not where the branch was computed in a lower precision, which would become that of the sum.
    """
    kept = torch.is_grad_enabled() or branch.dtype != x.dtype
    return x + branch if kept else branch.add_(x)


@torch.no_grad()
def xavier(*parts: nn.Module) -> None:
    """Draw every matrix of these modules anew, uniform within ±√(6 / (rows + columns)); vectors stay.

    Glorot and Bengio 2010, equation 16: what is summed has about the variance of its terms, both ways.
    """
    for part in parts:
        for parameter in part.parameters():
            if parameter.dim() > 1:
                nn.init.xavier_uniform_(parameter)


class StochasticDepth(nn.Module):
    """In training, skip a branch for each sample with probability `rate` (Huang et al. 2016; "DropPath").

    x: (B, ...) -> the same shape. What is kept is divided by 1 − rate, so that the expected value stays. The
    decision is one per sample, not per element, and the layer comes *before* the branch is added.
    """

    def __init__(self, rate: float = 0.0):
        super().__init__()
        expect.rate(rate=rate)
        self.rate = rate

    def forward(self, x: Tensor) -> Tensor:
        expect.floating("x", x)
        if not self.training or self.rate == 0:
            return x
        kept = torch.rand(x.shape[0], *[1] * (x.dim() - 1), device=x.device) >= self.rate  # (B, 1, …)
        return x * kept / (1 - self.rate)

    def extra_repr(self) -> str:
        return f"rate={self.rate:g}"


def stochastic_depth_rates(rate: float, depth: int) -> list[float]:
    """The rate of each layer, growing linearly from 0 in the first layer to `rate` in the last."""
    expect.rate(rate=rate)
    expect.whole(depth=depth)
    return [rate * layer / max(depth - 1, 1) for layer in range(depth)]


class LayerScale(nn.Module):
    """A learned factor a channel, started near zero, on what a branch adds: x: (..., dim) -> (..., dim)

    Touvron et al. 2021 ("Going deeper with image Transformers"), equation 4. Parameters: dim.
    """

    def __init__(self, dim: int, initial: float = 1e-5):
        super().__init__()
        expect.whole(dim=dim)
        self.gamma = nn.Parameter(torch.full((dim,), float(initial)))

    def forward(self, x: Tensor) -> Tensor:
        expect.channels_last("x", x, len(self.gamma), self.gamma)
        return self.gamma * x
