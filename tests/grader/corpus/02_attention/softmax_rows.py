"""Answers to `softmax_rows`; with each wrong one, what was once said of it by hand."""

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from tests.grader.corpus.collection import Collection, pairs

answers = Collection()
wrong, right = answers.wrong, answers.right


def softmax_reference(scores: Tensor) -> Tensor:
    """Weights from scores, along the last axis. scores: (..., L) -> (..., L)"""
    shifted = scores - scores.amax(dim=-1, keepdim=True)
    weights = shifted.exp()
    return weights / weights.sum(dim=-1, keepdim=True)


@wrong("exp overflows for large scores (inf / inf is NaN) and vanishes for very negative ones (0 / 0).")
def naive(scores):
    return scores.exp() / scores.exp().sum(-1, keepdim=True)


@wrong(
    "One maximum is subtracted from the whole tensor. A row far below it still vanishes: each row needs "
    "its own."
)
def global_maximum(scores):
    e = (scores - scores.max()).exp()
    return e / e.sum(-1, keepdim=True)


@wrong("The sum lost its axis (no keepdim), so that each *column* is divided by a row's sum.")
def lost_axis(scores):
    e = (scores - scores.amax(-1, keepdim=True)).exp()
    return e / e.sum(-1)


@wrong("The softmax runs down the columns: each column sums to one instead of each row.")
def down_the_columns(scores):
    return scores.softmax(-2)


@wrong("The softmax runs over the first axis. For a batch that mixes the sequences.")
def over_the_first_axis(scores):
    return scores.softmax(0)


@wrong("The softmax runs over axis 1. In a matrix that is the last one; in a batch of matrices it is not.")
def over_axis_one(scores):
    return scores.softmax(1)


@wrong(
    "The mean is subtracted, not the maximum: a score far below the others pulls it down, and exp overflows."
)
def mean_subtracted(scores):
    e = (scores - scores.mean(-1, keepdim=True)).exp()
    return e / e.sum(-1, keepdim=True)


@wrong("The minimum is subtracted, not the maximum: a score far above it overflows in exp.")
def minimum_subtracted(scores):
    e = (scores - scores.amin(-1, keepdim=True)).exp()
    return e / e.sum(-1, keepdim=True)


@wrong(
    "The median is subtracted, not the maximum: where most scores are far below the largest, exp overflows."
)
def median_subtracted(scores):
    e = (scores - scores.median(-1, keepdim=True).values).exp()
    return e / e.sum(-1, keepdim=True)


@wrong("The first score of each row is subtracted, not the largest: where it is far below, exp overflows.")
def first_subtracted(scores):
    e = (scores - scores[..., :1]).exp()
    return e / e.sum(-1, keepdim=True)


@wrong("One softmax over all entries of the tensor: they sum to one together, not row by row.")
def over_everything(scores):
    return scores.flatten().softmax(0).view_as(scores)


@wrong("The exponentials are not divided by their sum: the largest is 1, and a row sums to more.")
def not_normalised(scores):
    return (scores - scores.amax(-1, keepdim=True)).exp()


@wrong("There is no exponential: scores over their sum can be negative, and they blow up near a sum of 0.")
def no_exponential(scores):
    return scores / scores.sum(-1, keepdim=True)


@wrong("Without an exponential: scores less their minimum, over the sum. Shape and sum fit, weights do not.")
def from_the_minimum(scores):
    above = scores - scores.amin(-1, keepdim=True)
    return above / above.sum(-1, keepdim=True)


@wrong("This is the softmax of the negated scores: the smallest score gets the largest weight.")
def upside_down(scores):
    return (-scores).softmax(-1)


@wrong("This is the logarithm of the softmax.")
def logarithm(scores):
    return scores.log_softmax(-1)


@wrong("A sigmoid looks at each score alone; in a softmax the scores of a row compete for one unit.")
def sigmoids(scores):
    return scores.sigmoid()


@wrong("Powers of 2 instead of e: right in form, flatter than the softmax.")
def base_two(scores):
    return (scores * math.log(2)).softmax(-1)


@wrong("The scores are divided by √L inside the softmax: that division is no part of a softmax.")
def with_a_scale(scores):
    return (scores / math.sqrt(scores.shape[-1])).softmax(-1)


@wrong("The maximum is subtracted after the exponential: exp has overflowed by then, and the sum is off.")
def subtracted_too_late(scores):
    e = scores.exp()
    e = e - e.amax(-1, keepdim=True)
    return e / e.sum(-1, keepdim=True)


@wrong("The exponentials are divided by the largest of them, not by their sum, and nothing guards exp.")
def over_the_largest(scores):
    return scores.exp() / scores.exp().amax(-1, keepdim=True)


@wrong(
    "The scores are divided by the row's maximum: only subtracting the same number leaves weights as they "
    "are."
)
def divided_by_maximum(scores):
    e = (scores / scores.amax(-1, keepdim=True)).exp()
    return e / e.sum(-1, keepdim=True)


@wrong("The scores are clamped: all beyond the limit become equal, and so do their weights.")
def clamped(scores):
    e = scores.clamp(-80, 80).exp()
    return e / e.sum(-1, keepdim=True)


@wrong("Large scores are clamped from above: they become equal, and so do their weights.")
def clamped_above(scores):
    e = scores.clamp(max=80).exp()
    return e / e.sum(-1, keepdim=True)


@wrong(
    "A small number in the denominator mends 0 / 0 to 0, not to the right weights, and inf / inf stays NaN."
)
def small_number_below(scores):
    e = scores.exp()
    return e / (e.sum(-1, keepdim=True) + 1e-8)


@wrong("NaN is replaced by 0 afterwards: the row that overflowed has lost its weights.")
def nan_replaced(scores):
    e = scores.exp()
    return (e / e.sum(-1, keepdim=True)).nan_to_num()


@wrong("The maximum is subtracted above the line only; the sum below has exponentials of other scores.")
def subtracted_above_only(scores):
    top = scores.amax(-1, keepdim=True)
    return (scores - top).exp() / scores.exp().sum(-1, keepdim=True)


@wrong("The maximum is subtracted below the line only; the exponentials above it still overflow.")
def subtracted_below_only(scores):
    top = scores.amax(-1, keepdim=True)
    return scores.exp() / (scores - top).exp().sum(-1, keepdim=True)


@wrong("The rows are divided by their standard deviation: that changes the gaps between the scores.")
def standardised(scores):
    z = (scores - scores.mean(-1, keepdim=True)) / scores.std(-1, keepdim=True)
    return z.softmax(-1)


@wrong("Each row is made one long before exp: that changes the gaps between the scores.")
def made_one_long(scores):
    return F.normalize(scores, dim=-1).softmax(-1)


@wrong("A softmax of a softmax: the weights are exponentiated a second time, and flatten out.")
def twice(scores):
    return scores.softmax(-1).softmax(-1)


@wrong("Each exponential is divided by the number of scores, not by their sum.")
def over_the_count(scores):
    return (scores - scores.amax(-1, keepdim=True)).exp() / scores.shape[-1]


_SHIFTS: dict[str, Callable[[Tensor], Any]] = {
    "": lambda scores: scores.amax(-1, keepdim=True),
    "nothing keeps exp from overflowing": lambda scores: 0.0,
    "the maxima are those of the columns": lambda scores: scores.amax(-2, keepdim=True),
    "the maxima run over the first axis": lambda scores: scores.amax(0, keepdim=True),
}


_SUMS: dict[str, Callable[[Tensor], Tensor]] = {
    "": lambda e: e.sum(-1, keepdim=True),
    "the sums run down the columns": lambda e: e.sum(-2, keepdim=True),
    "the sums run over the first axis": lambda e: e.sum(0, keepdim=True),
    "the sums run over axis 1": lambda e: e.sum(1, keepdim=True),
    "one sum runs over the whole tensor": lambda e: e.sum(),
    "the exponentials are divided by their number": lambda e: torch.tensor(e.shape[-1]),
}


def _softmax_with(shift: Callable[[Tensor], Any], total: Callable[[Tensor], Tensor]) -> Callable[..., Tensor]:
    def softmax(scores):
        e = (scores - shift(scores)).exp()
        return e / total(e)

    return softmax


for _said, _ways in pairs(_SHIFTS, _SUMS):
    if (
        _said.count("columns") < 2 and _said.count("first axis") < 2
    ):  # both over one axis: that axis's softmax
        wrong(_said, _softmax_with(*_ways))


for _said in list(_SHIFTS)[2:]:
    wrong(
        f"{_said[0].upper()}{_said[1:]}: within a row different numbers are subtracted, which changes the "
        f"weights.",
        _softmax_with(_SHIFTS[_said], _SUMS[""]),
    )


for _said in list(_SUMS)[1:5]:
    wrong(
        f"The maximum is the row's own, but {_said}: it is the row that is to sum to one.",
        _softmax_with(_SHIFTS[""], _SUMS[_said]),
    )


@wrong("The maxima lost their axis (no keepdim), so that each *column* has another row's maximum subtracted.")
def maximum_lost_axis(scores):
    e = (scores - scores.amax(-1)).exp()
    return e / e.sum(-1, keepdim=True)


@wrong("Maximum and sum both lost their axis (no keepdim): columns are paired with rows' numbers.")
def both_lost_axis(scores):
    e = (scores - scores.amax(-1)).exp()
    return e / e.sum(-1)


@wrong("The sum lost its axis (no keepdim), and nothing keeps exp from overflowing.")
def naive_lost_axis(scores):
    return scores.exp() / scores.exp().sum(-1)


@wrong("The weights are rounded.", lambda scores: (scores.softmax(-1) * 100).round() / 100)
def weights_rounded(scores):
    return scores.softmax(-1).round()


@wrong("These are shares of the absolute scores: the exponential is missing, and so is the sign.")
def shares_of_absolute_scores(scores):
    return scores.abs() / scores.abs().sum(-1, keepdim=True)


@wrong("Powers of 10 instead of e: right in form, sharper than the softmax.")
def base_ten(scores):
    return (scores * math.log(10)).softmax(-1)


@wrong("The squares of the scores go into the softmax, so that their sign is lost.")
def of_squares(scores):
    return (scores**2).softmax(-1)


@wrong("This is the largest weight's place as a one and zeros: a hard maximum, not a soft one.")
def hard_maximum(scores):
    return F.one_hot(scores.argmax(-1), scores.shape[-1]).to(scores.dtype)


@wrong("The result is transposed.")
def softmax_transposed(scores):
    return scores.softmax(-1).transpose(-2, -1)


@wrong("The scores are divided by the largest absolute score; only subtracting leaves weights as they are.")
def divided_by_largest(scores):
    return (scores / scores.abs().amax(-1, keepdim=True)).softmax(-1)


@right
def softmax_fused(scores):
    return torch.special.softmax(scores, dim=-1)


@right
def softmax_logsumexp(scores):
    return (scores - torch.logsumexp(scores, dim=-1, keepdim=True)).exp()


@right
def softmax_double(scores):
    return softmax_reference(scores.double())


@right
def softmax_loops(scores):
    out = torch.empty_like(scores)
    rows, target = scores.reshape(-1, scores.shape[-1]), out.view(-1, scores.shape[-1])
    for i, row in enumerate(rows):
        e = (row - row.max()).exp()
        target[i] = e / e.sum()
    return out


@wrong("Scores of −∞ are subtracted from one another: −∞ − (−∞) is NaN.")
def softmax_by_differences(scores):
    return 1 / (scores.unsqueeze(-2) - scores.unsqueeze(-1)).exp().sum(-1)


@wrong("With a score of −∞ the mean of the row is −∞, and −∞ − (−∞) is NaN.")
def softmax_from_the_mean(scores):
    return softmax_reference(scores - scores.mean(-1, keepdim=True))


@right
def softmax_not_contiguous(scores):
    turned = scores.transpose(-2, -1)
    e = (turned - turned.max(dim=-2, keepdim=True).values).exp()
    return (e / e.sum(-2, keepdim=True)).transpose(-2, -1)
