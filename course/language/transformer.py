"""The Transformer: an encoder that reads, a decoder that writes, and nothing but attention between.

    PE[pos, 2i] = sin(pos / 10000^(2i/d)), …        what tells the tokens apart by their place; section 3.5
    memory = encoder(√d E[source] + PE)             six layers of self-attention and MLP
    logits = decoder(√d E[target] + PE, memory) Eᵀ  six layers more, each looking at the memory as well

    Vaswani et al. 2017, figure 1; the layers are in `course.language.transformer_layers`.

What people usually get wrong
- the paper is *post*-norm, and has no LayerNorm behind its last layer; pre-norm needs that one, since nothing
  else ever normalises the sum. `torch.nn.Transformer` is post-norm and adds the final ones all the same;
- the embedding is multiplied by √dim before the positions are added;
- one matrix embeds the source, embeds the target, and turns the output into logits (section 3.4);
- the decoder reads its target shifted by one: position i sees 0 … i and predicts i + 1.

Parameters: base, 6 + 6 layers and 37,000 tokens: 63,082,496; the paper's table says 65 million.
Paper: WMT 2014 English–German 27.3 BLEU (base), 28.4 (big); English–French 38.1 and 41.8.
"""

import math
from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn

from course import expect
from course.attention import causal_mask
from course.language.transformer_layers import DecoderLayer, EncoderLayer, LayerCache
from course.layers import xavier
from course.position import sinusoidal
from course.record import Record, keep


@dataclass
class Memory:
    """What the encoder read: x (B, Ls, dim), and a mask (B, 1, 1, Ls) that hides the padding."""

    x: Tensor
    mask: Tensor


@dataclass
class State:
    """Where a decoder that writes token by token stands: what was read, what is cached, how far it is."""

    memory: Memory
    caches: list[LayerCache]
    position: int = 0

    def select(self, rows: Tensor) -> None:
        """Keep these rows of the batch, in this order: what a beam search does after each step."""
        self.memory = Memory(self.memory.x[rows], self.memory.mask[rows])
        for cache in self.caches:
            cache.select(rows)


class Transformer(nn.Module):
    """The encoder–decoder of the paper, over one vocabulary for both languages.

    source: (B, Ls) and target: (B, Lt), token numbers, padded with `padding` -> logits (B, Lt, vocabulary);
    logits[:, i] are about target token i + 1. At most `max_length` tokens a side.
    """

    position: Tensor

    def __init__(
        self,
        vocabulary: int,
        dim: int = 512,
        heads: int = 8,
        hidden: int = 2048,
        layers: int = 6,
        *,
        norm: str = "post",
        activation: nn.Module | None = None,
        dropout: float = 0.1,
        max_length: int = 1024,
        padding: int = 0,
    ):
        super().__init__()
        expect.whole(vocabulary=vocabulary, dim=dim, hidden=hidden, layers=layers, max_length=max_length)
        expect.divisible("dim", dim, "heads", heads)
        expect.rate(dropout=dropout)
        expect.a_token("padding", padding, vocabulary)
        self.padding = padding
        self.embedding = nn.Embedding(vocabulary, dim)
        nn.init.normal_(self.embedding.weight, std=dim**-0.5)  # × √dim is 1, the scale of the positions
        self.register_buffer("position", sinusoidal(max_length, dim), persistent=False)  # (max_length, dim)
        self.dropout = nn.Dropout(dropout)
        options: dict[str, Any] = dict(norm=norm, activation=activation or nn.ReLU(), dropout=dropout)
        self.encoder = nn.ModuleList(EncoderLayer(dim, heads, hidden, **options) for _ in range(layers))
        self.decoder = nn.ModuleList(DecoderLayer(dim, heads, hidden, **options) for _ in range(layers))
        final = nn.LayerNorm if norm == "pre" else nn.Identity  # post-norm layers end normalised
        self.encoder_norm, self.decoder_norm = final(dim), final(dim)
        xavier(self.encoder, self.decoder)

    def forward(self, source: Tensor, target: Tensor, record: Record | None = None) -> Tensor:
        """Teacher forcing: all target positions at once, each told the true tokens before it."""
        if expect.at_hand(target):
            expect.padding_behind("target", target != self.padding)
        return self.decode(target, self.encode(source, record), record)

    def embed(self, name: str, ids: Tensor, start: int = 0) -> Tensor:
        """Tokens and their positions: (B, L) -> (B, L, dim)"""
        vocabulary, dim = self.embedding.weight.shape
        expect.token_ids(name, ids, vocabulary, self.embedding.weight)
        expect.not_empty(name, ids)
        end = start + ids.shape[1]
        if end > len(self.position):
            raise ValueError(f"{name} has {end} tokens but this model takes at most {len(self.position)}")
        x = self.embedding(ids) * math.sqrt(dim) + self.position[start:end]  # (B, L, dim)
        return self.dropout(x)

    def encode(self, source: Tensor, record: Record | None = None) -> Memory:
        """Read the source: (B, Ls) -> the memory, (B, Ls, dim) and its mask. Weights: "encoder_weights"."""
        x = self.embed("source", source)  # (B, Ls, dim)
        real = source != self.padding  # (B, Ls)
        if expect.at_hand(source):  # elsewhere the positions of a row count its padding, too
            expect.padding_behind("source", real)
        mask = real[:, None, None]  # (B, 1, 1, Ls)
        seen: Record | None = None if record is None else {}
        for layer in self.encoder:
            x = layer(x, mask, record=seen)
        for weights in (seen or {}).get("weights", []):
            keep(record, "encoder_weights", weights)
        return Memory(self.encoder_norm(x), mask)

    def decode(self, target: Tensor, memory: Memory, record: Record | None = None) -> Tensor:
        """Logits at every position of the target: (B, Lt) -> (B, Lt, vocabulary)"""
        x = self.embed("target", target)  # (B, Lt, dim)
        expect.same_batch("target", target, "the memory", memory.x)
        mask = causal_mask(target.shape[1], target.device)  # (Lt, Lt)
        for layer in self.decoder:
            x = layer(x, memory.x, mask, memory.mask, record=record)
        return self.logits(x)

    def start(self, memory: Memory) -> State:
        """Ready to write the first token."""
        return State(memory, [LayerCache() for _ in self.decoder])

    def step(self, tokens: Tensor, state: State, record: Record | None = None) -> Tensor:
        """One more token a row, (B,) -> logits about the next, (B, vocabulary); `state` moves on.

        Equal to the last position of `decode` on all tokens so far, without computing the others again.
        """
        expect.next_tokens("tokens", tokens)
        x = self.embed("tokens", tokens[:, None], state.position)  # (B, 1, dim)
        expect.same_batch("tokens", tokens, "the state", state.memory.x)
        for layer, cache in zip(self.decoder, state.caches):
            x = layer(x, state.memory.x, None, state.memory.mask, cache, record)
        state.position += 1
        return self.logits(x)[:, 0]

    def logits(self, x: Tensor) -> Tensor:
        """Scores of all tokens, by the transposed embedding: (B, L, dim) -> (B, L, vocabulary)"""
        return self.decoder_norm(x) @ self.embedding.weight.T


VARIANTS = {
    "base": dict(dim=512, heads=8, hidden=2048, layers=6, dropout=0.1),
    "big": dict(dim=1024, heads=16, hidden=4096, layers=6, dropout=0.3),
}


def build(variant: str, vocabulary: int, **overrides: Any) -> Transformer:
    """A variant of the paper: `build("base", vocabulary=37_000)`; keyword arguments override its table."""
    expect.variant(variant, VARIANTS)
    return Transformer(vocabulary, **{**VARIANTS[variant], **overrides})
