"""Answers to `causal_mask`: True where key j is not later than query i."""

from benchmarks.unseen import Answer

ANSWERS = [
    Answer(
        "Upper triangle: sees itself and the future.",
        """
def causal_mask(L):
    return torch.triu(torch.ones(L, L)).bool()
""",
    ),
    Answer(
        "True means forbidden.",
        """
def causal_mask(L):
    return torch.triu(torch.ones(L, L, dtype=torch.bool), diagonal=1)
""",
    ),
    Answer(
        "Without the diagonal.",
        """
def causal_mask(L):
    return torch.tril(torch.ones(L, L), diagonal=-1).bool()
""",
    ),
    Answer(
        "Numbers instead of booleans.",
        """
def causal_mask(L):
    return torch.tril(torch.ones(L, L))
""",
    ),
    Answer(
        "Integers instead of booleans.",
        """
def causal_mask(L):
    i = torch.arange(L)
    return (i[:, None] >= i[None, :]).int()
""",
    ),
    Answer(
        "An additive mask: 0 and -inf.",
        """
def causal_mask(L):
    return torch.triu(torch.full((L, L), float("-inf")), diagonal=1)
""",
    ),
    Answer(
        "Strictly earlier by comparison.",
        """
def causal_mask(L):
    i = torch.arange(L)
    return i[None, :] < i[:, None]
""",
    ),
    Answer(
        "The comparison is transposed.",
        """
def causal_mask(L):
    pos = torch.arange(L)
    return pos[:, None] <= pos[None, :]
""",
    ),
    Answer(
        "Everything allowed.",
        """
def causal_mask(L):
    return torch.ones(L, L, dtype=torch.bool)
""",
    ),
    Answer(
        "One row only.",
        """
def causal_mask(L):
    return torch.arange(L) < L
""",
    ),
    Answer(
        "Lets each query see one key of the future.",
        """
def causal_mask(L):
    return torch.tril(torch.ones(L, L, dtype=torch.bool), diagonal=1)
""",
    ),
    Answer(
        "Only itself.",
        """
def causal_mask(L):
    return torch.eye(L, dtype=torch.bool)
""",
    ),
    Answer(
        "Only the token itself and the one before it.",
        """
def causal_mask(L):
    mask = torch.zeros(L, L, dtype=torch.bool)
    for i in range(L):
        for j in range(max(0, i - 1), i + 1):
            mask[i, j] = True
    return mask
""",
    ),
    Answer(
        "Loop with range(i): diagonal forgotten, but the first row fixed by hand.",
        """
def causal_mask(L):
    mask = torch.zeros(L, L, dtype=torch.bool)
    for i in range(L):
        for j in range(i):
            mask[i][j] = True
    mask[0, 0] = True
    return mask
""",
    ),
    Answer(
        "A list of lists.",
        """
def causal_mask(L):
    return [[j <= i for j in range(L)] for i in range(L)]
""",
    ),
    Answer(
        "Everything but the diagonal.",
        """
def causal_mask(L):
    return ~torch.eye(L, dtype=torch.bool)
""",
    ),
    Answer(
        "(1, L, L): a batch axis too many.",
        """
def causal_mask(L):
    return torch.tril(torch.ones(1, L, L)).bool()
""",
    ),
    Answer(
        "Size L + 1.",
        """
def causal_mask(L):
    i = torch.arange(L + 1)
    return i[:, None] >= i
""",
    ),
    Answer(
        "tril, bool.",
        """
def causal_mask(L):
    return torch.tril(torch.ones(L, L)).bool()
""",
        right=True,
    ),
    Answer(
        "tril of booleans.",
        """
def causal_mask(L):
    return torch.ones((L, L), dtype=torch.bool).tril()
""",
        right=True,
    ),
    Answer(
        "Comparison of positions.",
        """
def causal_mask(L):
    i = torch.arange(L).unsqueeze(1)
    j = torch.arange(L).unsqueeze(0)
    return j <= i
""",
        right=True,
    ),
    Answer(
        "Not triu.",
        """
def causal_mask(L):
    return ~torch.triu(torch.ones(L, L, dtype=torch.bool), diagonal=1)
""",
        right=True,
    ),
    Answer(
        "A list made into a tensor.",
        """
def causal_mask(L):
    return torch.tensor([[j <= i for j in range(L)] for i in range(L)])
""",
        right=True,
    ),
    Answer(
        "Row by row.",
        """
def causal_mask(L):
    m = torch.zeros(L, L, dtype=torch.bool)
    for i in range(L):
        m[i, : i + 1] = True
    return m
""",
        right=True,
    ),
    Answer(
        "A numpy array: nothing asks for a tensor.",
        """
import numpy as np
def causal_mask(L):
    return np.tril(np.ones((L, L), dtype=bool))
""",
        right=True,
    ),
]
