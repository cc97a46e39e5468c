"""Letters as vectors: which letter follows which in English, and a table of d numbers a letter learnt of it.

    scores for the next letter = E[letter] W + b        E: (26, d), W: (d, 26), as in Bengio et al. 2003,
                                                        with a context of one letter and no hidden layer

With d = 26 and E the identity each letter has a row of scores of its own, and the loss can reach the entropy
of the pairs. With d < 26 the scores of all letters are a matrix of rank d at most; letters that behave alike
then come to lie together.

What people usually get wrong: that a narrow table could not tell the letters apart. It can, with d = 1; what
it cannot do is to let a *linear* layer give each its own answer.

The text is Python's own manual, as it lies in every installation (`pydoc_data.topics`): 465,000 characters,
247,187 pairs of letters (of Python 3.12).
"""

import math

import torch
from torch import Tensor

from course import expect

LETTERS = "abcdefghijklmnopqrstuvwxyz"
STEPS = 600


def letter_pairs() -> Tensor:
    """How often each letter (row) is followed by each (column) inside a word: (26, 26), float32"""
    from pydoc_data.topics import topics

    counts = torch.zeros(26, 26)
    for text in topics.values():
        codes = torch.tensor(list(text.lower().encode("latin-1", "replace"))) - ord("a")  # (characters,)
        pairs = torch.stack([codes[:-1], codes[1:]])
        first, second = pairs[:, ((pairs >= 0) & (pairs < 26)).all(dim=0)]
        counts += torch.bincount(26 * first + second, minlength=26 * 26).reshape(26, 26)
    return counts


def entropy(pairs: Tensor) -> float:
    """Bits for the next letter where all that pairs (26, 26) tell is known: no table does with fewer."""
    shares = pairs / pairs.sum()
    given_first = pairs / pairs.sum(dim=1, keepdim=True).clamp(min=1)
    return -torch.special.xlogy(shares, given_first).sum().item() / math.log(2)


def learn_table(pairs: Tensor, d: int, table: Tensor | None = None, seed: int = 0) -> tuple[float, Tensor]:
    """Bits for the next letter after learning, and the table (26, d); one that is handed in stays as it is.

    pairs: (26, 26), counts. All of them are one batch; the linear layer behind the table is learnt as well.
    """
    expect.whole(d=d)
    if table is not None and table.shape != (26, d):
        raise ValueError(f"table must have shape (26, {d}); got {tuple(table.shape)}")
    generator = torch.Generator().manual_seed(seed)
    codes = torch.randn(26, d, generator=generator) if table is None else table.clone()
    weights = torch.randn(d, 26, generator=generator) / math.sqrt(d)
    bias = torch.zeros(26)
    learnt = [weights, bias] if table is not None else [codes, weights, bias]
    for parameter in learnt:
        parameter.requires_grad_()
    optimizer = torch.optim.Adam(learnt, lr=0.05, foreach=True)
    shares = pairs / pairs.sum()
    for _ in range(STEPS):
        optimizer.zero_grad()
        bits = -(shares * (codes @ weights + bias).log_softmax(dim=1)).sum() / math.log(2)
        bits.backward()
        optimizer.step()
    return bits.item(), codes.detach()
