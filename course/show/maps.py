"""What attention weights say once they are put together: rollout, relevance, mass, entropy, distance.

    rollout      R_l = ½ (A_l + I) R_{l-1}, with A_l the mean over heads     Abnar and Zuidema 2020
    relevance    R_l = (I + Ā_l) R_{l-1}, with Ā_l the mean over heads
                 of the positive part of ∂y/∂A_l ⊙ A_l                       Chefer et al. 2021, equations 5–6
    mass         the fewest keys that together hold a share of the weight    Caron et al. 2021, figure 1
    distance     how far a head looks, weighted by how much                  Dosovitskiy et al. 2021, figure 7

Weights are (layers, ..., heads, N, N): batch dimensions may stand between, and every item is treated alike.
Row i holds what query i gives to each key, and sums to one.

What people usually get wrong: a row sum without `keepdim` divides the columns; weights that are discarded
in the first item of a batch only; rows that no longer sum to one afterwards; a head picked for its looks.
"""

import torch
from torch import Tensor

from course import expect


def rollout(weights: Tensor, discard: float = 0.0) -> Tensor:
    """How much of each input token reaches each token of each layer, if values only mix.

    The way around each attention counts as much as the attention itself, and all heads count alike.
    (layers, ..., heads, N, N) -> (layers, ..., N, N), accumulated up to each layer; each row sums to one.
    `discard` is the share of each row, its smallest weights after the mean over heads, that counts as noise
    and is set to zero first. A row that attends to nothing, then or before, is what comes around alone.
    """
    expect.rate(discard=discard)
    mixed = weights.mean(dim=-3)  # (layers, ..., N, N)
    N = mixed.shape[-1]
    dropped = min(int(discard * N + 1e-6), N - 1)  # 0.29 · 100 is 28.999999999999996
    if dropped:
        smallest = mixed.topk(dropped, dim=-1, largest=False).indices  # (layers, ..., N, dropped)
        mixed = mixed.scatter(-1, smallest, 0.0)
    around = torch.eye(N, dtype=mixed.dtype, device=mixed.device)
    whole = mixed.sum(dim=-1, keepdim=True)  # (layers, ..., N, 1)
    steps = (torch.where(whole > 0, mixed / whole, around) + around) / 2
    total = [steps[0]]
    for step in steps[1:]:
        total.append(step @ total[-1])
    return torch.stack(total)


def gradient_weighted(weights: Tensor, gradients: Tensor) -> Tensor:
    """The weights that spoke for the answer: mean over heads of (gradient ⊙ weight), its positive part.

    Both (layers, ..., heads, N, N), the gradient that of one logit -> (layers, ..., N, N), not negative
    """
    if weights.shape != gradients.shape:
        shapes = f"{tuple(weights.shape)} and {tuple(gradients.shape)}"
        raise ValueError(f"weights and gradients must have the same shape; got {shapes}")
    return (weights * gradients).clamp(min=0).mean(dim=-3)


def relevance(weights: Tensor, gradients: Tensor) -> Tensor:
    """How much each input token contributed to each token of each layer, by the rule of Chefer et al. 2021.

    Both (layers, ..., heads, N, N) -> (layers, ..., N, N); rows need not sum to one. Where no layer has a
    positive gradient it is the identity: each token contributed to itself alone.
    """
    steps = gradient_weighted(weights, gradients)
    total = torch.eye(steps.shape[-1], dtype=steps.dtype, device=steps.device).expand_as(steps[0])
    totals = []
    for step in steps:
        total = total + step @ total
        totals.append(total)
    return torch.stack(totals)


def mass(weights: Tensor, share: float = 0.6) -> Tensor:
    """The fewest keys that together hold at least this share of each row: (..., Lk) -> (..., Lk), boolean"""
    if not 0 < share <= 1:
        raise ValueError(f"share must be above 0 and at most 1; got {share!r}")
    largest, order = weights.sort(dim=-1, descending=True)
    before = largest.cumsum(dim=-1) - largest  # what the keys ahead of this one hold
    needed = before < share * weights.sum(dim=-1, keepdim=True) - 1e-6  # rounding must not ask for one more
    return torch.zeros_like(needed).scatter(-1, order, needed)


def entropy(weights: Tensor) -> Tensor:
    """How spread out each row is, in bits: 0 for a single key, log2(Lk) for all alike.  (..., Lk) -> (...)"""
    return -torch.special.xlogy(weights, weights).sum(dim=-1) / torch.log(torch.tensor(2.0))


def distance(weights: Tensor, grid: tuple[int, int], extra: int = 0, patch: int = 1) -> Tensor:
    """How far patches look, the mean over queries of the weighted distance: (..., N, N) -> (...)

    In pixels with the patch's size, in patches without. Only the grid's H·W patches count, not the `extra`
    tokens in front; their rows are normalised again.
    """
    H, W = grid
    if weights.shape[-1] != extra + H * W or weights.shape[-2] != extra + H * W:
        shape = tuple(weights.shape[-2:])
        raise ValueError(f"weights of {shape} do not fit {extra} extra tokens and a grid of {H} × {W}")
    rows, columns = torch.meshgrid(torch.arange(H), torch.arange(W), indexing="ij")
    places = torch.stack([rows.flatten(), columns.flatten()], dim=1).to(weights)  # (H·W, 2)
    apart = torch.cdist(places, places) * patch  # (H·W, H·W)
    among = weights[..., extra:, extra:]
    held = among.sum(dim=-1).clamp(min=torch.finfo(among.dtype).tiny)
    return ((among * apart).sum(dim=-1) / held).mean(dim=-1)
