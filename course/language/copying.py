"""Copying, the easiest task from sequence to sequence: what goes through one vector, and what does not.

A row of digits is read and written again by `course.language.seq2seq`, through one fixed context or with
Bahdanau's attention. The digits are drawn afresh in each batch, so nothing can be learnt by heart; the chance
of guessing one is 0.1.

What people usually get wrong: to measure on lengths that were trained for only, or with whole rows right or
wrong, where one number hides that the *first* digits still come through.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from course import expect
from course.language.seq2seq import AttentiveSeq2Seq, Seq2Seq

PADDING, START, FIRST = 0, 1, 2  # tokens; the digits 0 to 9 are FIRST, FIRST + 1, …
DIGITS = 10
BATCH, RATE, CLIP = 32, 1e-2, 1.0
ASKED = 200  # rows of each length


def rows(lengths: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Random digits: lengths (B,) -> source (B, L), padded behind, and what the writer is told (B, L)"""
    B, L = len(lengths), int(lengths.max())
    source = torch.randint(FIRST, FIRST + DIGITS, (B, L), generator=generator)
    source[torch.arange(L) >= lengths[:, None]] = PADDING
    return source, F.pad(source, (1, -1), value=START)  # one place later, behind the start


def learn_to_copy(
    hidden: int, *, looks_back: bool, longest: int = 10, steps: int = 400, seed: int = 0
) -> Seq2Seq:
    """A GRU of `hidden` numbers that has learnt to copy 1 to `longest` digits, about 5 to 8 seconds' work."""
    expect.whole(hidden=hidden, longest=longest, steps=steps)
    generator = torch.Generator().manual_seed(seed)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        kind = AttentiveSeq2Seq if looks_back else Seq2Seq
        model = kind(FIRST + DIGITS, dim=24, hidden=hidden, dropout=0.0, padding=PADDING)
    optimizer = torch.optim.Adam(model.parameters(), lr=RATE, foreach=True)
    for _ in range(steps):
        source, told = rows(torch.randint(1, longest + 1, (BATCH,), generator=generator), generator)
        loss = F.cross_entropy(model(source, told).flatten(0, 1), source.flatten(), ignore_index=PADDING)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), CLIP)
        optimizer.step()
    return model.eval()


def share_copied(model: Seq2Seq, lengths: Sequence[int], seed: int = 1) -> list[float]:
    """What share of the digits of fresh rows is written rightly at each length, told the true ones before."""
    generator = torch.Generator().manual_seed(seed)
    shares = []
    for length in lengths:
        source, told = rows(torch.full((ASKED,), length), generator)
        with torch.no_grad():
            written = model(source, told).argmax(dim=-1)  # (ASKED, length)
        shares.append((written == source).float().mean().item())
    return shares
