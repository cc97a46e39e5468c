"""Answers to `causal_mask`; with each wrong one, what was once said of it by hand."""

import math
from collections.abc import Callable

import torch
from torch import Tensor

from tests.grader.corpus.collection import Collection, pairs

answers = Collection()
wrong, right = answers.wrong, answers.right


def causal_reference(L: int) -> Tensor:
    """True where a query (row) may look: at itself and at earlier tokens. L -> (L, L)"""
    return torch.ones(L, L, dtype=torch.bool).tril()


@wrong("It is upside down: each query sees itself and the *future*.")
def causal_upper(L):
    return torch.ones(L, L, dtype=torch.bool).triu()


@wrong(
    "The diagonal is False: no token may look at itself, and the first may look nowhere at all, which "
    "ends in NaN."
)
def causal_strict(L):
    return torch.ones(L, L, dtype=torch.bool).tril(-1)


@wrong("True marks what is forbidden here; in this course True means *may attend*.")
def causal_inverted(L):
    return torch.ones(L, L, dtype=torch.bool).triu(1)


@wrong("Each query sees one token too many: its own successor, which it is meant to predict.")
def causal_one_ahead(L):
    return torch.ones(L, L, dtype=torch.bool).tril(1)


@wrong("Nothing is forbidden.")
def causal_all(L):
    return torch.ones(L, L, dtype=torch.bool)


@wrong("Every token sees itself only.")
def causal_diagonal(L):
    return torch.eye(L, dtype=torch.bool)


@wrong("Every token sees itself and its one predecessor; all earlier tokens are allowed too.")
def causal_band(L):
    return torch.ones(L, L, dtype=torch.bool).tril().triu(-1)


@wrong("These are numbers to be added to scores (0 and −inf); a boolean mask is asked for.")
def causal_additive(L):
    return torch.zeros(L, L).masked_fill(torch.ones(L, L, dtype=torch.bool).triu(1), -math.inf)


@wrong("It has one row: each query needs a row of its own.")
def causal_one_row(L):
    return torch.ones(1, L, dtype=torch.bool)


@wrong("These are the numbers 0 and 1; a boolean mask is asked for, which ~ can turn round.")
def causal_as_floats(L):
    return torch.ones(L, L).tril()


@wrong("These are the whole numbers 0 and 1; a boolean mask is asked for, which ~ can turn round.")
def causal_as_integers(L):
    return torch.ones(L, L, dtype=torch.int64).tril()


@wrong("It is a single row without a second axis: each query needs a row of its own.")
def causal_vector(L):
    return torch.ones(L, dtype=torch.bool)


@wrong("It has an axis too many in front; (L, L) is asked for and broadcasts over any batch.")
def causal_with_batch_axis(L):
    return causal_reference(L)[None]


@wrong("It is one row and one column too large.")
def causal_too_large(L):
    return causal_reference(L + 1)


@wrong("It is one row and one column too small.")
def causal_too_small(L):
    return causal_reference(L - 1)


@wrong("The diagonal is False except for the first token: every token may look at itself.")
def causal_strict_but_first(L):
    mask = torch.ones(L, L, dtype=torch.bool).tril(-1)
    mask[0, 0] = True
    return mask


@wrong("Every token sees all others and not itself, the future included.")
def causal_others(L):
    return ~torch.eye(L, dtype=torch.bool)


@wrong("The triangle leans the other way: the last axis is turned round.")
def causal_flipped(L):
    return causal_reference(L).flip(-1)


@wrong("Every token sees itself and its two predecessors; all earlier tokens are allowed too.")
def causal_band_of_three(L):
    return torch.ones(L, L, dtype=torch.bool).tril().triu(-2)


@wrong("Every token sees its predecessor only; itself and all earlier tokens are allowed too.")
def causal_predecessor_only(L):
    return torch.ones(L, L, dtype=torch.bool).tril(-1).triu(-1)


@wrong("These are numbers to be added to scores (0 and −1e9); a boolean mask is asked for.")
def causal_additive_large(L):
    return torch.zeros(L, L).masked_fill(torch.ones(L, L, dtype=torch.bool).triu(1), -1e9)


_PATTERNS: dict[str, Callable[[Tensor], Tensor]] = {
    "": lambda ones: ones.tril(),
    "each query sees itself and the future": lambda ones: ones.triu(),
    "the diagonal is left out": lambda ones: ones.tril(-1),
    "what is forbidden is marked": lambda ones: ones.triu(1),
    "each query sees its successor as well": lambda ones: ones.tril(1),
    "every token sees itself only": lambda ones: ones * torch.eye(len(ones), dtype=ones.dtype),
    "every token sees itself and its one predecessor only": lambda ones: ones.tril().triu(-1),
}


_FORMS: dict[str, Callable[[Tensor], Tensor]] = {
    "": lambda allowed: allowed,
    "these are numbers and no booleans": lambda allowed: allowed.float(),
    "these are whole numbers and no booleans": lambda allowed: allowed.long(),
    "these are numbers to be added to scores (0 and −inf)": lambda allowed: torch.zeros(
        allowed.shape
    ).masked_fill(~allowed, -math.inf),
    "these are numbers to be added to scores (0 and −1e9)": lambda allowed: torch.zeros(
        allowed.shape
    ).masked_fill(~allowed, -1e9),
    "there is an axis too many in front": lambda allowed: allowed[None],
    "there are two axes too many in front": lambda allowed: allowed[None, None],
}


def _mask_with(
    pattern: Callable[[Tensor], Tensor], form: Callable[[Tensor], Tensor]
) -> Callable[..., Tensor]:
    return lambda L: form(pattern(torch.ones(L, L, dtype=torch.bool)))


for _said, _ways in pairs(_PATTERNS, _FORMS):
    wrong(_said, _mask_with(*_ways))


wrong("It has two axes too many in front; (L, L) is asked for and broadcasts over any batch.")(
    lambda L: causal_reference(L)[None, None]
)


wrong("Nothing is forbidden, and these are numbers; a boolean mask is asked for.")(lambda L: torch.ones(L, L))


wrong("These are numbers, all zero; a boolean mask is asked for.", lambda L: torch.zeros(L, L))


wrong("Nothing is allowed: every entry is False.", lambda L: torch.zeros(L, L, dtype=torch.bool))


wrong("Every token sees the first one only.", lambda L: (torch.arange(L) == 0).expand(L, L))


wrong("The last row is left False: the loop stops one row short.")(
    lambda L: causal_reference(L) & (torch.arange(L) < L - 1)[:, None]
)


wrong("The first row is left False: the loop starts at the second one.")(
    lambda L: causal_reference(L) & (torch.arange(L) > 0)[:, None]
)


wrong("Every token sees its two successors as well.")(lambda L: torch.ones(L, L, dtype=torch.bool).tril(2))


wrong("Each token sees itself and its neighbours on both sides: this is no causal mask.")(
    lambda L: torch.ones(L, L, dtype=torch.bool).tril(1).triu(-1)
)


wrong("These are distances or numbers of places, not truth values.")(
    lambda L: torch.arange(L)[:, None] - torch.arange(L)
)


@right
def causal_compared(L):
    place = torch.arange(L)
    return place[:, None] >= place[None, :]


@right
def causal_loops(L):
    return torch.tensor([[j <= i for j in range(L)] for i in range(L)])


@right
def causal_negated(L):
    return ~torch.ones(L, L).triu(diagonal=1).bool()


@right
def causal_filled(L):
    mask = torch.zeros(L, L, dtype=torch.bool)
    for i in range(L):
        mask[i, : i + 1] = True
    return mask


@right
def causal_cumulative(L):
    return torch.eye(L).cumsum(dim=0) > 0


@right
def causal_turned(L):
    return torch.ones(L, L).triu().T == 1
