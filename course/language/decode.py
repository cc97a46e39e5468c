"""Decoding: a model gives the probability of the next token; these searches make a sentence of it.

    greedy        y_t = argmax p(y | y_1 … y_{t−1}, x)
    beam search   keeps the `width` best beginnings, and returns the best by
                  score(y) = log p(y | x) / lp(y)         Wu et al. 2016 (GNMT), equation 14
                  lp(y)    = ((5 + |y|) / 6)^α            α = 0.6 and width 4 in Vaswani et al. 2017

Both work for any model with the interface `Writer`: the Transformer and the recurrent ones alike.

What people usually get wrong
- without lp the short sentence wins: each token more makes log p smaller;
- the token that ends a sentence counts, in log p and in |y|;
- a sentence that has ended must be kept, and not written on: here it leaves the beam;
- after each step the caches must follow the hypotheses, so row by row they are chosen anew (`select`);
- a model in training mode drops out while it writes.
"""

from typing import Any, Protocol

import torch
from torch import Tensor

from course import expect

PADDING, BEGIN, END = 0, 1, 2  # the tokens that stand for no text


class WriterState(Protocol):
    """Where a model that writes stands; it can keep rows of its batch, in any order, also several times."""

    @property
    def memory(self) -> Any: ...

    def select(self, rows: Tensor) -> None: ...


class Source(Protocol):
    """What is read, a batch of it on one device: token numbers (B, Ls), images, sounds with pictures."""

    @property
    def device(self) -> torch.device: ...

    def __len__(self) -> int: ...


class Writer(Protocol):
    """What a model must offer here: one that reads a source and can say what comes next.

    encode: a source -> what was read.    decode: (B, Lt), what was read -> logits (B, Lt, vocabulary).
    start: what was read -> a state.      step: tokens (B,), the state, moved on -> logits (B, vocabulary).
    """

    def encode(self, source: Any) -> Any: ...
    def decode(self, target: Tensor, memory: Any) -> Tensor: ...
    def start(self, memory: Any) -> WriterState: ...
    def step(self, tokens: Tensor, state: Any) -> Tensor: ...


@torch.no_grad()
def greedy(
    model: Writer,
    source: Source,
    max_length: int = 100,
    *,
    begin: int = BEGIN,
    end: int = END,
    padding: int = PADDING,
    cached: bool = True,
) -> Tensor:
    """The likeliest token, again and again.  source: such as (B, Ls) -> (B, L), L ≤ max_length

    Each row is its sentence without `begin`, with its `end`, then `padding`; a row that finds no end is cut.
    `cached=False` computes all positions anew for each token: the same result, slowly.
    """
    _check(model, max_length)
    state = model.start(model.encode(source))
    tokens = _tokens(source, len(source), 1, filled=begin)  # (B, 1)
    ended = torch.zeros(len(source), dtype=torch.bool, device=source.device)  # (B,)
    for _ in range(max_length):
        token = _next(model, tokens, state, cached).argmax(-1).masked_fill(ended, padding)
        tokens = torch.cat([tokens, token[:, None]], dim=1)  # (B, 1 + t)
        ended = ended | (token == end)
        if ended.all():
            break
    return tokens[:, 1:]


@torch.no_grad()
def beam_search(
    model: Writer,
    source: Source,
    width: int = 4,
    length_penalty: float = 0.6,
    max_length: int = 100,
    *,
    begin: int = BEGIN,
    end: int = END,
    padding: int = PADDING,
    cached: bool = True,
) -> tuple[Tensor, Tensor]:
    """The best sentence found by keeping `width` beginnings.  source -> tokens (B, L), scores (B,)

    Tokens are as from `greedy`, which this is for a width of 1. `length_penalty` is α; with 0, log p itself
    is compared. Of a row without any ended sentence, the best beginning of `max_length` tokens is returned.
    """
    _check(model, max_length)
    expect.whole(width=width)
    if length_penalty < 0:
        raise ValueError(f"length_penalty must be 0 or more; got {length_penalty}")
    B, W = len(source), width
    row = torch.arange(B, device=source.device)[:, None]  # (B, 1)
    state = model.start(model.encode(source))
    state.select(row.expand(B, W).flatten())  # each source W times: (B·W, …)
    tokens = _tokens(source, B, W, 1, filled=begin)  # (B, W, 1)
    scores = torch.full((B, W), -torch.inf, device=source.device)  # (B, W), log p; −∞: no hypothesis here
    scores[:, 0] = 0
    best = _tokens(source, B, max_length, filled=padding)  # (B, max_length)
    best_score = torch.full((B,), -torch.inf, device=source.device)  # (B,)
    for length in range(1, max_length + 1):
        log_p = _next(model, tokens.flatten(0, 1), state, cached).float().log_softmax(-1)  # (B·W, V)
        V = log_p.shape[-1]
        longer = scores[..., None] + log_p.view(B, W, V)  # (B, W, V)
        scores, index = longer.flatten(1).topk(W)  # (B, W), of W · V
        parent, token = index // V, index % V
        tokens = torch.cat([tokens[row, parent], token[..., None]], dim=2)  # (B, W, 1 + length)
        # each of the B · W rows goes on from its parent's state
        state.select((row * W + parent).flatten())

        ended = token == end
        final = scores.masked_fill(~ended, -torch.inf) / _lp(length, length_penalty)  # (B, W)
        score, which = final.max(1)  # (B,) each
        better = score > best_score
        best[better, :length] = tokens[row[:, 0], which, 1:][better]
        best_score = torch.where(better, score, best_score)
        scores = scores.masked_fill(ended, -torch.inf)
        # log p only falls, and no length divides it by more than the longest: who can still win?
        if (scores.amax(1) / _lp(max_length, length_penalty) <= best_score).all():
            break
    none = best_score.isneginf()
    score, which = scores.max(1)  # (B,) each
    best[none, :length] = tokens[row[:, 0], which, 1:][none]
    return best[:, :length], torch.where(none, score / _lp(length, length_penalty), best_score)


def _tokens(source: Source, *shape: int, filled: int) -> Tensor:
    """Token numbers on the device of a source, which need not be of tokens itself."""
    return torch.full(shape, filled, dtype=torch.int64, device=source.device)


def _next(model: Writer, tokens: Tensor, state: WriterState, cached: bool) -> Tensor:
    """Logits about the token after these, (B, t) -> (B, vocabulary); `state` moves on only if it is used."""
    return model.step(tokens[:, -1], state) if cached else model.decode(tokens, state.memory)[:, -1]


def _lp(length: int, alpha: float) -> float:
    return ((5 + length) / 6) ** alpha


def _check(model: Writer, max_length: int) -> None:
    expect.whole(max_length=max_length)
    if getattr(model, "training", False):
        raise RuntimeError(
            "the model is in training mode, and its dropout would write along: call model.eval()"
        )
