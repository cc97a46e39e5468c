"""Rows of letters with one marker, and questions on them: attention learns to answer in seconds, on a CPU.

Which question needs what is known beforehand, and that is their use: "copy" needs no other token, "sort" and
"equal" need the others but not where they stand, and the rest need places.

What people usually get wrong: taking a score for more than its floor. Who answers "after" by the letter that
the row holds most often is right in about one of four, not one of eight (`commonest`).
"""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn.functional import one_hot

from course import expect

ALPHABET = "abcdefgh"
MARKER = len(ALPHABET)  # the token after the letters; drawn as SIGNS[MARKER]
SIGNS = ALPHABET + "•"
NOT_ASKED = -100  # what `cross_entropy` leaves out
LENGTH = 16


def letters(count: int, generator: torch.Generator | None = None, L: int = LENGTH) -> Tensor:
    """Rows of random letters, in each one marker, which is never last: -> (count, L), whole numbers"""
    expect.whole(count=count, L=L)
    if L < 2:
        raise ValueError(f"a row needs two places or more, one of them after the marker; got L = {L}")
    rows = torch.randint(MARKER, (count, L), generator=generator)
    rows[torch.arange(count), torch.randint(L - 1, (count,), generator=generator)] = MARKER
    return rows


def _after(rows: Tensor) -> Tensor:
    return torch.where(rows == MARKER, rows.roll(-1, dims=1), NOT_ASKED)


QUESTIONS: dict[str, Callable[[Tensor], Tensor]] = {  # rows (B, L) -> answers (B, L)
    "copy": lambda rows: rows,  # the token itself
    "reverse": lambda rows: rows.flip(1),  # the one at the mirrored place
    "sort": lambda rows: rows.sort(dim=1).values,  # the one that stands here in the sorted row
    "before": lambda rows: rows.roll(1, dims=1),  # the one before; the first is told the last
    "equal": lambda rows: (rows[:, :, None] == rows[:, None]).sum(dim=2),  # how many tokens equal this one
    "after": _after,  # asked of the marker alone: which token comes right after you?
    "marked": lambda rows: _after(rows).amax(dim=1, keepdim=True).expand_as(rows),  # the same, asked of all
}


def ask(rows: Tensor, question: str) -> Tensor:
    """The answer to a question for each token: (B, L) -> (B, L), `NOT_ASKED` where it is not asked"""
    expect.one_of("question", question, tuple(QUESTIONS))
    return QUESTIONS[question](rows)


def commonest(rows: Tensor) -> Tensor:
    """The letter that each row holds most often, the floor for "after" and "marked": (B, L) -> (B,)"""
    return one_hot(rows, len(SIGNS))[..., :MARKER].sum(dim=1).argmax(dim=1)
