"""Attention: every query looks at every key, and takes a weighted mean of the values.

    attention(Q, K, V) = softmax(Q Kᵀ / √D) V                     Vaswani et al. 2017, equation 1
    additive(q, k, v)  = softmax(wᵀ tanh(W q + U k)) v            Bahdanau et al. 2015, appendix A.1.2
    hard(Q, K, V)      = the value whose key scores best          Xu et al. 2015, section 4.1 (who draw it)

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

from course import expect

# --- The formulas --------------------------------------------------------------------------------------


def attention_weights(q: Tensor, k: Tensor, mask: Tensor | None = None) -> Tensor:
    """How much each query attends to each key: softmax(q kᵀ / √D).

    q: (..., Lq, D), k: (..., Lk, D), mask: boolean, broadcastable to (..., Lq, Lk) -> (..., Lq, Lk)

    Rows are non-negative, sum to one, and are exactly 0 where the mask forbids. A query that may attend to
    nothing at all gets a row of zeros (the softmax alone would give NaN), as in PyTorch's own kernel.

    Raises TypeError for a dtype, ValueError for a shape and RuntimeError for a device that does not fit.
    """
    _check(q, k)
    q = q / math.sqrt(q.shape[-1])  # before the product, which float16 could not hold
    scores = q @ k.transpose(-2, -1)  # (..., Lq, Lk)
    return masked_softmax(scores, mask)


def masked_softmax(scores: Tensor, mask: Tensor | None = None) -> Tensor:
    """The softmax over the keys that the mask allows.  scores: (..., Lq, Lk) -> the same shape"""
    expect.floating("scores", scores)
    if mask is None:
        return scores.softmax(dim=-1)
    expect.mask(mask, scores.shape)
    expect.same_device("mask", mask, "the scores", scores)
    weights = scores.masked_fill(~mask, -math.inf).softmax(dim=-1)
    return weights.masked_fill(~mask, 0.0)  # 0 for NaN in rows with no key allowed


def attention(
    q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None = None, return_weights: bool = False
) -> Tensor | tuple[Tensor, Tensor]:
    """Scaled dot-product attention: for each query, the mean of the values weighted by `attention_weights`.

    q: (..., Lq, D), k: (..., Lk, D), v: (..., Lk, Dv), mask: boolean, broadcastable to (..., Lq, Lk)
    -> (..., Lq, Dv), and with `return_weights=True` also the weights (..., Lq, Lk)

    A query that may attend to nothing gives zeros. Raises as `attention_weights` does.
    """
    weights = attention_weights(q, k, mask)  # (..., Lq, Lk)
    _check_values(q, k, v)
    output = weights @ v  # (..., Lq, Dv)
    return (output, weights) if return_weights else output


def hard_attention(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """For each query, the one value whose key scores best (the first of equals).

    q: (..., Lq, D), k: (..., Lk, D), v: (..., Lk, Dv) -> (..., Lq, Dv)

    The best key is found by `argmax`, a step function: its derivative is zero wherever it exists. Gradients
    reach `v` only; `q` and `k` receive none, and so can never learn where to look.
    """
    _check(q, k)
    _check_values(q, k, v)
    if k.shape[-2] == 0:
        raise ValueError("there is no key, so none is the best")
    best = (q @ k.transpose(-2, -1)).argmax(dim=-1)  # (..., Lq)
    weights = nn.functional.one_hot(best, k.shape[-2]).to(v.dtype)  # (..., Lq, Lk)
    return weights @ v  # (..., Lq, Dv)


# --- Masks ---------------------------------------------------------------------------------------------

WHOLE_NUMBERS = (torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64)


def causal_mask(L: int, device: torch.device | str | None = None) -> Tensor:
    """The mask of a reader who cannot see the future: position i may attend to 0 … i.  -> (L, L), boolean"""
    expect.whole(L=L)
    return torch.ones(L, L, dtype=torch.bool, device=device).tril()


def padding_mask(lengths: Tensor, L: int) -> Tensor:
    """The mask that hides the padding behind sequences of these lengths: (B,) -> (B, 1, 1, L), boolean.

    The two dimensions of 1 stand for heads and queries: they all may see the same keys.
    """
    expect.whole(L=L)
    if not isinstance(lengths, Tensor) or lengths.dim() != 1 or lengths.dtype not in WHOLE_NUMBERS:
        raise TypeError("lengths must be a tensor of whole numbers, one a sequence: torch.tensor([5, 3])")
    if expect.at_hand(lengths) and ((lengths < 0) | (lengths > L)).any():
        raise ValueError(f"lengths must be from 0 to L = {L}; got {lengths.tolist()}")
    return torch.arange(L, device=lengths.device) < lengths[:, None, None, None]  # (B, 1, 1, L)


# --- Layers --------------------------------------------------------------------------------------------


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
        expect.whole(d=d)
        self.query = nn.Linear(d, d, bias=False)
        self.key = nn.Linear(d, d, bias=False)
        self.value = nn.Linear(d, d, bias=False)

    def forward(
        self, x: Tensor, mask: Tensor | None = None, return_weights: bool = False
    ) -> Tensor | tuple[Tensor, Tensor]:
        expect.channels_last("x", x, self.query.in_features, self.query.weight)
        q, k, v = self.query(x), self.key(x), self.value(x)  # (..., L, d) each
        return attention(q, k, v, mask, return_weights)


class AdditiveAttention(nn.Module):
    """Bahdanau's attention: a small network scores each query against each key, score = wᵀ tanh(W q + U k).

    q: (B, Lq, Dq), k: (B, Lk, Dk), v: (B, Lk, Dv), mask: boolean, broadcastable to (B, Lq, Lk)
    -> the output (B, Lq, Dv) and the weights (B, Lq, Lk)

    Parameters: hidden (Dq + Dk + 1), in three bias-free layers. Costs Lq · Lk · hidden tanh's, where the dot
    product needs one matrix product: the reason why the Transformer left it behind.
    """

    def __init__(self, query_dim: int, key_dim: int, hidden: int):
        super().__init__()
        expect.whole(query_dim=query_dim, key_dim=key_dim, hidden=hidden)
        self.query = nn.Linear(query_dim, hidden, bias=False)  # W
        self.key = nn.Linear(key_dim, hidden, bias=False)  # U
        self.score = nn.Linear(hidden, 1, bias=False)  # w

    def forward(self, q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None = None) -> tuple[Tensor, Tensor]:
        expect.tokens("q", q, self.query.in_features, self.query.weight)
        expect.tokens("k", k, self.key.in_features, self.key.weight)
        _check_values(q, k, v)
        if not len(q) == len(k) == len(v) or v.dim() != 3:
            shapes = ", ".join(str(tuple(tensor.shape)) for tensor in (q, k, v))
            raise ValueError(f"q, k and v must be batches of the same size, (B, length, width); got {shapes}")
        return self.attend(q, self.key(k), v, mask)

    def attend(self, q: Tensor, keys: Tensor, v: Tensor, mask: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """The same from keys U k, (B, Lk, hidden), which a decoder that asks step by step computes once."""
        sums = self.query(q)[:, :, None] + keys[:, None]  # (B, Lq, Lk, hidden)
        scores = self.score(sums.tanh()).squeeze(-1)  # (B, Lq, Lk)
        weights = masked_softmax(scores, mask)
        return weights @ v, weights


# --- Wrong use, said in the reader's words -------------------------------------------------------------


def _check(q: Tensor, k: Tensor) -> None:
    for name, tensor in (("q", q), ("k", k)):
        _check_sequence(name, tensor)
    if q.shape[-1] != k.shape[-1]:
        raise ValueError(f"q has width {q.shape[-1]} but k has width {k.shape[-1]}")
    expect.together("q", q, "k", k)
    expect.batches("q", q, "k", k)


def _check_values(q: Tensor, k: Tensor, v: Tensor) -> None:
    for name, tensor in (("k", k), ("v", v)):
        _check_sequence(name, tensor)
    if k.shape[-2] != v.shape[-2]:
        raise ValueError(f"each key needs a value, but there are {k.shape[-2]} keys and {v.shape[-2]} values")
    expect.together("k", k, "v", v)
    expect.batches("q", q, "v", v)
    expect.batches("k", k, "v", v)


def _check_sequence(name: str, tensor: Tensor) -> None:
    expect.floating(name, tensor)
    if tensor.dim() < 2:
        raise ValueError(f"{name} must have shape (…, length, width); got {tuple(tensor.shape)}")
