"""The two layers that a Transformer is made of: one that reads, and one that writes and looks back.

    layer (post-norm)   x ← LN(x + sublayer(x))        Vaswani et al. 2017, section 3.1
    layer (pre-norm)    x ← x + sublayer(LN(x))        Xiong et al. 2020; what ViT and GPT use

An encoder layer has two sublayers, self-attention and an MLP; a decoder layer has a third between them, which
attends to what the encoder read.

Parameters, with width d and n hidden units: 4d² + 2dn + n + 9d, and 8d² + 2dn + n + 15d in the decoder.
"""

from dataclasses import dataclass, field

from torch import Tensor, nn

from course import expect
from course.layers import MLP, StochasticDepth, beside
from course.multihead import KeyValueCache, MultiHeadAttention
from course.record import Record


class EncoderLayer(nn.Module):
    """Self-attention, then an MLP, each beside a way around it: x: (B, N, dim) -> (B, N, dim)

    norm: "pre" or "post". `dropout` acts on attention weights, hidden units and what each branch adds;
    `drop_path` is the rate of stochastic depth. With a `cache`, x holds the new positions only. With a
    `record`, the attention weights are kept.
    """

    def __init__(
        self,
        dim: int,
        heads: int,
        hidden: int,
        *,
        norm: str = "post",
        activation: nn.Module | None = None,
        dropout: float = 0.0,
        drop_path: float = 0.0,
        eps: float = 1e-5,
    ):
        super().__init__()
        expect.one_of("norm", norm, ["pre", "post"])
        self.pre_norm = norm == "pre"
        self.attention = MultiHeadAttention(dim, heads, dropout=dropout)
        self.mlp = MLP(dim, hidden, activation, dropout)
        self.norm1 = nn.LayerNorm(dim, eps)
        self.norm2 = nn.LayerNorm(dim, eps)
        # what happens to a branch before it is added to the way around it
        self.after_attention = nn.Sequential(nn.Dropout(dropout), StochasticDepth(drop_path))
        self.after_mlp = nn.Sequential(StochasticDepth(drop_path))  # the MLP ends with its own dropout

    def forward(
        self,
        x: Tensor,
        mask: Tensor | None = None,
        cache: KeyValueCache | None = None,
        record: Record | None = None,
    ) -> Tensor:
        expect.tokens("x", x, self.attention.query.in_features, self.norm1.weight)

        def attend(x: Tensor) -> Tensor:
            return self.after_attention(self.attention(x, mask=mask, cache=cache, record=record))

        if self.pre_norm:
            x = beside(x, attend(self.norm1(x)))
            return beside(x, self.after_mlp(self.mlp(self.norm2(x))))
        x = self.norm1(x + attend(x))
        return self.norm2(x + self.after_mlp(self.mlp(x)))


@dataclass
class LayerCache:
    """What one decoder layer remembers from step to step: keys and values, its own and the memory's."""

    own: KeyValueCache = field(default_factory=KeyValueCache)
    memory: KeyValueCache = field(default_factory=KeyValueCache)

    def select(self, rows: Tensor) -> None:
        """Keep these rows of the batch, in this order."""
        self.own.select(rows)
        self.memory.select(rows)


class DecoderLayer(nn.Module):
    """Masked self-attention, attention to the memory, then an MLP: x: (B, Lt, dim), memory: (B, Ls, dim)

    -> (B, Lt, dim). `mask` says what a target position may see of the target, `memory_mask` what it may see
    of the source. With a `cache`, x holds the new positions only. A `record` keeps "weights" and
    "cross_weights".
    """

    def __init__(
        self,
        dim: int,
        heads: int,
        hidden: int,
        *,
        norm: str = "post",
        activation: nn.Module | None = None,
        dropout: float = 0.0,
        eps: float = 1e-5,
    ):
        super().__init__()
        expect.one_of("norm", norm, ["pre", "post"])
        self.pre_norm = norm == "pre"
        self.attention = MultiHeadAttention(dim, heads, dropout=dropout)
        self.cross_attention = MultiHeadAttention(dim, heads, dropout=dropout)
        self.mlp = MLP(dim, hidden, activation, dropout)
        self.norm1, self.norm2, self.norm3 = (nn.LayerNorm(dim, eps) for _ in range(3))
        self.dropout = nn.Dropout(dropout)

    def forward(
        self,
        x: Tensor,
        memory: Tensor,
        mask: Tensor | None = None,
        memory_mask: Tensor | None = None,
        cache: LayerCache | None = None,
        record: Record | None = None,
    ) -> Tensor:
        for name, tokens in (("x", x), ("memory", memory)):
            expect.tokens(name, tokens, self.attention.query.in_features, self.norm1.weight)
        own_cache, memory_cache = (cache.own, cache.memory) if cache else (None, None)

        def own(x: Tensor) -> Tensor:
            return self.dropout(self.attention(x, mask=mask, cache=own_cache, record=record))

        def cross(x: Tensor) -> Tensor:
            attend = self.cross_attention
            y = attend(x, memory, memory_mask, cache=memory_cache, record=record, name="cross_weights")
            return self.dropout(y)

        if self.pre_norm:
            x = x + own(self.norm1(x))
            x = x + cross(self.norm2(x))
            return x + self.mlp(self.norm3(x))
        x = self.norm1(x + own(x))
        x = self.norm2(x + cross(x))
        return self.norm3(x + self.mlp(x))
