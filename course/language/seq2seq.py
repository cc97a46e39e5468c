"""Sequence to sequence before the Transformer: one recurrent network reads, another writes.

    reading     h_j = [forward_j; backward_j], a GRU or LSTM in each direction
    first state s_0 = tanh(W_0 [forward_last; backward_first])
    writing     s_t = cell([e(y_{t−1}); c_t], s_{t−1})
    output      logits_t = E tanh(W [s_t; c_t; e(y_{t−1})])
    context     c_t = [forward_last; backward_first] for all t   Cho et al. 2014, Sutskever et al. 2014
                c_t = Σ_j α_tj h_j, α_t = softmax_j(wᵀ tanh(W s_{t−1} + U h_j))   Bahdanau et al. 2015

Without attention a sentence, however long, must pass through one vector of fixed size; attention makes a
context for every word written. Here that one line is all that differs.

What people usually get wrong
- the scores use the state *before* step t, s_{t−1}: s_t is made with the context that they choose;
- U h_j does not depend on t: it is computed once a sentence, not once a step;
- a reader that runs on into the padding: its last state is then about nothing;
- without a mask attention looks at the padding, too, as if it were words.

Parameters, with V tokens, embedding width D and state width H, for a GRU (an LSTM has 4 where it says 3):
V·D + 2·3(H·D + H² + 2H) + 2H² + H + 3(H(D + 2H) + H² + 2H) + (3H + D)·D + D, and 3H² + H more with attention.
Simplified: one layer; the first state from both directions (Bahdanau: backward only; an LSTM's cell starts at
zero); a tanh layer and the shared embedding for output, where the paper has maxout and a matrix of its own.
Paper: WMT 2014 English–French, sentences up to 50 words, 17.82 BLEU without and 26.75 with attention.
"""

import math
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from course import expect
from course.attention import AdditiveAttention
from course.record import Record, keep


class GRUCell(nn.GRUCell):
    """PyTorch's cell, with its state in a tuple of one, as an LSTM's is a tuple of two."""

    def forward(  # type: ignore[override]  # the state in a tuple, in and out
        self, x: Tensor, state: tuple[Tensor, ...]
    ) -> tuple[Tensor, ...]:
        return (super().forward(x, state[0]),)


CELLS: dict[str, tuple[Any, Any, int]] = {  # who reads, the cell that writes, and the tensors of its state
    "gru": (nn.GRU, GRUCell, 1),
    "lstm": (nn.LSTM, nn.LSTMCell, 2),
}


@dataclass
class Memory:
    """What was read: x (B, Ls, 2H), a summary (B, 2H), and a mask (B, 1, Ls) that hides the padding.

    With attention also the keys U h, (B, Ls, H).
    """

    x: Tensor
    summary: Tensor
    mask: Tensor
    keys: Tensor | None = None

    def select(self, rows: Tensor) -> "Memory":
        """These rows of the batch, in this order."""
        keys = None if self.keys is None else self.keys[rows]
        return Memory(self.x[rows], self.summary[rows], self.mask[rows], keys)


@dataclass
class State:
    """Where a decoder that writes token by token stands: what was read, and the cell's state, (B, H) each."""

    memory: Memory
    cell: tuple[Tensor, ...]

    def select(self, rows: Tensor) -> None:
        """Keep these rows of the batch, in this order: what a beam search does after each step."""
        self.memory = self.memory.select(rows)
        self.cell = tuple(part[rows] for part in self.cell)


class Seq2Seq(nn.Module):
    """A recurrent encoder–decoder with one fixed context, over one vocabulary for both languages.

    source: (B, Ls) and target: (B, Lt), token numbers, `padding` behind -> logits (B, Lt, vocabulary);
    logits[:, i] are about target token i + 1. `dim` is the width of the embedding, `hidden` the state's,
    `cell` "gru" or "lstm". The same interface as `course.language.transformer.Transformer`, without a longest
    length.
    Attention, or another idea of context, overrides `context`.
    """

    def __init__(
        self,
        vocabulary: int,
        dim: int = 620,
        hidden: int = 1000,
        cell: str = "gru",
        *,
        dropout: float = 0.1,
        padding: int = 0,
    ):
        super().__init__()
        expect.whole(vocabulary=vocabulary, dim=dim, hidden=hidden)
        expect.one_of("cell", cell, CELLS)
        expect.rate(dropout=dropout)
        expect.a_token("padding", padding, vocabulary)
        reader, writer, self.parts = CELLS[cell]
        self.padding = padding
        self.embedding = nn.Embedding(vocabulary, dim)
        nn.init.normal_(self.embedding.weight, std=dim**-0.5)  # × √dim is 1
        self.dropout = nn.Dropout(dropout)
        self.encoder = reader(dim, hidden, bidirectional=True, batch_first=True)
        self.first = nn.Linear(2 * hidden, hidden)
        self.decoder = writer(dim + 2 * hidden, hidden)
        self.output = nn.Linear(3 * hidden + dim, dim)

    def forward(self, source: Tensor, target: Tensor, record: Record | None = None) -> Tensor:
        """Teacher forcing: each target position is told the true tokens before it."""
        if expect.at_hand(target):
            expect.padding_behind("target", target != self.padding)
        return self.decode(target, self.encode(source, record), record)

    def embed(self, name: str, ids: Tensor) -> Tensor:
        """(B, L) -> (B, L, dim)"""
        vocabulary, dim = self.embedding.weight.shape
        expect.token_ids(name, ids, vocabulary, self.embedding.weight)
        expect.not_empty(name, ids)
        return self.dropout(self.embedding(ids) * math.sqrt(dim))

    def encode(self, source: Tensor, record: Record | None = None) -> Memory:
        """Read the source, (B, Ls), as far as each row goes, in both directions."""
        x = self.embed("source", source)  # (B, Ls, dim)
        mask = source != self.padding  # (B, Ls)
        lengths = mask.sum(1).cpu()  # the loop over time is steered from the CPU
        if lengths.min() < 1:
            raise ValueError(f"row {int(lengths.argmin())} of source holds nothing but padding")
        expect.padding_behind("source", mask)
        packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
        states, last = self.encoder(packed)
        x, _ = pad_packed_sequence(states, batch_first=True, total_length=source.shape[1])  # (B, Ls, 2H)
        last = last if isinstance(last, Tensor) else last[0]  # of an LSTM its h, not its c: (2, B, H)
        summary = torch.cat([last[0], last[1]], dim=1)  # (B, 2H)
        return Memory(x, summary, mask[:, None])  # the mask: (B, 1, Ls)

    def decode(self, target: Tensor, memory: Memory, record: Record | None = None) -> Tensor:
        """Logits at every position of the target, one after the other: (B, Lt) -> (B, Lt, vocabulary)"""
        x = self.embed("target", target)  # (B, Lt, dim)
        expect.same_batch("target", target, "the memory", memory.x)
        state = self.start(memory)
        seen: Record | None = None if record is None else {}
        steps = [self.advance(token, state, seen) for token in x.unbind(1)]
        if seen:
            keep(record, "cross_weights", torch.cat(seen["cross_weights"], dim=2))  # (B, 1, Lt, Ls)
        return self.logits(torch.stack(steps, dim=1))  # of (B, Lt, 3H + dim)

    def start(self, memory: Memory) -> State:
        """Ready to write the first token."""
        s = self.first(memory.summary).tanh()  # (B, H)
        return State(memory, (s, torch.zeros_like(s))[: self.parts])

    def step(self, tokens: Tensor, state: State, record: Record | None = None) -> Tensor:
        """One more token a row, (B,) -> logits about the next, (B, vocabulary); `state` moves on."""
        expect.next_tokens("tokens", tokens)
        x = self.embed("tokens", tokens[:, None])[:, 0]  # (B, dim)
        expect.same_batch("tokens", tokens, "the state", state.memory.x)
        return self.logits(self.advance(x, state, record))

    def advance(self, x: Tensor, state: State, record: Record | None = None) -> Tensor:
        """One step of the cell: an embedded token (B, dim) -> [s_t; c_t; e(y_{t−1})], (B, 3H + dim)"""
        c = self.context(state.cell[0], state.memory, record)  # (B, 2H)
        state.cell = self.decoder(torch.cat([x, c], dim=1), state.cell)
        return torch.cat([state.cell[0], c, x], dim=1)

    def context(self, s: Tensor, memory: Memory, record: Record | None = None) -> Tensor:
        """What the next step is told of the source: here always its summary. s: (B, H) -> (B, 2H)"""
        return memory.summary

    def logits(self, x: Tensor) -> Tensor:
        """Scores of all tokens, by the transposed embedding: (..., 3H + dim) -> (..., vocabulary)"""
        return self.dropout(self.output(x).tanh()) @ self.embedding.weight.T


class AttentiveSeq2Seq(Seq2Seq):
    """The same with Bahdanau's attention: each step chooses its context by the state before it.

    A `record` keeps "cross_weights": one (B, 1, Lt, Ls) of `forward` and `decode`, a (B, 1, 1, Ls) of `step`.
    """

    def __init__(
        self, vocabulary: int, dim: int = 620, hidden: int = 1000, cell: str = "gru", **options: Any
    ):
        super().__init__(vocabulary, dim, hidden, cell, **options)
        self.attention = AdditiveAttention(hidden, 2 * hidden, hidden)

    def encode(self, source: Tensor, record: Record | None = None) -> Memory:
        memory = super().encode(source, record)
        memory.keys = self.attention.key(memory.x)  # U h_j for all j, once: (B, Ls, H)
        return memory

    def context(self, s: Tensor, memory: Memory, record: Record | None = None) -> Tensor:
        """The states of the reader, weighted by what the writer's state asks for: s: (B, H) -> (B, 2H)"""
        if memory.keys is None:
            raise ValueError("the memory has no keys: it was read by a model without attention")
        c, weights = self.attention.attend(s[:, None], memory.keys, memory.x, memory.mask)  # (B, 1, ·) each
        keep(record, "cross_weights", weights[:, None])  # (B, 1, 1, Ls)
        return c[:, 0]


VARIANTS: dict[str, tuple[type[Seq2Seq], dict[str, Any]]] = {
    "gru": (Seq2Seq, dict(cell="gru", dim=620, hidden=1000)),
    "gru+attention": (AttentiveSeq2Seq, dict(cell="gru", dim=620, hidden=1000)),
    "lstm": (Seq2Seq, dict(cell="lstm", dim=620, hidden=1000)),
    "lstm+attention": (AttentiveSeq2Seq, dict(cell="lstm", dim=620, hidden=1000)),
}


def build(variant: str, vocabulary: int, **overrides: Any) -> Seq2Seq:
    """A variant at the sizes of Bahdanau's paper: `build("gru+attention", vocabulary=30_000)`."""
    expect.variant(variant, VARIANTS)
    model, sizes = VARIANTS[variant]
    return model(vocabulary, **{**sizes, **overrides})
