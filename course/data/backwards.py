"""Strings of random letters, to be written backwards: the smallest task that hands a whole sequence over.

Every letter is drawn at random, so nothing can be guessed: what is right has come through. Letters are the
tokens 4 … 13; 2 ends a string, and nothing is padding, as all strings of a batch have one length.
"""

from collections.abc import Callable, Iterator, Sequence

import torch
from torch import Tensor
from torch.nn.functional import pad

from course import expect

END, FIRST, LETTERS = 2, 4, 10
VOCABULARY = FIRST + LETTERS


def strings(B: int, L: int, generator: torch.Generator | None = None) -> tuple[Tensor, Tensor]:
    """B strings of L letters, and the same backwards, each with its end: (B, L + 1) both"""
    expect.whole(B=B, L=L)
    source = torch.randint(FIRST, VOCABULARY, (B, L), generator=generator)
    end = torch.full((B, 1), END)
    return torch.cat([source, end], dim=1), torch.cat([source.flip(1), end], dim=1)


def backwards(B: int = 64, longest: int = 14, seed: int = 0) -> Iterator[tuple[Tensor, Tensor]]:
    """Batches without end, each of one length from 2 to `longest`, drawn anew."""
    expect.whole(longest=longest)
    generator = torch.Generator().manual_seed(seed)
    while True:
        L = int(torch.randint(2, longest + 1, (), generator=generator))
        yield strings(B, L, generator)


def letters_right(
    write: Callable[[Tensor, int], Tensor], lengths: Sequence[int] = (2, 4, 6, 8, 10, 12, 14), B: int = 200
) -> dict[int, float]:
    """The share of letters in their places, for each length, where a model writes by itself.

    write: (sources (B, L + 1), most tokens) -> what it writes, (B, any length)
    """
    generator, right = torch.Generator().manual_seed(1), {}
    for L in lengths:
        source, labels = strings(B, L, generator)
        said = pad(write(source, L + 1), (0, L + 1))[:, :L]  # 0 where it stopped too early
        right[L] = (said == labels[:, :L]).float().mean().item()
    return right
