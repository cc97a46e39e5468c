"""Multi-head attention: several attentions side by side, each free to look somewhere else.

    MultiHead(Q, K, V) = Concat(head_1, …, head_h) W_O        head_i = attention(Q W_Qi, K W_Ki, V W_Vi)

                                                              Vaswani et al. 2017, section 3.2.2

What people usually get wrong
- the scale is 1/√D with D the width of *one* head, dim / h, not of the model;
- splitting the heads with a reshape alone: (B, L, h, D) must still be *transposed* to (B, h, L, D);
- forgetting W_O, without which no head ever meets another;
- a padding mask of shape (B, L) where (B, 1, 1, L) is needed to meet scores of shape (B, h, Lq, Lk).

Parameters: 4 dim² + 4 dim, whatever the number of heads.
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn.functional import dropout, scaled_dot_product_attention

from course import expect
from course.attention import attention_weights
from course.record import Record, keep


class KeyValueCache:
    """The keys and values of the positions decoded so far, so that each is computed once.

    A decoder that appends one token a step needs the *query* of the new token only, but the keys and values
    of all tokens before it.
    """

    def __init__(self) -> None:
        self.k: Tensor | None = None  # (B, h, L, D)
        self.v: Tensor | None = None

    def append(self, k: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
        """Add the keys and values of new positions: (B, h, new, D) each -> all of them, (B, h, L, D)"""
        if self.k is not None and self.v is not None:
            expect.same_batch("x", k, "the cache", self.k)
            k, v = torch.cat([self.k, k], dim=2), torch.cat([self.v, v], dim=2)
        self.k, self.v = k, v
        return k, v

    def fill(self, compute: Callable[[], tuple[Tensor, Tensor]]) -> tuple[Tensor, Tensor]:
        """What is kept, computed first where nothing is kept yet."""
        if self.k is None or self.v is None:
            self.k, self.v = compute()
        return self.k, self.v

    def select(self, rows: Tensor) -> None:
        """Keep these rows of the batch, in this order: what a beam search does after each step."""
        if self.k is not None and self.v is not None:
            self.k, self.v = self.k[rows], self.v[rows]


class MultiHeadAttention(nn.Module):
    """h attentions side by side, each on its own D = dim / h channels: self, cross, masked or step by step.

    x: (B, Lq, dim), memory: (B, Lk, memory_dim), mask: boolean, (Lq, Lk) or broadcastable to (B, h, Lq, Lk)
    -> (B, Lq, dim)

    Queries come from `x`; keys and values from `memory`, or from `x` itself where there is none
    (self-attention). With a `cache`, `x` holds the new positions only and attends to the earlier ones too;
    one new position needs no causal mask, and several need its last rows.
    With a `record`, the weights (B, h, Lq, Lk) are kept under `name` and the explicit formula runs; otherwise
    PyTorch's fused kernel does, which gives the same numbers without ever holding the weights.

    Parameters: 4 dim² + 4 dim, with memory of the same width. `dropout` acts on the weights.
    A variant overrides `queries` and `keys_and_values` (where they come from) or `attend` (what is done with
    them).
    """

    def __init__(
        self, dim: int, heads: int, *, memory_dim: int | None = None, bias: bool = True, dropout: float = 0.0
    ):
        super().__init__()
        expect.divisible("dim", dim, "heads", heads)
        memory_dim = dim if memory_dim is None else memory_dim
        expect.whole(memory_dim=memory_dim)
        expect.rate(dropout=dropout)
        self.heads, self.dropout = heads, dropout
        self.query = nn.Linear(dim, dim, bias=bias)
        self.key = nn.Linear(memory_dim, dim, bias=bias)
        self.value = nn.Linear(memory_dim, dim, bias=bias)
        self.output = nn.Linear(dim, dim)

    def forward(
        self,
        x: Tensor,
        memory: Tensor | None = None,
        mask: Tensor | None = None,
        cache: KeyValueCache | None = None,
        record: Record | None = None,
        name: str = "weights",
    ) -> Tensor:
        expect.tokens("x", x, self.query.in_features, self.query.weight)
        if memory is not None:
            expect.tokens("memory", memory, self.key.in_features, self.key.weight)
            expect.same_batch("x", x, "memory", memory)
        elif x.shape[-1] != self.key.in_features:
            raise ValueError(f"this layer reads a memory of width {self.key.in_features}, but there is none")
        q = self.queries(x)  # (B, h, Lq, D)
        if cache is None:
            k, v = self.keys_and_values(x if memory is None else memory)  # (B, h, Lk, D) each
        elif memory is None:
            k, v = cache.append(*self.keys_and_values(x))  # the new positions join the earlier ones
        else:
            k, v = cache.fill(lambda: self.keys_and_values(memory))  # a memory never changes: once will do
        if mask is not None:
            _check_mask(mask, (*q.shape[:-1], k.shape[-2]))
            expect.same_device("mask", mask, "x", x)
        y = self.attend(q, k, v, mask, record, name)  # (B, h, Lq, D)
        return self.output(y.transpose(1, 2).flatten(2))  # (B, Lq, dim)

    def queries(self, x: Tensor) -> Tensor:
        """The queries of every head: (B, Lq, dim) -> (B, h, Lq, D)"""
        return self.split(self.query(x))

    def keys_and_values(self, memory: Tensor) -> tuple[Tensor, Tensor]:
        """The keys and values of every head: (B, Lk, memory_dim) -> (B, h, Lk, D) each"""
        return self.split(self.key(memory)), self.split(self.value(memory))

    def split(self, x: Tensor) -> Tensor:
        """(B, L, h·D) -> (B, h, L, D)"""
        return x.unflatten(-1, (self.heads, -1)).transpose(1, 2)

    def attend(
        self, q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None, record: Record | None, name: str
    ) -> Tensor:
        """Attention in every head, fused or explicit: (B, h, Lq, D)."""
        p = self.dropout if self.training else 0.0
        if record is None:
            return scaled_dot_product_attention(q, k, v, attn_mask=mask, dropout_p=p)
        weights = attention_weights(q, k, mask)  # (B, h, Lq, Lk)
        keep(record, name, weights)
        return dropout(weights, p) @ v


def _check_mask(mask: Tensor, scores: tuple[int, ...]) -> None:
    expect.mask(mask, scores)
    if mask.dim() not in (2, 4):  # (B, Lq, Lk) would be read as (h, Lq, Lk), and pass unnoticed where B = h
        raise ValueError(
            f"mask has shape {tuple(mask.shape)}, but with heads it must be (Lq, Lk) or (B, 1 or h, Lq, Lk): "
            "mask[:, None] makes the latter of a (B, Lq, Lk)"
        )
