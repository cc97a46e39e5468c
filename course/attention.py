"""Attention: every query looks at every key, and takes a weighted mean of the values.

    attention(Q, K, V) = softmax(Q Kᵀ / √D) V          Vaswani et al. 2017, equation 1
    hard(Q, K, V)      = the value whose key scores best          Xu et al. 2015, section 4

Sizes: Lq queries and Lk keys of width D, Lk values of width Dv, and any batch dimensions in front.
A mask is boolean and True where a query may attend to a key, here and everywhere in this course.

What people usually get wrong
- dividing by D, by √Lk, or by nothing. With entries of variance 1 a score has variance D, so √D is what
  brings it back to variance 1 and keeps the softmax from saturating;
- taking the softmax over the queries: it runs over the keys, so each *row* sums to one;
- reading the mask the other way round: `torch.nn.MultiheadAttention` has True where attending is *forbidden*,
  `torch.nn.functional.scaled_dot_product_attention` has it our way;
- setting forbidden weights to zero after the softmax: the rest of the row then no longer sums to one.
"""

import math

import torch
from torch import Tensor, nn


def attention_weights(q: Tensor, k: Tensor, mask: Tensor | None = None) -> Tensor:
    """How much each query attends to each key: softmax(q kᵀ / √D).

    q: (..., Lq, D), k: (..., Lk, D), mask: boolean, broadcastable to (..., Lq, Lk) -> (..., Lq, Lk)

    Rows are non-negative, sum to one, and are exactly 0 where the mask forbids. A query that may attend to
    nothing at all gets a row of zeros (the softmax alone would give NaN), as in PyTorch's own kernel.

    Raises TypeError for a dtype, and ValueError for a shape, that does not fit.
    """
    _check(q, k, mask)
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])  # (..., Lq, Lk)
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    weights = scores.softmax(dim=-1)  # over the keys
    return (
        weights if mask is None else weights.masked_fill(~mask, 0.0)
    )  # 0 for NaN in rows with no key allowed


def attention(
    q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None = None, return_weights: bool = False
) -> Tensor | tuple[Tensor, Tensor]:
    """Scaled dot-product attention: for each query, the mean of the values weighted by `attention_weights`.

    q: (..., Lq, D), k: (..., Lk, D), v: (..., Lk, Dv), mask: boolean, broadcastable to (..., Lq, Lk)
    -> (..., Lq, Dv), and with `return_weights=True` also the weights (..., Lq, Lk)

    A query that may attend to nothing gives zeros. Raises as `attention_weights` does.
    """
    _check_values(k, v)
    weights = attention_weights(q, k, mask)  # (..., Lq, Lk)
    output = weights @ v  # (..., Lq, Dv)
    return (output, weights) if return_weights else output


def hard_attention(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """For each query, the one value whose key scores best (the first of equals).

    q: (..., Lq, D), k: (..., Lk, D), v: (..., Lk, Dv) -> (..., Lq, Dv)

    The best key is found by `argmax`, a step function: its derivative is zero wherever it exists. Gradients
    reach `v` only; `q` and `k` receive none, and so can never learn where to look.
    """
    _check(q, k, None)
    _check_values(k, v)
    best = (q @ k.transpose(-2, -1)).argmax(dim=-1)  # (..., Lq)
    weights = nn.functional.one_hot(best, k.shape[-2]).to(v.dtype)  # (..., Lq, Lk)
    return weights @ v  # (..., Lq, Dv)


def causal_mask(L: int) -> Tensor:
    """The mask of a reader who cannot see the future: position i may attend to 0 … i.  -> (L, L), boolean"""
    return torch.ones(L, L, dtype=torch.bool).tril()


class SelfAttention(nn.Module):
    """One head of self-attention: queries, keys and values are three linear views of the same sequence.

    x: (..., L, d), mask: boolean, broadcastable to (..., L, L)
    -> (..., L, d), and with `return_weights=True` also the weights (..., L, L)

    Parameters: 3 d², in three bias-free layers d -> d, `query`, `key` and `value`. No fused kernel: what you
    read is what runs. Permuting the rows of x permutes the rows of the output and changes nothing else: to
    self-attention a sequence is a set.
    """

    def __init__(self, d: int):
        super().__init__()
        self.query = nn.Linear(d, d, bias=False)
        self.key = nn.Linear(d, d, bias=False)
        self.value = nn.Linear(d, d, bias=False)

    def forward(
        self, x: Tensor, mask: Tensor | None = None, return_weights: bool = False
    ) -> Tensor | tuple[Tensor, Tensor]:
        d = self.query.in_features
        if x.shape[-1] != d:
            raise ValueError(f"x has width {x.shape[-1]} but this layer was made for width {d}")
        q, k, v = self.query(x), self.key(x), self.value(x)  # (..., L, d) each
        return attention(q, k, v, mask, return_weights)


# --- Wrong use, said in the reader's words -------------------------------------------------------------


def _check(q: Tensor, k: Tensor, mask: Tensor | None) -> None:
    for name, tensor in (("q", q), ("k", k)):
        _check_sequence(name, tensor)
    if q.shape[-1] != k.shape[-1]:
        raise ValueError(f"q has width {q.shape[-1]} but k has width {k.shape[-1]}")
    try:
        leading = torch.broadcast_shapes(q.shape[:-2], k.shape[:-2])
    except RuntimeError:
        batches = f"q has batch dimensions {tuple(q.shape[:-2])} but k has {tuple(k.shape[:-2])}"
        raise ValueError(batches) from None
    if mask is None:
        return
    if not isinstance(mask, Tensor) or mask.dtype != torch.bool:
        raise TypeError(f"mask must be boolean, True where attending is allowed; got {_kind(mask)}")
    scores = (*leading, q.shape[-2], k.shape[-2])
    try:
        fits = torch.broadcast_shapes(mask.shape, scores) == scores
    except RuntimeError:
        fits = False
    if not fits:
        raise ValueError(f"mask has shape {tuple(mask.shape)}, which does not fit the scores' shape {scores}")


def _check_values(k: Tensor, v: Tensor) -> None:
    for name, tensor in (("k", k), ("v", v)):
        _check_sequence(name, tensor)
    if k.shape[-2] != v.shape[-2]:
        raise ValueError(f"each key needs a value, but there are {k.shape[-2]} keys and {v.shape[-2]} values")


def _check_sequence(name: str, tensor: Tensor) -> None:
    if not isinstance(tensor, Tensor) or not tensor.is_floating_point():
        raise TypeError(f"{name} must be a tensor of floating-point numbers; got {_kind(tensor)}")
    if tensor.dim() < 2:
        raise ValueError(f"{name} must have shape (…, length, width); got {tuple(tensor.shape)}")


def _kind(thing: object) -> str:
    return str(thing.dtype).removeprefix("torch.") if isinstance(thing, Tensor) else type(thing).__name__
