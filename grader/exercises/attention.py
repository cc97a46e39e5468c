"""The exercises of lesson 02: attention, from one weight by hand to a masked batch."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from grader.exercise import Formula, Function, Module, Number, PropertyTest, Quiz
from grader.questions.draw import Draw

LESSON = "02_attention"


def _pairs(*aspects: dict[str, Any]) -> list[tuple[str, tuple[Any, ...]]]:
    """Every choice of one way for each aspect with two wrong ones, and its sentence. "" is the right way."""
    choices = [tuple(zip(*choice, strict=True)) for choice in itertools.product(*map(dict.items, aspects))]
    named = [([wrong for wrong in said if wrong], ways) for said, ways in choices]
    return [(f"Two things: {said[0]}, and {said[1]}.", ways) for said, ways in named if len(said) == 2]


# ---------------------------------------------------------------- all similarities at once


def similarities_reference(x: Tensor) -> Tensor:
    """The dot product of every row with every row. x: (L, d) -> (L, L)"""
    return x @ x.T  # (L, L)


def _one_sequence(draw: Draw) -> dict[str, Any]:
    L, d = draw.sizes(2)
    return dict(x=draw.normal(L, d))


similarities = Function(
    "similarities",
    "All similarities at once",
    points=2,
    difficulty=1,
    minutes=3,
    reference=similarities_reference,
    cases={"every row is compared with every row": _one_sequence},
    hints=[
        "Entry [i, j] is the dot product of row i with row j: L rows against L rows.",
        "A matrix product takes the dot products of the rows of its left side with the columns of its "
        "right side.",
        "The columns of x.T are the rows of x.",
    ],
)


@similarities.mistake(
    "This compares columns with columns: (d, d) instead of (L, L). It is how alike two features are, not "
    "two patches."
)
def features_compared(x):
    return x.T @ x


@similarities.mistake(
    "These are cosines: every row was first made one long. A dot product also counts length."
)
def cosines(x):
    unit = F.normalize(x, dim=-1)
    return unit @ unit.T


@similarities.mistake("These are affinities: the division by √d comes one step later.")
def already_scaled(x):
    return x @ x.T / math.sqrt(x.shape[-1])


@similarities.mistake(
    "Each number is multiplied by itself in place: x * x never brings two different rows together."
)
def elementwise(x):
    return x * x


@similarities.mistake("Each row is compared with itself only: these are the L numbers of the diagonal.")
def diagonal_only(x):
    return (x * x).sum(-1)


@similarities.mistake(
    "These are distances between rows: alike rows get a small number here, not a large one."
)
def distances(x):
    return torch.cdist(x, x)


@similarities.mistake("The rows have gone through a softmax already; similarities are the raw dot products.")
def already_softmaxed(x):
    return (x @ x.T).softmax(-1)


@similarities.mistake("The diagonal is zero: a row has a similarity with itself as well.")
def without_diagonal(x):
    return (x @ x.T).fill_diagonal_(0)


@similarities.mistake("The products are averaged over the d features; a dot product is their sum.")
def averaged(x):
    return x @ x.T / x.shape[-1]


@similarities.mistake("The sign is lost: a dot product may be negative.")
def absolute(x):
    return (x @ x.T).abs()


@similarities.mistake(
    "Everything is multiplied with itself and summed to a single number; a table is asked for."
)
def one_number(x):
    return (x * x).sum()


@similarities.mistake(
    "These are negative squared distances: the largest they can be is 0, whatever the rows' lengths."
)
def negative_squared_distances(x):
    return -((x[:, None] - x[None]) ** 2).sum(-1)


@similarities.mistake("These are squared distances between rows: alike rows get a small number here.")
def squared_distances(x):
    return ((x[:, None] - x[None]) ** 2).sum(-1)


@similarities.mistake("The last row and the last column are never filled in: the loops stop one row short.")
def one_row_short(x):
    out = x @ x.T
    out[-1], out[:, -1] = 0, 0
    return out


@similarities.mistake(
    "Only the pairs above the diagonal are filled in; the table has a diagonal and a lower half."
)
def strictly_upper_half(x):
    return (x @ x.T).triu(1)


@similarities.mistake(
    "Only the pairs below the diagonal are filled in; the table has a diagonal and an upper half."
)
def strictly_lower_half(x):
    return (x @ x.T).tril(-1)


@similarities.mistake("The upper half is left at zero: row i compares with later rows as well.")
def lower_half(x):
    return (x @ x.T).tril()


@similarities.mistake("The lower half is left at zero: row i compares with earlier rows as well.")
def upper_half(x):
    return (x @ x.T).triu()


@similarities.mistake("Every pair of rows is multiplied, but the products are summed over a row, not over d.")
def summed_over_rows(x):
    return (x[:, None] * x[None]).sum(0)


@similarities.mistake("Every pair of rows is multiplied, and the d products of each pair are not summed.")
def never_summed(x):
    return x[:, None] * x[None]


@similarities.mistake("The mean row is subtracted first: these are covariances, not plain dot products.")
def centred(x):
    x = x - x.mean(0)
    return x @ x.T


@similarities.mistake(
    "The mean of each row is subtracted first; a dot product takes the numbers as they are."
)
def rows_centred(x):
    x = x - x.mean(-1, keepdim=True)
    return x @ x.T


@similarities.mistake(
    "The columns have gone through a softmax already; similarities are the raw dot products."
)
def softmaxed_columns(x):
    return (x @ x.T).softmax(0)


@similarities.mistake("Each row is divided by its sum; similarities are the raw dot products.")
def rows_as_shares(x):
    table = x @ x.T
    return table / table.sum(-1, keepdim=True)


@similarities.mistake(
    "The products of each pair are weighted and gathered already: a table (L, L) is asked for."
)
def gathered(x):
    return x @ x.T @ x


@similarities.mistake(
    "This is a whole soft look-up: the table of similarities, (L, L), is only its first step."
)
def whole_look_up(x):
    return (x @ x.T).softmax(-1) @ x


@similarities.mistake("The sign is turned: alike rows get a small number here, not a large one.")
def negated(x):
    return -(x @ x.T)


@similarities.mistake("Negative similarities are set to zero; a dot product may be negative.")
def without_negative_ones(x):
    return (x @ x.T).relu()


@similarities.mistake("The similarities are squared: their sign is lost, and large ones count too much.")
def squared(x):
    return (x @ x.T) ** 2


@similarities.mistake("Only one side was made one long: a dot product takes both rows as they are.")
def one_side_normalised(x):
    return F.normalize(x, dim=-1) @ x.T


@similarities.mistake("Only the right side was made one long: a dot product takes both rows as they are.")
def other_side_normalised(x):
    return x @ F.normalize(x, dim=-1).T


@similarities.mistake("Each column was made one long first; a dot product takes the numbers as they are.")
def columns_normalised(x):
    unit = F.normalize(x, dim=0)
    return unit @ unit.T


@similarities.mistake("These are correlations: each row less its mean, and made one long.")
def correlations(x):
    return torch.corrcoef(x)


@similarities.mistake("These are covariances of the rows: each less its mean, and divided by d − 1.")
def covariances(x):
    return torch.cov(x)


@similarities.mistake("The first row alone is compared with all rows: one row of the table.")
def first_row_only(x):
    return x @ x[0]


@similarities.mistake(
    "The numbers of a row are summed before they are multiplied; a dot product multiplies first."
)
def sums_multiplied(x):
    return x.sum(-1)[:, None] * x.sum(-1)


@similarities.mistake("The rows are added in pairs where they should be multiplied.")
def added_in_pairs(x):
    return (x[:, None] + x[None]).sum(-1)


@similarities.mistake(
    "The similarities are summed over each row: one number for each row, and a table is asked for."
)
def table_summed(x):
    return (x @ x.T).sum(-1)


@similarities.mistake("This is the exponential of the similarities, a first half of a softmax.")
def exponentials(x):
    return (x @ x.T).exp()


@similarities.mistake(
    "The similarities are divided by √d and have gone through a softmax; they come before both."
)
def weights_already(x):
    return (x @ x.T / math.sqrt(x.shape[-1])).softmax(-1)


@similarities.mistake("There is an axis too many in front; a table (L, L) is asked for.")
def table_with_batch_axis(x):
    return (x @ x.T)[None]


@similarities.mistake("The similarities are rounded to whole numbers.", lambda x: (x @ x.T).round())
def rounded_down(x):
    return (x @ x.T).int()


@similarities.mistake("Every entry is divided by the number of rows; a dot product is a plain sum.")
def over_the_rows(x):
    return x @ x.T / len(x)


@similarities.also_right
def similarities_einsum(x):
    return torch.einsum("id,jd->ij", x, x)


@similarities.also_right
def similarities_loops(x):
    L = len(x)
    out = torch.zeros(L, L)
    for i in range(L):
        for j in range(L):
            out[i, j] = torch.dot(x[i], x[j])
    return out


@similarities.also_right
def similarities_broadcast(x):
    return (x[:, None] * x[None, :]).sum(-1)


@similarities.also_right
def similarities_double(x):
    return x.double() @ x.double().T


@similarities.also_right
def similarities_linear(x):
    return F.linear(x, x)


@similarities.also_right
def similarities_transposed(x):
    return torch.matmul(x, x.transpose(0, 1)).T  # symmetric, and not contiguous


# ---------------------------------------------------------------- one weight, by hand

Patch = list[int]


def weight_by_hand(query: Patch, key_a: Patch, key_b: Patch) -> float:
    """The weight that ``query`` gives to ``key_a`` when it chooses between two keys of two numbers."""
    a, b = _dot(query, key_a) / math.sqrt(2), _dot(query, key_b) / math.sqrt(2)
    return math.exp(a) / (math.exp(a) + math.exp(b))


def _dot(a: Patch, b: Patch) -> int:
    return a[0] * b[0] + a[1] * b[1]


def weight_without_root(query: Patch, key_a: Patch, key_b: Patch) -> float:
    return 1 / (1 + math.exp(_dot(query, key_b) - _dot(query, key_a)))


def weight_halved(query: Patch, key_a: Patch, key_b: Patch) -> float:
    return 1 / (1 + math.exp((_dot(query, key_b) - _dot(query, key_a)) / 2))


def weight_as_share(query: Patch, key_a: Patch, key_b: Patch) -> float:
    return _dot(query, key_a) / (_dot(query, key_a) + _dot(query, key_b))


def weight_of_the_other(query: Patch, key_a: Patch, key_b: Patch) -> float:
    return 1 - weight_by_hand(query, key_a, key_b)


def weight_among_three(query: Patch, key_a: Patch, key_b: Patch) -> float:
    itself, a, b = (math.exp(_dot(query, key) / math.sqrt(2)) for key in (query, key_a, key_b))
    return a / (itself + a + b)


def weight_unnormalised(query: Patch, key_a: Patch, key_b: Patch) -> float:
    return math.exp(_dot(query, key_a) / math.sqrt(2))


def affinity_alone(query: Patch, key_a: Patch, key_b: Patch) -> float:
    return _dot(query, key_a) / math.sqrt(2)


def similarity_alone(query: Patch, key_a: Patch, key_b: Patch) -> float:
    return float(_dot(query, key_a))


def weight_ratio(query: Patch, key_a: Patch, key_b: Patch) -> float:
    return math.exp((_dot(query, key_a) - _dot(query, key_b)) / math.sqrt(2))


def weight_in_per_cent(query: Patch, key_a: Patch, key_b: Patch) -> float:
    return 100 * weight_by_hand(query, key_a, key_b)


def weight_of_roots(query: Patch, key_a: Patch, key_b: Patch) -> float:
    return 1 / (1 + math.exp(math.sqrt(_dot(query, key_b)) - math.sqrt(_dot(query, key_a))))


def weight_base_two(query: Patch, key_a: Patch, key_b: Patch) -> float:
    return 1 / (1 + 2 ** ((_dot(query, key_b) - _dot(query, key_a)) / math.sqrt(2)))


def weight_over_root(query: Patch, key_a: Patch, key_b: Patch) -> float:
    return weight_without_root(query, key_a, key_b) / math.sqrt(2)


def weight_times_root(query: Patch, key_a: Patch, key_b: Patch) -> float:
    return 1 / (1 + math.exp((_dot(query, key_b) - _dot(query, key_a)) * math.sqrt(2)))


def affinity_of_the_other(query: Patch, key_a: Patch, key_b: Patch) -> float:
    return _dot(query, key_b) / math.sqrt(2)


def similarity_of_the_other(query: Patch, key_a: Patch, key_b: Patch) -> float:
    return float(_dot(query, key_b))


def other_without_root(query: Patch, key_a: Patch, key_b: Patch) -> float:
    return 1 - weight_without_root(query, key_a, key_b)


def other_halved(query: Patch, key_a: Patch, key_b: Patch) -> float:
    return 1 - weight_halved(query, key_a, key_b)


def other_as_share(query: Patch, key_a: Patch, key_b: Patch) -> float:
    return 1 - weight_as_share(query, key_a, key_b)


def ratio_without_root(query: Patch, key_a: Patch, key_b: Patch) -> float:
    return math.exp(_dot(query, key_a) - _dot(query, key_b))


def difference_of_affinities(query: Patch, key_a: Patch, key_b: Patch) -> float:
    return abs(_dot(query, key_a) - _dot(query, key_b)) / math.sqrt(2)


def weight_by_cosine(query: Patch, key_a: Patch, key_b: Patch) -> float:
    a, b = (_dot(query, key) / math.hypot(*query) / math.hypot(*key) for key in (key_a, key_b))
    return 1 / (1 + math.exp(b - a))


def weight_by_distance(query: Patch, key_a: Patch, key_b: Patch) -> float:
    a, b = (-math.dist(query, key) for key in (key_a, key_b))
    return 1 / (1 + math.exp(b - a))


def weight_upside_down(query: Patch, key_a: Patch, key_b: Patch) -> float:
    return 1 / weight_by_hand(query, key_a, key_b)


def log_of_weight(query: Patch, key_a: Patch, key_b: Patch) -> float:
    return math.log(weight_by_hand(query, key_a, key_b))


_WEIGHT_MISTAKES = {
    weight_without_root: "The similarities go into the softmax without the division by √2.",
    weight_halved: "The similarities are divided by 2, the width of a patch; an affinity divides by √2.",
    weight_as_share: "A similarity over the sum of the two: the exponential of the softmax is missing.",
    weight_of_the_other: "This is the weight of the other key: the two sum to one.",
    weight_among_three: "The query stands among its own keys here; it is to choose between A and B alone.",
    weight_unnormalised: "This is the exponential of one affinity, not yet divided by the sum of both.",
    affinity_alone: "This is the affinity of the query and A: the softmax over both keys is still to come.",
    similarity_alone: "This is the similarity: the division by √2 and the softmax are still to come.",
    weight_ratio: "This is one exponential over the other; the weight divides by the sum of the two.",
    weight_in_per_cent: "This is the weight in per cent; a number between 0 and 1 is asked for.",
    weight_of_roots: "The root is taken of each similarity; an affinity is a similarity divided by √2.",
    weight_base_two: "Powers of 2 are taken in place of powers of e.",
    weight_over_root: "The root divides what comes out of the softmax; similarities go into it undivided.",
    weight_times_root: "The similarities are multiplied by √2 where they should be divided.",
    affinity_of_the_other: "This is the affinity of the query and B: the softmax is still to come, and A is "
    "asked for.",
    similarity_of_the_other: "This is the similarity of the query and B; the weight of A is asked for.",
    other_without_root: "This is the weight of the other key, and the division by √2 is missing.",
    other_halved: "This is the weight of the other key, and the similarities are divided by 2 instead of √2.",
    other_as_share: "This is the other key's share of the similarities: no exponential, and B for A.",
    ratio_without_root: "This is one exponential over the other, and of similarities that are not divided "
    "by √2.",
    difference_of_affinities: "This is how far the two affinities are apart; their softmax is still to come.",
    weight_by_cosine: "Cosines instead of dot products: the lengths of the patches no longer count.",
    weight_by_distance: "The keys are compared by their distance from the query; a similarity is a dot "
    "product.",
    log_of_weight: "This is the logarithm of the weight.",
    weight_upside_down: "This is one over the weight.",
}


def _far_apart(values: list[float]) -> bool:
    ordered = sorted(values)
    return all(high - low > 0.005 * abs(high) for low, high in itertools.pairwise(ordered))


def _patches() -> list[dict[str, Patch]]:
    """Every question in six different digits on which the right answer and all mistakes differ by 0.5 %."""
    questions = [
        dict(query=[a, b], key_a=[c, d], key_b=[e, f])
        for a, b, c, d, e, f in itertools.permutations(range(2, 9), 6)
        if 1 <= abs(a * (c - e) + b * (d - f)) <= 3  # neither key takes it all
        and a != c + e  # else c² − e² = a (c − e): a slip that would go unseen
        and b != d + f
    ]
    return [
        question
        for question in questions
        if _far_apart([weight_by_hand(**question), *(wrong(**question) for wrong in _WEIGHT_MISTAKES)])
    ]


_PATCHES = _patches()

patch_weight = Number(
    "patch_weight",
    "One weight by hand",
    points=2,
    difficulty=1,
    minutes=3,
    given=lambda draw: draw.choice(_PATCHES),
    reference=weight_by_hand,
    unit="",
    hints=[
        "Three steps, in this order: two similarities, two affinities, one softmax.",
        "A similarity is a dot product: first times first plus second times second. An affinity is that "
        "over √2.",
        "The weight of A is exp(affinity of A) divided by the sum of exp(affinity) over A and B.",
    ],
)
for _wrong, _sentence in _WEIGHT_MISTAKES.items():
    patch_weight.mistake(_sentence, _wrong)


@patch_weight.also_right
def weight_as_sigmoid(query: Patch, key_a: Patch, key_b: Patch) -> float:
    return 1 / (1 + math.exp((_dot(query, key_b) - _dot(query, key_a)) / 2**0.5))


@patch_weight.also_right
def weight_with_torch(query: Patch, key_a: Patch, key_b: Patch) -> float:
    keys = torch.tensor([key_a, key_b], dtype=torch.float32)
    return (keys @ torch.tensor(query, dtype=torch.float32) / 2**0.5).softmax(0)[0].item()


@patch_weight.also_right
def weight_in_double(query: Patch, key_a: Patch, key_b: Patch) -> float:
    keys = torch.tensor([key_a, key_b], dtype=torch.float64)
    return float(torch.softmax((keys * torch.tensor(query)).sum(1) / math.sqrt(2), 0)[0])


@patch_weight.also_right
def weight_shifted(query: Patch, key_a: Patch, key_b: Patch) -> float:
    a, b = (_dot(query, key) * 2**-0.5 for key in (key_a, key_b))
    top = max(a, b)
    return math.exp(a - top) / (math.exp(a - top) + math.exp(b - top))


@patch_weight.also_right
def weight_rounded(query: Patch, key_a: Patch, key_b: Patch) -> float:
    return round(weight_by_hand(query, key_a, key_b), 5)


# ---------------------------------------------------------------- softmax


def softmax_reference(scores: Tensor) -> Tensor:
    """Weights from scores, along the last axis. scores: (..., L) -> (..., L)"""
    shifted = scores - scores.amax(dim=-1, keepdim=True)
    weights = shifted.exp()
    return weights / weights.sum(dim=-1, keepdim=True)


def _scores(draw: Draw, *levels: float) -> dict[str, Any]:
    """One row of scores for each level, around that level."""
    return dict(scores=draw.normal(len(levels), 5) + torch.tensor(levels)[:, None])


def _with_some_far_below(draw: Draw) -> dict[str, Any]:
    """Scores so low that their weight is 0, as behind a mask: one of a row, or all but one.

    At −1000 the mean, too, is so far below the others that exp overflows; at −200 only the minimum is.
    All but one: the median is one of the low ones. The first score is low in all rows but one.
    """
    scores = draw.normal(4, 7)
    one, alone, also_alone = draw.shuffled(range(1, 7))[:3]
    scores[0, one], scores[1, 0] = -1000.0, -200.0
    for row, place in ((2, alone), (3, also_alone)):
        scores[row] -= 1000.0
        scores[row, place] += 1000.0
    return dict(scores=scores)


def _square_scores(draw: Draw) -> dict[str, Any]:
    L = draw.integer(3, 9)
    return dict(scores=draw.normal(L, L))


softmax_rows = Function(
    "softmax_rows",
    "Softmax that does not overflow",
    points=6,
    difficulty=2,
    minutes=7,
    reference=softmax_reference,
    cases={
        "a matrix of scores: each row becomes weights": lambda draw: dict(scores=draw.normal(*draw.sizes(2))),
        "as many rows as columns": _square_scores,
        "a batch of matrices": lambda draw: dict(scores=draw.normal(*draw.sizes(3))),
        "scores near +1,000 or near −1,000": lambda draw: _scores(
            draw, *[draw.choice([-1.0, 1.0]) * 1000] * 3
        ),
        "rows on very different levels": lambda draw: _scores(
            draw, *draw.shuffled([-400.0, 0.0, 400.0, 800.0])
        ),
        "some scores far below the others of their row": _with_some_far_below,
    },
    hints=[
        "Start with exp, then divide by a sum. Which axis is summed, so that each row ends up at one?",
        "sum(dim=-1, keepdim=True) leaves an axis of length one, which broadcasts against the row it came "
        "from.",
        "exp(1000) is inf in float32. Adding the same number to a whole row of scores changes no weight: "
        "which number would make the largest score 0?",
        "Subtract each row's own maximum (amax with keepdim=True) before exp.",
    ],
    may_not_call=[".softmax", ".log_softmax", ".softmin", ".Softmax", ".LogSoftmax"],
)


@softmax_rows.mistake(
    "exp overflows for large scores (inf / inf is NaN) and vanishes for very negative ones (0 / 0)."
)
def naive(scores):
    return scores.exp() / scores.exp().sum(-1, keepdim=True)


@softmax_rows.mistake(
    "One maximum is subtracted from the whole tensor. A row far below it still vanishes: each row needs "
    "its own."
)
def global_maximum(scores):
    e = (scores - scores.max()).exp()
    return e / e.sum(-1, keepdim=True)


@softmax_rows.mistake("The sum lost its axis (no keepdim), so that each *column* is divided by a row's sum.")
def lost_axis(scores):
    e = (scores - scores.amax(-1, keepdim=True)).exp()
    return e / e.sum(-1)


@softmax_rows.mistake("The softmax runs down the columns: each column sums to one instead of each row.")
def down_the_columns(scores):
    return scores.softmax(-2)


@softmax_rows.mistake("The softmax runs over the first axis. For a batch that mixes the sequences.")
def over_the_first_axis(scores):
    return scores.softmax(0)


@softmax_rows.mistake(
    "The softmax runs over axis 1. In a matrix that is the last one; in a batch of matrices it is not."
)
def over_axis_one(scores):
    return scores.softmax(1)


@softmax_rows.mistake(
    "The mean is subtracted, not the maximum: a score far below the others pulls it down, and exp overflows."
)
def mean_subtracted(scores):
    e = (scores - scores.mean(-1, keepdim=True)).exp()
    return e / e.sum(-1, keepdim=True)


@softmax_rows.mistake("The minimum is subtracted, not the maximum: a score far above it overflows in exp.")
def minimum_subtracted(scores):
    e = (scores - scores.amin(-1, keepdim=True)).exp()
    return e / e.sum(-1, keepdim=True)


@softmax_rows.mistake(
    "The median is subtracted, not the maximum: where most scores are far below the largest, exp overflows."
)
def median_subtracted(scores):
    e = (scores - scores.median(-1, keepdim=True).values).exp()
    return e / e.sum(-1, keepdim=True)


@softmax_rows.mistake(
    "The first score of each row is subtracted, not the largest: where it is far below, exp overflows."
)
def first_subtracted(scores):
    e = (scores - scores[..., :1]).exp()
    return e / e.sum(-1, keepdim=True)


@softmax_rows.mistake("One softmax over all entries of the tensor: they sum to one together, not row by row.")
def over_everything(scores):
    return scores.flatten().softmax(0).view_as(scores)


@softmax_rows.mistake(
    "The exponentials are not divided by their sum: the largest is 1, and a row sums to more."
)
def not_normalised(scores):
    return (scores - scores.amax(-1, keepdim=True)).exp()


@softmax_rows.mistake(
    "There is no exponential: scores over their sum can be negative, and they blow up near a sum of 0."
)
def no_exponential(scores):
    return scores / scores.sum(-1, keepdim=True)


@softmax_rows.mistake(
    "Without an exponential: scores less their minimum, over the sum. Shape and sum fit, weights do not."
)
def from_the_minimum(scores):
    above = scores - scores.amin(-1, keepdim=True)
    return above / above.sum(-1, keepdim=True)


@softmax_rows.mistake(
    "This is the softmax of the negated scores: the smallest score gets the largest weight."
)
def upside_down(scores):
    return (-scores).softmax(-1)


@softmax_rows.mistake("This is the logarithm of the softmax.")
def logarithm(scores):
    return scores.log_softmax(-1)


@softmax_rows.mistake(
    "A sigmoid looks at each score alone; in a softmax the scores of a row compete for one unit."
)
def sigmoids(scores):
    return scores.sigmoid()


@softmax_rows.mistake("Powers of 2 instead of e: right in form, flatter than the softmax.")
def base_two(scores):
    return (scores * math.log(2)).softmax(-1)


@softmax_rows.mistake(
    "The scores are divided by √L inside the softmax: that division is no part of a softmax."
)
def with_a_scale(scores):
    return (scores / math.sqrt(scores.shape[-1])).softmax(-1)


@softmax_rows.mistake(
    "The maximum is subtracted after the exponential: exp has overflowed by then, and the sum is off."
)
def subtracted_too_late(scores):
    e = scores.exp()
    e = e - e.amax(-1, keepdim=True)
    return e / e.sum(-1, keepdim=True)


@softmax_rows.mistake(
    "The exponentials are divided by the largest of them, not by their sum, and nothing guards exp."
)
def over_the_largest(scores):
    return scores.exp() / scores.exp().amax(-1, keepdim=True)


@softmax_rows.mistake(
    "The scores are divided by the row's maximum: only subtracting the same number leaves weights as they "
    "are."
)
def divided_by_maximum(scores):
    e = (scores / scores.amax(-1, keepdim=True)).exp()
    return e / e.sum(-1, keepdim=True)


@softmax_rows.mistake("The scores are clamped: all beyond the limit become equal, and so do their weights.")
def clamped(scores):
    e = scores.clamp(-80, 80).exp()
    return e / e.sum(-1, keepdim=True)


@softmax_rows.mistake("Large scores are clamped from above: they become equal, and so do their weights.")
def clamped_above(scores):
    e = scores.clamp(max=80).exp()
    return e / e.sum(-1, keepdim=True)


@softmax_rows.mistake(
    "A small number in the denominator mends 0 / 0 to 0, not to the right weights, and inf / inf stays NaN."
)
def small_number_below(scores):
    e = scores.exp()
    return e / (e.sum(-1, keepdim=True) + 1e-8)


@softmax_rows.mistake("NaN is replaced by 0 afterwards: the row that overflowed has lost its weights.")
def nan_replaced(scores):
    e = scores.exp()
    return (e / e.sum(-1, keepdim=True)).nan_to_num()


@softmax_rows.mistake(
    "The maximum is subtracted above the line only; the sum below has exponentials of other scores."
)
def subtracted_above_only(scores):
    top = scores.amax(-1, keepdim=True)
    return (scores - top).exp() / scores.exp().sum(-1, keepdim=True)


@softmax_rows.mistake(
    "The maximum is subtracted below the line only; the exponentials above it still overflow."
)
def subtracted_below_only(scores):
    top = scores.amax(-1, keepdim=True)
    return scores.exp() / (scores - top).exp().sum(-1, keepdim=True)


@softmax_rows.mistake(
    "The rows are divided by their standard deviation: that changes the gaps between the scores."
)
def standardised(scores):
    z = (scores - scores.mean(-1, keepdim=True)) / scores.std(-1, keepdim=True)
    return z.softmax(-1)


@softmax_rows.mistake("Each row is made one long before exp: that changes the gaps between the scores.")
def made_one_long(scores):
    return F.normalize(scores, dim=-1).softmax(-1)


@softmax_rows.mistake("A softmax of a softmax: the weights are exponentiated a second time, and flatten out.")
def twice(scores):
    return scores.softmax(-1).softmax(-1)


@softmax_rows.mistake("Each exponential is divided by the number of scores, not by their sum.")
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


for _said, _ways in _pairs(_SHIFTS, _SUMS):
    if (
        _said.count("columns") < 2 and _said.count("first axis") < 2
    ):  # both over one axis: that axis's softmax
        softmax_rows.mistake(_said, _softmax_with(*_ways))
for _said in list(_SHIFTS)[2:]:
    softmax_rows.mistake(
        f"{_said[0].upper()}{_said[1:]}: within a row different numbers are subtracted, which changes the "
        f"weights.",
        _softmax_with(_SHIFTS[_said], _SUMS[""]),
    )
for _said in list(_SUMS)[1:5]:
    softmax_rows.mistake(
        f"The maximum is the row's own, but {_said}: it is the row that is to sum to one.",
        _softmax_with(_SHIFTS[""], _SUMS[_said]),
    )


@softmax_rows.mistake(
    "The maxima lost their axis (no keepdim), so that each *column* has another row's maximum subtracted."
)
def maximum_lost_axis(scores):
    e = (scores - scores.amax(-1)).exp()
    return e / e.sum(-1, keepdim=True)


@softmax_rows.mistake(
    "Maximum and sum both lost their axis (no keepdim): columns are paired with rows' numbers."
)
def both_lost_axis(scores):
    e = (scores - scores.amax(-1)).exp()
    return e / e.sum(-1)


@softmax_rows.mistake("The sum lost its axis (no keepdim), and nothing keeps exp from overflowing.")
def naive_lost_axis(scores):
    return scores.exp() / scores.exp().sum(-1)


@softmax_rows.mistake("The weights are rounded.", lambda scores: (scores.softmax(-1) * 100).round() / 100)
def weights_rounded(scores):
    return scores.softmax(-1).round()


@softmax_rows.mistake(
    "These are shares of the absolute scores: the exponential is missing, and so is the sign."
)
def shares_of_absolute_scores(scores):
    return scores.abs() / scores.abs().sum(-1, keepdim=True)


@softmax_rows.mistake("Powers of 10 instead of e: right in form, sharper than the softmax.")
def base_ten(scores):
    return (scores * math.log(10)).softmax(-1)


@softmax_rows.mistake("The squares of the scores go into the softmax, so that their sign is lost.")
def of_squares(scores):
    return (scores**2).softmax(-1)


@softmax_rows.mistake(
    "This is the largest weight's place as a one and zeros: a hard maximum, not a soft one."
)
def hard_maximum(scores):
    return F.one_hot(scores.argmax(-1), scores.shape[-1]).to(scores.dtype)


@softmax_rows.mistake("The result is transposed.")
def softmax_transposed(scores):
    return scores.softmax(-1).transpose(-2, -1)


@softmax_rows.mistake(
    "The scores are divided by the largest absolute score; only subtracting leaves weights as they are."
)
def divided_by_largest(scores):
    return (scores / scores.abs().amax(-1, keepdim=True)).softmax(-1)


@softmax_rows.also_right
def softmax_fused(scores):
    return torch.special.softmax(scores, dim=-1)


@softmax_rows.also_right
def softmax_logsumexp(scores):
    return (scores - torch.logsumexp(scores, dim=-1, keepdim=True)).exp()


@softmax_rows.also_right
def softmax_double(scores):
    return softmax_reference(scores.double())


@softmax_rows.also_right
def softmax_loops(scores):
    out = torch.empty_like(scores)
    rows, target = scores.reshape(-1, scores.shape[-1]), out.view(-1, scores.shape[-1])
    for i, row in enumerate(rows):
        e = (row - row.max()).exp()
        target[i] = e / e.sum()
    return out


@softmax_rows.also_right
def softmax_by_differences(scores):
    return 1 / (scores.unsqueeze(-2) - scores.unsqueeze(-1)).exp().sum(-1)


@softmax_rows.also_right
def softmax_from_the_mean(scores):
    return softmax_reference(scores - scores.mean(-1, keepdim=True))


@softmax_rows.also_right
def softmax_not_contiguous(scores):
    turned = scores.transpose(-2, -1)
    e = (turned - turned.max(dim=-2, keepdim=True).values).exp()
    return (e / e.sum(-2, keepdim=True)).transpose(-2, -1)


# ---------------------------------------------------------------- hard attention


def hard_reference(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """The value of the key most similar to the query. q: (d,), k: (L, d), v: (L, dv) -> (dv,)"""
    return v[(k @ q).argmax()]


def _one_query(draw: Draw, same_width: bool = False) -> dict[str, Any]:
    L, d, dv = draw.sizes(3)
    return dict(q=draw.normal(d), k=draw.normal(L, d), v=draw.normal(L, d if same_width else dv))


# How far each key goes along the query, whose length is 1.5, and how far across it.
_KEYS = {
    "largest dot product": (3.0, 4.0),
    "largest cosine": (0.3, 0.0),
    "nearest": (1.5, 0.5),
    "smallest dot product": (-2.0, 1.0),
    "longest": (1.0, 6.0),
    "stores the value most like the query": (0.0, 1.0),
}


def _where_rules_differ(draw: Draw) -> dict[str, Any]:
    """Values as wide as keys, and another winner for each other rule of choosing one key.

    The first key is the least similar one: to take the first, or the first positive one, is not the same.
    """
    d = draw.integer(3, 5)
    along = F.normalize(draw.normal(d), dim=0)
    across = draw.normal(d)
    across = F.normalize(across - (across @ along) * along, dim=0)
    k = torch.tensor(list(_KEYS.values())) @ torch.stack([along, across])  # (L, d)
    k = k * (1 + 0.02 * draw.normal(len(k), 1).clamp(-2, 2))
    v = draw.normal(*k.shape)
    v[-1] += 8 * along
    least = list(_KEYS).index("smallest dot product")
    order = [least, *draw.shuffled([i for i in range(len(k)) if i != least])]
    return dict(q=1.5 * along, k=k[order], v=v[order])


def _all_pointing_away(draw: Draw) -> dict[str, Any]:
    """Every dot product is negative, and the best key is neither the first nor the last.

    A search for the largest that starts at 0 finds none, and stays with whatever it began with.
    """
    d, dv, L = sorted(draw.sizes(3))
    q, k = draw.normal(d), draw.normal(L, d)
    inner = draw.shuffled([1.0, *(float(i) for i in range(4, L + 1))])
    away = torch.tensor([3.0, *inner, 2.0])  # (L,)
    k = k - ((k @ q + away) / (q @ q))[:, None] * q  # k @ q is -away
    return dict(q=q, k=k, v=draw.normal(L, dv))


hard_attention = Function(
    "hard_attention",
    "Hard attention: the best key wins",
    points=2,
    difficulty=1,
    minutes=4,
    reference=hard_reference,
    cases={
        "values of their own width": lambda draw: _one_query(draw),
        "the most similar key, not the nearest or the longest": _where_rules_differ,
        "every key points away from the query": _all_pointing_away,
    },
    hints=[
        "Which key has the largest dot product with q? Its *value* is the answer.",
        "k @ q holds the L dot products at once; argmax gives the place of the largest.",
        "Index v with that place.",
    ],
)


@hard_attention.mistake("It returns the winning key; a look-up returns the value stored under it.")
def hard_returns_key(q, k, v):
    return k[(k @ q).argmax()]


@hard_attention.mistake("It returns the value of the *least* similar key.")
def hard_argmin(q, k, v):
    return v[(k @ q).argmin()]


@hard_attention.mistake(
    "It returns the place of the best key, a number; the value stored there is asked for."
)
def hard_returns_index(q, k, v):
    return (k @ q).argmax()


@hard_attention.mistake(
    "It returns the largest similarity itself; the value stored under that key is asked for."
)
def hard_returns_score(q, k, v):
    return (k @ q).max()


@hard_attention.mistake(
    "This is soft attention: every value takes part. Hard attention takes one value, whole."
)
def hard_is_soft(q, k, v):
    return (k @ q / math.sqrt(q.shape[-1])).softmax(0) @ v


@hard_attention.mistake(
    "This is soft attention without the scale: every value takes part. Hard attention takes one, whole."
)
def hard_is_soft_unscaled(q, k, v):
    return (k @ q).softmax(0) @ v


@hard_attention.mistake("It picks by cosine: the length of a key counts in a dot product.")
def hard_cosine(q, k, v):
    return v[(F.normalize(k, dim=-1) @ q).argmax()]


@hard_attention.mistake("It picks the nearest key; a long key further out can have the larger dot product.")
def hard_nearest(q, k, v):
    return v[(k - q).norm(dim=-1).argmin()]


@hard_attention.mistake("It picks the longest key and never looks at the query.")
def hard_longest(q, k, v):
    return v[k.norm(dim=-1).argmax()]


@hard_attention.mistake("The query is compared with the values; it is the keys that are searched.")
def hard_searches_values(q, k, v):
    return v[(v @ q).argmax()]


@hard_attention.mistake(
    "The winning value is multiplied by its similarity; hard attention gives it weight one."
)
def hard_times_score(q, k, v):
    return (k @ q).max() * v[(k @ q).argmax()]


@hard_attention.mistake("All values are averaged with equal weights: the query has no say.")
def hard_mean(q, k, v):
    return v.mean(0)


@hard_attention.mistake("It takes the largest dot product without its sign: a strongly *unlike* key can win.")
def hard_absolute(q, k, v):
    return v[(k @ q).abs().argmax()]


@hard_attention.mistake(
    "It keeps an axis of length one: one value, (dv,), is asked for, not a table of one row."
)
def hard_keeps_axis(q, k, v):
    return v[(k @ q).argmax()][None]


@hard_attention.mistake(
    "The winning value is multiplied by its softmax weight; hard attention gives it weight one."
)
def hard_times_weight(q, k, v):
    weights = (k @ q).softmax(0)
    return weights.max() * v[weights.argmax()]


@hard_attention.mistake(
    "The winning value is multiplied by its weight after scale and softmax; hard attention gives it weight "
    "one."
)
def hard_times_scaled_weight(q, k, v):
    weights = (k @ q / math.sqrt(len(q))).softmax(0)
    return weights.max() * v[weights.argmax()]


@hard_attention.mistake("q * k is never summed: one winner for each of the d columns, so d values come back.")
def hard_winner_per_column(q, k, v):
    return v[(q * k).argmax(0)]


@hard_attention.mistake(
    "q * k is never summed over d: the largest single product decides, not the dot product."
)
def hard_largest_product(q, k, v):
    return v[(q * k).argmax() // k.shape[1]]


@hard_attention.mistake("The place is one too small: the value before the winner's is returned.")
def hard_one_before(q, k, v):
    return v[(k @ q).argmax() - 1]


@hard_attention.mistake("The place is one too large: the value after the winner's is returned.")
def hard_one_after(q, k, v):
    return v[((k @ q).argmax() + 1) % len(v)]


@hard_attention.mistake(
    "The search starts at a best of 0, so where all dot products are negative no key can win."
)
def hard_from_zero(q, k, v):
    similarity = k @ q
    return v[similarity.argmax()] if similarity.max() > 0 else v[0]


@hard_attention.mistake("It returns from inside the loop: the first key with a positive dot product wins.")
def hard_first_positive(q, k, v):
    similarity = k @ q
    return v[(similarity > 0).int().argmax()]


hard_attention.mistake(
    "The search starts at a best of 0 and at no place: where all dot products are negative none is found.",
    lambda q, k, v: v[(k @ q).argmax()] if (k @ q).max() > 0 else torch.zeros(v.shape[-1]),
    lambda q, k, v: v[(k @ q).argmax()] if (k @ q).max() > 0 else v[None],
    lambda q, k, v: v[(k @ q).argmax()] if (k @ q).max() > 0 else v[-1],
)
hard_attention.mistake(
    "The last key better than 0 wins: the best so far is never kept.",
    lambda q, k, v: v[(k @ q > 0).nonzero()[-1, 0]] if (k @ q).max() > 0 else v[0],
)
hard_attention.mistake("It returns value and similarity as a pair; the value alone is asked for.")(
    lambda q, k, v: (v[(k @ q).argmax()], (k @ q).max())
)
hard_attention.mistake(
    "It returns value and place as a pair; the value alone is asked for.",
    lambda q, k, v: (v[(k @ q).argmax()], (k @ q).argmax()),
)
hard_attention.mistake("The first value is returned, whatever the query.", lambda q, k, v: v[0])
hard_attention.mistake("The last value is returned, whatever the query.", lambda q, k, v: v[-1])
hard_attention.mistake("All values are added up: the query has no say.", lambda q, k, v: v.sum(0))
hard_attention.mistake(
    "The largest number of each column of v: the query has no say.", lambda q, k, v: v.amax(0)
)
hard_attention.mistake(
    "These are similarities; the value of the best key is asked for.", lambda q, k, v: k @ q
)
hard_attention.mistake(
    "These are weights; hard attention returns the value of one key.",
    lambda q, k, v: (k @ q).softmax(0),
    lambda q, k, v: (k @ q / math.sqrt(len(q))).softmax(0),
)
hard_attention.mistake(
    "This is a one for the best key and zeros; the value stored there is asked for.",
    lambda q, k, v: F.one_hot((k @ q).argmax(), len(k)),
    lambda q, k, v: F.one_hot((k @ q).argmax(), len(k)).float(),
)
hard_attention.mistake(
    "The similarities weight the values, and every value takes part; hard attention takes one value, whole.",
    lambda q, k, v: (k @ q) @ v,
    lambda q, k, v: (k @ q / math.sqrt(len(q))) @ v,
)
hard_attention.mistake("It returns the value of the second-best key.")(
    lambda q, k, v: v[(k @ q).sort().indices[-2]]
)
hard_attention.mistake(
    "It picks the farthest key from the query.", lambda q, k, v: v[(k - q).norm(dim=-1).argmax()]
)
hard_attention.mistake(
    "It returns the key, and the nearest one; the value of the most similar key is asked for.",
    lambda q, k, v: k[(k - q).norm(dim=-1).argmin()],
)
hard_attention.mistake(
    "It returns one number of the winning value, not all of it.", lambda q, k, v: v[(k @ q).argmax()][0]
)
hard_attention.mistake("The best two values are averaged; hard attention takes one.")(
    lambda q, k, v: v[(k @ q).topk(2).indices].mean(0)
)


@hard_attention.also_right
def hard_one_hot(q, k, v):
    return F.one_hot((k @ q).argmax(), len(k)).to(v.dtype) @ v


@hard_attention.also_right
def hard_loop(q, k, v):
    best, place = -math.inf, 0
    for i, key in enumerate(k):
        if (score := float(torch.dot(q, key))) > best:
            best, place = score, i
    return v[place].clone()


@hard_attention.also_right
def hard_sorted(q, k, v):
    return v[torch.mv(k, q).sort(descending=True).indices[0]]


@hard_attention.also_right
def hard_topk(q, k, v):
    return v.index_select(0, (q @ k.T).topk(1).indices).squeeze(0)


@hard_attention.also_right
def hard_double(q, k, v):
    return v.double()[torch.einsum("ld,d->l", k.double(), q.double()).argmax()]


@hard_attention.also_right
def hard_scaled(q, k, v):
    return v[(k @ q / math.sqrt(len(q))).softmax(0).argmax()]  # neither changes the winner


hard_gradient = Quiz(
    "hard_gradient",
    "What hard attention cannot learn",
    points=1,
    difficulty=2,
    minutes=2,
    question=(
        "A network computes its query as `x @ Wq` and its values as `x @ Wv`, and attends *hard*. You "
        "train it for 1,000 steps of gradient descent on a loss of the output. What has happened to `Wq` "
        "and to `Wv`?"
    ),
    options={
        "a": "Both have learnt, `Wq` more slowly.",
        "b": "`Wq` is exactly as it was initialised; `Wv` has learnt.",
        "c": "Neither has changed.",
        "d": "`Wq` has jumped each time the winner changed; `Wv` has learnt.",
    },
    right="b",
    why={
        "a": "Slowly would need a small gradient. You saw exact zeros: 1,000 steps along zero lead nowhere.",
        "c": (
            "The winning value reaches the output with weight one, so the loss does have a gradient for "
            "it, and for Wv."
        ),
        "d": (
            "At the jump there is no derivative, and beside it the derivative is zero: autograd never "
            "sees the jump."
        ),
    },
    hints=[
        "Follow each of the two backwards from the output. Which one meets an argmax on the way?",
        "Moving the query a little leaves the winner the winner. Moving the winning value a little moves "
        "the output.",
    ],
)

# ---------------------------------------------------------------- the scale

score_scale = Formula(
    "score_scale",
    "The number to divide by",
    points=2,
    difficulty=2,
    minutes=3,
    reference="sqrt(d)",
    symbols={"d": "width of queries and keys"},
    unit="",
    hints=[
        "The table above gives the standard deviation of the scores at five widths. Square one of them.",
        "Dividing by c divides the variance by c². The variance of one score is d.",
        "c² = d.",
    ],
)
score_scale.mistake(
    "Dividing by d divides the variance by d²: it becomes 1/d instead of 1, and wide queries see all keys "
    "alike.",
    "d",
)
score_scale.mistake(
    "This is the factor to *multiply* by; the question asks for the number to divide by.", "1/sqrt(d)"
)
score_scale.mistake("Dividing by d² divides the variance by d to the fourth.", "d**2")
score_scale.mistake(
    "At d = 4 this is right too; at d = 64 the scores keep a standard deviation of 1/4.", "d/2"
)
score_scale.mistake(
    "Both factors are already at variance 1, so nothing is counted twice: no factor 2.", "sqrt(2*d)"
)
score_scale.mistake(
    "A fourth root leaves a variance of √d: that is what scaling the query alone this way would do.",
    "d**(1/4)",
)
score_scale.mistake(
    "The mean of a product is 0, not 1, so no product is to be taken off: all d count.", "sqrt(d-1)"
)
score_scale.mistake("That is √d for the patches, which have d = 2; d varies here.", "sqrt(2)")
score_scale.mistake(
    "The variance is 1, but the sign turns the order round: the most similar key gets the smallest weight.",
    "-sqrt(d)",
)


score_scale.mistake(
    "1/d is a factor to multiply by, and it lacks the root; the number to divide by is asked for.", "1/d"
)
score_scale.mistake("The standard deviation becomes 1/2: √d alone makes it 1.", "2*sqrt(d)")
score_scale.mistake("The standard deviation becomes 2: √d alone makes it 1.", "sqrt(d)/2")
score_scale.mistake("The variance becomes 2 instead of 1.", "sqrt(d/2)")
score_scale.mistake("Dividing by 1 changes nothing: the variance stays d.", "1")
score_scale.mistake(
    "One fixed number is right at one width only; d varies here.", "2", "4", "8", "16", "32", "64", "1024"
)
score_scale.mistake("A cube root leaves a variance of the cube root of d.", "d**(1/3)")
score_scale.mistake(
    "A logarithm grows far too slowly: the spread grows with √d.", "log(d)", "log2(d)", "sqrt(log(d))"
)
score_scale.mistake("That is twice the variance; its root without a factor is asked for.", "2*d")
score_scale.mistake("d to the power 3/2 divides the variance by d³.", "d**(3/2)")
score_scale.mistake("The d products are counted as d + 1.", "sqrt(d+1)")


score_scale.mistake(
    "Dividing by this makes the scores of wide queries larger, not smaller; no factor to multiply by is "
    "asked for.",
    "1/d**2",
    "1/d**(1/4)",
    "2/d",
    "1/(2*d)",
    "1/sqrt(2*d)",
    "sqrt(2/d)",
    "2/sqrt(d)",
    "-1/sqrt(d)",
    "1/2",
)
score_scale.mistake(
    "A factor or a term too many: the variance of one score is d, exactly.",
    "sqrt(3*d)",
    "sqrt(d/3)",
    "sqrt(d+2)",
    "sqrt(d)+1",
    "sqrt(d)-1",
    "4*sqrt(d)",
    "3*sqrt(d)",
    "sqrt(d)/3",
    "sqrt(d)/4",
)
score_scale.mistake(
    "Some power or multiple of d, and not the standard deviation of a sum of d products.",
    "d**3",
    "d**(2/3)",
    "d**(3/4)",
    "d/3",
    "d/4",
    "3*d",
    "4*d",
    "d+1",
    "d-1",
    "-d",
    "exp(d)",
    "d*log(d)",
    "sqrt(2)*d",
    "log(d+1)",
)
score_scale.mistake(
    "One fixed number is right at one width only; d varies here.",
    "3",
    "5",
    "6",
    "7",
    "9",
    "10",
    "12",
    "20",
    "24",
    "48",
    "100",
    "128",
    "256",
    "512",
    "768",
    "sqrt(3)",
    "sqrt(8)",
    "sqrt(32)",
    "sqrt(128)",
    "sqrt(512)",
    "sqrt(768)",
)


score_scale.also_right("d**0.5", "d**(1/2)", "d/sqrt(d)", "sqrt(4*d)/2", "1/(d**-0.5)", "(d**2)**(1/4)")

# ---------------------------------------------------------------- soft look-up


def look_up_reference(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """The values' mean, weighted by the softmax of the affinities. q: (d,), k: (L, d), v: (L, dv) -> (dv,)"""
    affinities = k @ q / math.sqrt(q.shape[-1])  # (L,)
    return affinities.softmax(dim=-1) @ v  # (dv,)


look_up = Function(
    "look_up",
    "Soft look-up for one query",
    points=3,
    difficulty=2,
    minutes=6,
    reference=look_up_reference,
    cases={
        "values of their own width": lambda draw: _one_query(draw),
        "values as wide as the keys": lambda draw: _one_query(draw, same_width=True),
        "two keys": lambda draw: dict(q=draw.normal(5), k=draw.normal(2, 5), v=draw.normal(2, 3)),
    },
    hints=[
        "Write the four words as four lines: similarity, affinity, softmax, weighted sum. Note the shape "
        "of each.",
        "Similarities (L,), affinities (L,), weights (L,), and then (L,) @ (L, dv) gives (dv,).",
        "weights = softmax_rows(k @ q / the number from the last exercise), then weights @ v.",
    ],
    may_not_call=[".scaled_dot_product_attention", "course.attention"],
)


@look_up.mistake("The similarities are not divided by √d.")
def look_up_unscaled(q, k, v):
    return (k @ q).softmax(-1) @ v


@look_up.mistake("The similarities are divided by d instead of √d.")
def look_up_by_d(q, k, v):
    return (k @ q / q.shape[-1]).softmax(-1) @ v


@look_up.mistake("The scale is the root of the number of keys; it belongs to the width of the query.")
def look_up_by_keys(q, k, v):
    return (k @ q / math.sqrt(len(k))).softmax(-1) @ v


@look_up.mistake("The scale is the root of the values' width; it belongs to the width of the query.")
def look_up_by_value_width(q, k, v):
    return (k @ q / math.sqrt(v.shape[-1])).softmax(-1) @ v


@look_up.mistake("The similarities are multiplied by √d instead of divided.")
def look_up_multiplied(q, k, v):
    return (k @ q * math.sqrt(q.shape[-1])).softmax(-1) @ v


@look_up.mistake(
    "There is no softmax: the affinities themselves weight the values, and they sum to anything."
)
def look_up_linear(q, k, v):
    return (k @ q / math.sqrt(q.shape[-1])) @ v


@look_up.mistake("Neither scale nor softmax: the raw similarities weight the values.")
def look_up_raw(q, k, v):
    return (k @ q) @ v


@look_up.mistake("It averages the keys; the weights belong on the values.")
def look_up_keys(q, k, v):
    return (k @ q / math.sqrt(q.shape[-1])).softmax(-1) @ k


@look_up.mistake("The query is compared with the values; it is the keys that are searched.")
def look_up_searches_values(q, k, v):
    return (v @ q / math.sqrt(q.shape[-1])).softmax(-1) @ v


@look_up.mistake("This is hard attention: the best key's value alone.")
def look_up_hard(q, k, v):
    return v[(k @ q).argmax()]


@look_up.mistake("Every key has the same weight: the query has no say.")
def look_up_mean(q, k, v):
    return v.mean(0)


@look_up.mistake("These are the weights; their weighted sum of the values is still to come.")
def look_up_weights(q, k, v):
    return (k @ q / math.sqrt(q.shape[-1])).softmax(-1)


@look_up.mistake("The values are weighted and not yet summed: one row for each key is left.")
def look_up_not_summed(q, k, v):
    return (k @ q / math.sqrt(q.shape[-1])).softmax(-1)[:, None] * v


@look_up.mistake(
    "The division by √d comes after the softmax: it shrinks the output and leaves the weights as sharp as "
    "before."
)
def look_up_scaled_late(q, k, v):
    return (k @ q).softmax(-1) @ v / math.sqrt(q.shape[-1])


@look_up.mistake("The exponentials are not divided by their sum, so that the weights do not sum to one.")
def look_up_unnormalised(q, k, v):
    return (k @ q / math.sqrt(q.shape[-1])).exp() @ v


@look_up.mistake("Cosines instead of dot products: the lengths of query and keys no longer count.")
def look_up_cosine(q, k, v):
    return F.cosine_similarity(k, q[None], dim=-1).softmax(-1) @ v


@look_up.mistake(
    "The affinities are divided by their sum: without the exponential a weight may be negative, or huge."
)
def look_up_shares(q, k, v):
    affinities = k @ q / math.sqrt(q.shape[-1])
    return affinities / affinities.sum() @ v


@look_up.mistake(
    "The weighted values are averaged over the keys; their sum is the mean already, for the weights sum to "
    "one."
)
def look_up_averaged(q, k, v):
    return look_up_reference(q, k, v) / len(k)


@look_up.mistake("It keeps an axis of length one for the query: (dv,) is asked for, not (1, dv).")
def look_up_keeps_axis(q, k, v):
    return look_up_reference(q, k, v)[None]


@look_up.mistake("Every weight is 1 (a softmax over an axis of length one), so the values are added up.")
def look_up_adds_up(q, k, v):
    return v.sum(0)


@look_up.mistake("Cosines instead of dot products, and divided by √d as well: the weights are nearly equal.")
def look_up_scaled_cosine(q, k, v):
    return (F.cosine_similarity(k, q[None], dim=-1) / math.sqrt(len(q))).softmax(-1) @ v


@look_up.mistake(
    "Negative squared distances are used as similarities; a dot product also counts the keys' lengths."
)
def look_up_by_distance(q, k, v):
    return (-((k - q) ** 2).sum(-1) / math.sqrt(len(q))).softmax(-1) @ v


@look_up.mistake("Negative squared distances are used as similarities, and nothing is divided by √d.")
def look_up_by_unscaled_distance(q, k, v):
    return (-((k - q) ** 2).sum(-1)).softmax(-1) @ v


@look_up.mistake("There are two softmaxes in a row: the second one makes the weights nearly equal.")
def look_up_two_softmaxes(q, k, v):
    return (k @ q / math.sqrt(len(q))).softmax(-1).softmax(-1) @ v


@look_up.mistake("The output is divided by √d as well; the affinities were divided already.")
def look_up_scaled_twice(q, k, v):
    return look_up_reference(q, k, v) / math.sqrt(len(q))


@look_up.mistake("The sign is lost: an unlike key weighs as much as an alike one.")
def look_up_absolute(q, k, v):
    return ((k @ q).abs() / math.sqrt(len(q))).softmax(-1) @ v


@look_up.mistake("The softmax is that of the negated affinities: the least similar key weighs most.")
def look_up_negated(q, k, v):
    return (-(k @ q) / math.sqrt(len(q))).softmax(-1) @ v


_LOOK_UP_SCALES: dict[str, Callable[..., float]] = {
    "": lambda q, k, v: math.sqrt(len(q)),
    "the similarities are not divided by √d": lambda q, k, v: 1.0,
    "the similarities are divided by d instead of √d": lambda q, k, v: len(q),
    "the similarities are multiplied by √d": lambda q, k, v: 1 / math.sqrt(len(q)),
    "the scale is the root of the number of keys": lambda q, k, v: math.sqrt(len(k)),
    "the scale is the root of the values' width": lambda q, k, v: math.sqrt(v.shape[-1]),
}
_LOOK_UP_WEIGHTS: dict[str, Callable[[Tensor], Tensor]] = {
    "": lambda affinities: affinities.softmax(-1),
    "the exponentials are not divided by their sum": lambda affinities: affinities.exp(),
    "a sigmoid stands in place of the softmax": lambda affinities: affinities.sigmoid(),
    "there are two softmaxes in a row": lambda affinities: affinities.softmax(-1).softmax(-1),
    "the sign of the affinities is lost": lambda affinities: affinities.abs().softmax(-1),
    "the affinities are negated": lambda affinities: (-affinities).softmax(-1),
}
_LOOK_UP_GATHERS: dict[str, Callable[..., Tensor]] = {
    "": lambda weights, q, k, v: weights @ v,
    "it averages the keys instead of the values": lambda weights, q, k, v: weights @ k,
    "the weighted values are not summed": lambda weights, q, k, v: weights[:, None] * v,
    "the weights are returned, without the values": lambda weights, q, k, v: weights,
    "the weighted values are divided by the number of keys": lambda weights, q, k, v: weights @ v / len(k),
    "only the best value is taken, times its weight": lambda weights, q, k, v: (
        weights.max() * v[weights.argmax()]
    ),
    "an axis of length one is kept": lambda weights, q, k, v: (weights @ v)[None],
}


def _look_up_with(scale: Any, weigh: Any, gather: Any) -> Callable[..., Tensor]:
    return lambda q, k, v: gather(weigh(k @ q / scale(q, k, v)), q, k, v)


for _said, _ways in _pairs(_LOOK_UP_SCALES, _LOOK_UP_WEIGHTS, _LOOK_UP_GATHERS):
    look_up.mistake(_said, _look_up_with(*_ways))
look_up.mistake(
    "A sigmoid stands in place of the softmax: the keys do not compete, and the weights sum to anything.",
    _look_up_with(_LOOK_UP_SCALES[""], torch.sigmoid, _LOOK_UP_GATHERS[""]),
)
look_up.mistake(
    "Only the best value is taken, times its weight; every value takes part in the sum.",
    lambda q, k, v: (w := (k @ q / math.sqrt(len(q))).softmax(0)).max() * v[w.argmax()],
)
look_up.mistake("These are the affinities, one for each key; softmax and weighted sum are still to come.")(
    lambda q, k, v: k @ q / math.sqrt(len(q))
)
look_up.mistake(
    "These are the similarities, one for each key; scale, softmax and weighted sum are still to come."
)(lambda q, k, v: k @ q)
look_up.mistake("It returns output and weights as a pair; the output alone is asked for.")(
    lambda q, k, v: (look_up_reference(q, k, v), (k @ q / math.sqrt(len(q))).softmax(0))
)
look_up.mistake("The first key's value is returned, whatever the query.", lambda q, k, v: v[0])
look_up.mistake("It returns the best key, not a mean of the values.", lambda q, k, v: k[(k @ q).argmax()])
look_up.mistake(
    "The scale is the root of the number of all entries of k; it belongs to the width of the query.",
    lambda q, k, v: (k @ q / math.sqrt(k.numel())).softmax(0) @ v,
)
look_up.mistake(
    "The similarities are divided by 2d or by d/2: `d ** 1 / 2` is (d ** 1) / 2, the root is `d ** 0.5`.",
    lambda q, k, v: (k @ q / (2 * len(q))).softmax(0) @ v,
    lambda q, k, v: (k @ q / (len(q) / 2)).softmax(0) @ v,
)
look_up.mistake("The scale is √2 whatever the width; √2 is right for the patches only.")(
    lambda q, k, v: (k @ q / math.sqrt(2)).softmax(0) @ v
)
look_up.mistake("The scale is the length of the query; it is the root of its width.")(
    lambda q, k, v: (k @ q / q.norm()).softmax(0) @ v
)
look_up.mistake(
    "The fourth root of d divides the similarities: the scale is on one side only, or halved twice."
)(lambda q, k, v: (k @ q / len(q) ** 0.25).softmax(0) @ v)


@look_up.also_right
def look_up_einsum(q, k, v):
    weights = torch.einsum("ld,d->l", k, q / math.sqrt(len(q))).softmax(0)
    return torch.einsum("l,lc->c", weights, v)


@look_up.also_right
def look_up_loop(q, k, v):
    raw = [math.exp(float(torch.dot(q, key)) / math.sqrt(len(q))) for key in k]
    return sum((w / sum(raw) * value for w, value in zip(raw, v, strict=True)), torch.zeros(v.shape[-1]))


@look_up.also_right
def look_up_fused(q, k, v):
    return F.scaled_dot_product_attention(q[None, None], k[None], v[None])[0, 0]


@look_up.also_right
def look_up_double(q, k, v):
    return look_up_reference(q.double(), k.double(), v.double())


@look_up.also_right
def look_up_as_matrices(q, k, v):
    return ((q[None] @ k.T) / len(q) ** 0.5).softmax(1).matmul(v).squeeze(0)


@look_up.also_right
def look_up_root_on_both(q, k, v):
    quarter = len(q) ** 0.25
    return ((k / quarter) @ (q / quarter)).softmax(0) @ v


# ---------------------------------------------------------------- masks


def causal_reference(L: int) -> Tensor:
    """True where a query (row) may look: at itself and at earlier tokens. L -> (L, L)"""
    return torch.ones(L, L, dtype=torch.bool).tril()


causal_mask = Function(
    "causal_mask",
    "No looking ahead",
    points=2,
    difficulty=1,
    minutes=4,
    reference=causal_reference,
    cases={
        "a sequence": lambda draw: dict(L=draw.integer(4, 9)),
        "a sequence of one token": lambda draw: dict(L=1),
    },
    hints=[
        "Row i belongs to query i. Which j may it look at? Draw the 3 × 3 case on paper first.",
        "Row i is True at 0, 1, …, i: a triangle that includes the diagonal.",
        "torch.ones(L, L, dtype=torch.bool) is a square of True; tril() keeps the lower triangle.",
    ],
)


@causal_mask.mistake("It is upside down: each query sees itself and the *future*.")
def causal_upper(L):
    return torch.ones(L, L, dtype=torch.bool).triu()


@causal_mask.mistake(
    "The diagonal is False: no token may look at itself, and the first may look nowhere at all, which "
    "ends in NaN."
)
def causal_strict(L):
    return torch.ones(L, L, dtype=torch.bool).tril(-1)


@causal_mask.mistake("True marks what is forbidden here; in this course True means *may attend*.")
def causal_inverted(L):
    return torch.ones(L, L, dtype=torch.bool).triu(1)


@causal_mask.mistake("Each query sees one token too many: its own successor, which it is meant to predict.")
def causal_one_ahead(L):
    return torch.ones(L, L, dtype=torch.bool).tril(1)


@causal_mask.mistake("Nothing is forbidden.")
def causal_all(L):
    return torch.ones(L, L, dtype=torch.bool)


@causal_mask.mistake("Every token sees itself only.")
def causal_diagonal(L):
    return torch.eye(L, dtype=torch.bool)


@causal_mask.mistake("Every token sees itself and its one predecessor; all earlier tokens are allowed too.")
def causal_band(L):
    return torch.ones(L, L, dtype=torch.bool).tril().triu(-1)


@causal_mask.mistake("These are numbers to be added to scores (0 and −inf); a boolean mask is asked for.")
def causal_additive(L):
    return torch.zeros(L, L).masked_fill(torch.ones(L, L, dtype=torch.bool).triu(1), -math.inf)


@causal_mask.mistake("It has one row: each query needs a row of its own.")
def causal_one_row(L):
    return torch.ones(1, L, dtype=torch.bool)


@causal_mask.mistake("These are the numbers 0 and 1; a boolean mask is asked for, which ~ can turn round.")
def causal_as_floats(L):
    return torch.ones(L, L).tril()


@causal_mask.mistake(
    "These are the whole numbers 0 and 1; a boolean mask is asked for, which ~ can turn round."
)
def causal_as_integers(L):
    return torch.ones(L, L, dtype=torch.int64).tril()


@causal_mask.mistake("It is a single row without a second axis: each query needs a row of its own.")
def causal_vector(L):
    return torch.ones(L, dtype=torch.bool)


@causal_mask.mistake("It has an axis too many in front; (L, L) is asked for and broadcasts over any batch.")
def causal_with_batch_axis(L):
    return causal_reference(L)[None]


@causal_mask.mistake("It is one row and one column too large.")
def causal_too_large(L):
    return causal_reference(L + 1)


@causal_mask.mistake("It is one row and one column too small.")
def causal_too_small(L):
    return causal_reference(L - 1)


@causal_mask.mistake("The diagonal is False except for the first token: every token may look at itself.")
def causal_strict_but_first(L):
    mask = torch.ones(L, L, dtype=torch.bool).tril(-1)
    mask[0, 0] = True
    return mask


@causal_mask.mistake("Every token sees all others and not itself, the future included.")
def causal_others(L):
    return ~torch.eye(L, dtype=torch.bool)


@causal_mask.mistake("The triangle leans the other way: the last axis is turned round.")
def causal_flipped(L):
    return causal_reference(L).flip(-1)


@causal_mask.mistake("Every token sees itself and its two predecessors; all earlier tokens are allowed too.")
def causal_band_of_three(L):
    return torch.ones(L, L, dtype=torch.bool).tril().triu(-2)


@causal_mask.mistake("Every token sees its predecessor only; itself and all earlier tokens are allowed too.")
def causal_predecessor_only(L):
    return torch.ones(L, L, dtype=torch.bool).tril(-1).triu(-1)


@causal_mask.mistake("These are numbers to be added to scores (0 and −1e9); a boolean mask is asked for.")
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


for _said, _ways in _pairs(_PATTERNS, _FORMS):
    causal_mask.mistake(_said, _mask_with(*_ways))
causal_mask.mistake("It has two axes too many in front; (L, L) is asked for and broadcasts over any batch.")(
    lambda L: causal_reference(L)[None, None]
)
causal_mask.mistake("Nothing is forbidden, and these are numbers; a boolean mask is asked for.")(
    lambda L: torch.ones(L, L)
)
causal_mask.mistake("These are numbers, all zero; a boolean mask is asked for.", lambda L: torch.zeros(L, L))
causal_mask.mistake(
    "Nothing is allowed: every entry is False.", lambda L: torch.zeros(L, L, dtype=torch.bool)
)
causal_mask.mistake("Every token sees the first one only.", lambda L: (torch.arange(L) == 0).expand(L, L))
causal_mask.mistake("The last row is left False: the loop stops one row short.")(
    lambda L: causal_reference(L) & (torch.arange(L) < L - 1)[:, None]
)
causal_mask.mistake("The first row is left False: the loop starts at the second one.")(
    lambda L: causal_reference(L) & (torch.arange(L) > 0)[:, None]
)
causal_mask.mistake("Every token sees its two successors as well.")(
    lambda L: torch.ones(L, L, dtype=torch.bool).tril(2)
)
causal_mask.mistake("Each token sees itself and its neighbours on both sides: this is no causal mask.")(
    lambda L: torch.ones(L, L, dtype=torch.bool).tril(1).triu(-1)
)
causal_mask.mistake("These are distances or numbers of places, not truth values.")(
    lambda L: torch.arange(L)[:, None] - torch.arange(L)
)


@causal_mask.also_right
def causal_compared(L):
    place = torch.arange(L)
    return place[:, None] >= place[None, :]


@causal_mask.also_right
def causal_loops(L):
    return torch.tensor([[j <= i for j in range(L)] for i in range(L)])


@causal_mask.also_right
def causal_negated(L):
    return ~torch.ones(L, L).triu(diagonal=1).bool()


@causal_mask.also_right
def causal_filled(L):
    mask = torch.zeros(L, L, dtype=torch.bool)
    for i in range(L):
        mask[i, : i + 1] = True
    return mask


@causal_mask.also_right
def causal_cumulative(L):
    return torch.eye(L).cumsum(dim=0) > 0


@causal_mask.also_right
def causal_turned(L):
    return torch.ones(L, L).triu().T == 1


mask_when = Quiz(
    "mask_when",
    "Which ways of forbidding leak?",
    points=2,
    difficulty=3,
    minutes=4,
    question=(
        "Key j is forbidden to a query. In which of these does key j, or its value, **still change** the "
        "query's output? Choose all."
    ),
    options={
        "a": "Its score is set to −inf before the softmax.",
        "b": "Its weight is set to 0 after the softmax, and nothing else is done.",
        "c": "Its value vector is set to zeros; its score stays.",
        "d": "Its weight is set to 0 after the softmax, and the row is divided by its new sum.",
        "e": "Its score is set to 0 before the softmax.",
    },
    right={"b", "c", "e"},
    why={
        "a": "exp(−inf) is exactly 0: the key is gone from the numerator and from the sum below.",
        "b": (
            "Its exponential is still in the sum that divides all the others: they are too small, by an "
            "amount that key j sets."
        ),
        "c": (
            "It still takes its share of the weight and spends it on zeros, so the output shrinks by an "
            "amount that key j sets."
        ),
        "d": "Dividing by the new sum undoes what key j took: the result equals the one with −inf.",
        "e": "exp(0) is 1, an ordinary weight: its value is mixed into the output.",
    },
    hints=[
        "Change key j a little in your mind, then its value, and follow both to the output.",
        "A weight is exp(own score) / Σ exp(all scores). Key j may sit above the line, below it, or nowhere.",
    ],
)

# ---------------------------------------------------------------- the whole of it


def _attention_inputs(draw: Draw, *leading: int, itself: bool = False) -> dict[str, Any]:
    """Queries, keys and values under the ``leading`` axes, with no two sizes alike."""
    L, other, d, dv = [size for size in draw.shuffled(range(2, 10)) if size not in leading][:4]
    Lk, dv = (L, d) if itself else (other, dv)
    return dict(
        q=draw.normal(*leading, L, d), k=draw.normal(*leading, Lk, d), v=draw.normal(*leading, Lk, dv)
    )


def _with_square_mask(draw: Draw) -> dict[str, Any]:
    B = draw.integer(2, 4)
    inputs = _attention_inputs(draw, B, itself=True)
    L = inputs["q"].shape[-2]
    forward, order = causal_reference(L), torch.tensor(draw.shuffled(range(L)))
    return inputs | dict(mask=forward[order])  # no symmetry; every row has a True


def _with_padding(draw: Draw) -> dict[str, Any]:
    B = draw.integer(2, 4)
    inputs = _attention_inputs(draw, B)
    return inputs | dict(mask=draw.mask(B, 1, inputs["k"].shape[-2]))


def attention_reference(q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None = None) -> Tensor:
    """`course.attention.attention` without its checks of the arguments: the lines a student writes."""
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])  # (..., Lq, Lk)
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    return scores.softmax(dim=-1) @ v  # (..., Lq, dv)


attention = Function(
    "attention",
    "Scaled dot-product attention",
    points=6,
    difficulty=4,
    minutes=15,
    reference=attention_reference,
    cases={
        "one sequence asks another": lambda draw: _attention_inputs(draw),
        "a sequence asks itself": lambda draw: _attention_inputs(draw, itself=True),
        "a batch of sequences": lambda draw: _attention_inputs(draw, draw.integer(2, 4)),
        "two leading axes, batch and heads": lambda draw: _attention_inputs(draw, *draw.shuffled([2, 3])),
        "one mask (L, L) for the whole batch": _with_square_mask,
        "a padding mask (B, 1, Lk)": _with_padding,
    },
    hints=[
        "Write it for one sequence and no mask first: four lines, one for each word. Run the check; then "
        "the batch.",
        "k.T turns *all* axes round. k.transpose(-2, -1) turns the last two and leaves batch and heads "
        "alone.",
        "The mask is True where looking is allowed; what has to be filled is the opposite, ~mask, and "
        "before the softmax.",
        "scores = q @ k.transpose(-2, -1) / the root of q.shape[-1]; then masked_fill(~mask, -inf) if "
        "there is a mask; then softmax over the keys, the last axis; then @ v.",
    ],
    may_not_call=[".scaled_dot_product_attention", "course.attention"],
)


def _affinities(q: Tensor, k: Tensor) -> Tensor:
    return q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])  # (..., Lq, Lk)


def _forbid(scores: Tensor, mask: Tensor | None, score: float = -math.inf) -> Tensor:
    return scores if mask is None else scores.masked_fill(~mask, score)


@attention.mistake("The scores are not divided by √d, so that they grow with the width of the queries.")
def unscaled(q, k, v, mask=None):
    return _forbid(q @ k.transpose(-2, -1), mask).softmax(-1) @ v


@attention.mistake("The scores are divided by d instead of √d.")
def divided_by_d(q, k, v, mask=None):
    return _forbid(q @ k.transpose(-2, -1) / q.shape[-1], mask).softmax(-1) @ v


@attention.mistake(
    "The scores are divided by the root of the number of keys; the scale belongs to the width of the queries."
)
def divided_by_root_of_keys(q, k, v, mask=None):
    return _forbid(q @ k.transpose(-2, -1) / math.sqrt(k.shape[-2]), mask).softmax(-1) @ v


@attention.mistake(
    "The scores are divided by the root of the values' width; the scale belongs to the width of the queries."
)
def divided_by_root_of_value_width(q, k, v, mask=None):
    return _forbid(q @ k.transpose(-2, -1) / math.sqrt(v.shape[-1]), mask).softmax(-1) @ v


@attention.mistake(
    "The scores are divided by the root of the number of queries: q.shape[-2] is a length, not the width."
)
def divided_by_root_of_queries(q, k, v, mask=None):
    return _forbid(q @ k.transpose(-2, -1) / math.sqrt(q.shape[-2]), mask).softmax(-1) @ v


@attention.mistake(
    "The scores are divided by the root of the first axis: with a batch, q.shape[0] is the batch size."
)
def divided_by_root_of_first_axis(q, k, v, mask=None):
    return _forbid(q @ k.transpose(-2, -1) / math.sqrt(q.shape[0]), mask).softmax(-1) @ v


@attention.mistake("The scores are multiplied by √d instead of divided.")
def multiplied(q, k, v, mask=None):
    return _forbid(q @ k.transpose(-2, -1) * math.sqrt(q.shape[-1]), mask).softmax(-1) @ v


@attention.mistake(
    "The scores are divided by the fourth root of d: the scale is on one side only, or halved twice."
)
def fourth_root(q, k, v, mask=None):
    return _forbid(q @ k.transpose(-2, -1) / q.shape[-1] ** 0.25, mask).softmax(-1) @ v


@attention.mistake(
    "The division by √d comes after the softmax: the weights are as sharp as ever, and sum to 1/√d."
)
def scaled_after_softmax(q, k, v, mask=None):
    return _forbid(q @ k.transpose(-2, -1), mask).softmax(-1) / math.sqrt(q.shape[-1]) @ v


@attention.mistake("The softmax runs over the queries, so that the columns sum to one instead of the rows.")
def softmax_over_queries(q, k, v, mask=None):
    return _forbid(_affinities(q, k), mask).softmax(-2) @ v


@attention.mistake(
    "The softmax runs over the first axis: with a batch, the sequences compete with one another."
)
def softmax_over_first_axis(q, k, v, mask=None):
    return _forbid(_affinities(q, k), mask).softmax(0) @ v


@attention.mistake("The softmax runs over axis 1: the keys of a single sequence, but the queries of a batch.")
def softmax_over_axis_one(q, k, v, mask=None):
    return _forbid(_affinities(q, k), mask).softmax(1) @ v


@attention.mistake("One softmax over the whole table of scores: all queries together share a weight of one.")
def softmax_over_table(q, k, v, mask=None):
    scores = _forbid(_affinities(q, k), mask)
    return scores.flatten(-2).softmax(-1).view_as(scores) @ v


@attention.mistake("There is no softmax: the scores themselves weight the values.")
def without_softmax(q, k, v, mask=None):
    return _forbid(_affinities(q, k), mask, 0.0) @ v


@attention.mistake(
    "The exponentials are not divided by their sum, so that the weights of a row sum to anything."
)
def unnormalised(q, k, v, mask=None):
    return _forbid(_affinities(q, k), mask).exp() @ v


@attention.mistake(
    "A sigmoid on each score: the keys do not compete, and the weights of a row sum to anything."
)
def with_sigmoid(q, k, v, mask=None):
    return _forbid(_affinities(q, k), mask).sigmoid() @ v


@attention.mistake("This is hard attention: the best key's value alone, and no gradient for the query.")
def hard(q, k, v, mask=None):
    scores = _forbid(_affinities(q, k), mask)
    return F.one_hot(scores.argmax(-1), scores.shape[-1]).to(v.dtype) @ v


@attention.mistake("Cosines instead of dot products: the lengths of queries and keys no longer count.")
def cosine(q, k, v, mask=None):
    return _forbid(F.normalize(q, dim=-1) @ F.normalize(k, dim=-1).transpose(-2, -1), mask).softmax(-1) @ v


@attention.mistake("Queries and keys have changed places: the scores are transposed, k qᵀ instead of q kᵀ.")
def swapped(q, k, v, mask=None):
    return _forbid(_affinities(k, q), mask).softmax(-1) @ v


@attention.mistake(
    "The weights are transposed before they meet the values: each output gathers what looked *at* it."
)
def weights_transposed(q, k, v, mask=None):
    return _forbid(_affinities(q, k), mask).softmax(-1).transpose(-2, -1) @ v


@attention.mistake("The queries are compared with the values; it is the keys that are searched.")
def searches_values(q, k, v, mask=None):
    return _forbid(_affinities(q, v), mask).softmax(-1) @ v


@attention.mistake("It averages the keys; the weights belong on the values.")
def averages_keys(q, k, v, mask=None):
    return _forbid(_affinities(q, k), mask).softmax(-1) @ k


@attention.mistake(
    "The keys are reshaped where they should be transposed: the numbers keep their order and land in the "
    "wrong places."
)
def reshaped_keys(q, k, v, mask=None):
    turned = k.reshape(*k.shape[:-2], k.shape[-1], k.shape[-2])
    return _forbid(q @ turned / math.sqrt(q.shape[-1]), mask).softmax(-1) @ v


@attention.mistake(
    "The mask is upside down: it hides what may be seen and shows what may not. True means *may attend*."
)
def mask_inverted(q, k, v, mask=None):
    return _forbid(_affinities(q, k), None if mask is None else ~mask).softmax(-1) @ v


@attention.mistake("The mask has no effect: it is ignored, or what masked_fill returns is not kept.")
def mask_ignored(q, k, v, mask=None):
    return _affinities(q, k).softmax(-1) @ v


@attention.mistake("The mask is added to the scores as 0 and 1: a nudge, where a wall is needed.")
def mask_added(q, k, v, mask=None):
    return (_affinities(q, k) if mask is None else _affinities(q, k) + mask).softmax(-1) @ v


@attention.mistake(
    "The mask comes after the softmax and the rest is not renormalised: forbidden keys (or values) still "
    "cost weight."
)
def mask_after_softmax(q, k, v, mask=None):
    weights = _affinities(q, k).softmax(-1)
    return (weights if mask is None else weights * mask) @ v


@attention.mistake(
    "Forbidden scores are set to 0 (or multiplied by 0, or set to 1e-9), but exp(0) is 1, an ordinary weight."
)
def masked_with_zero(q, k, v, mask=None):
    return _forbid(_affinities(q, k), mask, 0.0).softmax(-1) @ v


@attention.mistake(
    "Forbidden scores are set to −1: low, but exp(−1) is 0.37. Only −inf becomes a weight of exactly 0."
)
def masked_with_minus_one(q, k, v, mask=None):
    return _forbid(_affinities(q, k), mask, -1.0).softmax(-1) @ v


@attention.mistake("Forbidden scores are set to +inf: inf / inf is NaN. The sign is the wrong way round.")
def masked_with_plus_infinity(q, k, v, mask=None):
    return _forbid(_affinities(q, k), mask, math.inf).softmax(-1) @ v


@attention.mistake("The mask is transposed: row i is used as if it said who may look *at* i.")
def mask_transposed(q, k, v, mask=None):
    return _forbid(_affinities(q, k), None if mask is None else mask.transpose(-2, -1)).softmax(-1) @ v


@attention.mistake("The first sequence's mask is used for the whole batch.")
def mask_of_the_first(q, k, v, mask=None):
    return (
        _forbid(_affinities(q, k), mask[:1] if mask is not None and mask.dim() == 3 else mask).softmax(-1) @ v
    )


@attention.mistake(
    "The mask is applied before the division, with −1 as the forbidden score: it leaks, and more so the "
    "wider d."
)
def masked_before_division(q, k, v, mask=None):
    return (_forbid(q @ k.transpose(-2, -1), mask, -1.0) / math.sqrt(q.shape[-1])).softmax(-1) @ v


def _weights(scores: Tensor, mask: Tensor | None) -> Tensor:
    return _forbid(scores, mask).softmax(-1)


@attention.mistake(
    "The scores are divided by the root of q.shape[1]: that is the width of one sequence, and a length or "
    "the "
    "heads with a batch."
)
def divided_by_root_of_axis_one(q, k, v, mask=None):
    return _weights(q @ k.transpose(-2, -1) / math.sqrt(q.shape[1]), mask) @ v


@attention.mistake(
    "The scores are divided by 2d: `… / d ** 1 / 2` divides by d and then by 2; the root is `d ** 0.5`."
)
def divided_by_two_d(q, k, v, mask=None):
    return _weights(q @ k.transpose(-2, -1) / (2 * q.shape[-1]), mask) @ v


@attention.mistake("The scores are divided by d/2: `d ** 1 / 2` is (d ** 1) / 2; the root is `d ** 0.5`.")
def divided_by_half_d(q, k, v, mask=None):
    return _weights(q @ k.transpose(-2, -1) / (q.shape[-1] / 2), mask) @ v


@attention.mistake(
    "The mask is upside down (and −1e9 where it forbids): it hides what may be seen. True means *may attend*."
)
def mask_inverted_large(q, k, v, mask=None):
    return _forbid(_affinities(q, k), None if mask is None else ~mask, -1e9).softmax(-1) @ v


@attention.mistake(
    "−inf is put into the weights, after the softmax: its place is among the scores, before it."
)
def infinity_after_softmax(q, k, v, mask=None):
    return _forbid(_affinities(q, k).softmax(-1), mask) @ v


@attention.mistake(
    "The forbidden scores are raised by a large number in place of lowered: they alone get weight."
)
def forbidden_raised(q, k, v, mask=None):
    scores = _affinities(q, k)
    return (scores if mask is None else scores + ~mask * 1e9).softmax(-1) @ v


@attention.mistake("0 times −inf is NaN: where a key is allowed, nothing may be added to its score.")
def zero_times_infinity(q, k, v, mask=None):
    scores = _affinities(q, k)
    return (scores if mask is None else scores + ~mask * -math.inf).softmax(-1) @ v


@attention.mistake("These are the weights, (…, Lq, Lk); their weighted sum of the values is still to come.")
def returns_weights(q, k, v, mask=None):
    return _weights(_affinities(q, k), mask)


@attention.mistake("These are the scores, (…, Lq, Lk); the softmax and the weighted sum are still to come.")
def returns_scores(q, k, v, mask=None):
    return _forbid(_affinities(q, k), mask)


@attention.mistake("It returns output and weights as a pair; the output alone is asked for.")
def returns_pair(q, k, v, mask=None):
    weights = _weights(_affinities(q, k), mask)
    return weights @ v, weights


@attention.mistake(
    "Forbidden scores are set to −10: low, but not low enough. Only −inf becomes a weight of exactly 0."
)
def masked_with_minus_ten(q, k, v, mask=None):
    return _forbid(_affinities(q, k), mask, -10.0).softmax(-1) @ v


@attention.mistake(
    "Forbidden scores are set to −10, and divided by √d after that: they leak, and more so the wider d."
)
def minus_ten_before_division(q, k, v, mask=None):
    return (_forbid(q @ k.transpose(-2, -1), mask, -10.0) / math.sqrt(q.shape[-1])).softmax(-1) @ v


@attention.mistake("The mask is not read: wherever one is given, a causal one takes its place.")
def causal_for_any_mask(q, k, v, mask=None):
    scores = _affinities(q, k)
    causal = torch.ones(scores.shape[-2:], dtype=torch.bool).tril()
    return _weights(scores, None if mask is None else causal) @ v


@attention.mistake("It is always causal, also where no mask is given.")
def always_causal(q, k, v, mask=None):
    scores = _affinities(q, k)
    causal = torch.ones(scores.shape[-2:], dtype=torch.bool).tril()
    return _weights(scores, causal if mask is None else causal & mask) @ v


@attention.mistake(
    "The scores are divided by their sum: without the exponential a weight may be negative, or huge."
)
def shares_of_scores(q, k, v, mask=None):
    scores = _forbid(_affinities(q, k), mask, 0.0)
    return scores / scores.sum(-1, keepdim=True) @ v


@attention.mistake(
    "The exponentials are divided by one sum over everything: all queries of the batch share a weight of one."
)
def softmax_over_everything(q, k, v, mask=None):
    scores = _forbid(_affinities(q, k), mask)
    return scores.exp() / scores.exp().sum() @ v


@attention.mistake(
    "The sum lost its axis (no keepdim), so that the weights are divided by other queries' sums."
)
def sum_lost_axis(q, k, v, mask=None):
    e = _forbid(_affinities(q, k), mask).exp()
    return e / e.sum(-1) @ v


@attention.mistake(
    "A mask with fewer axes than the scores is not used: (L, L) serves every sequence of the batch."
)
def mask_of_full_rank_only(q, k, v, mask=None):
    scores = _affinities(q, k)
    return _weights(scores, mask if mask is not None and mask.dim() == scores.dim() else None) @ v


@attention.mistake(
    "Only a mask of shape (L, L) is used; one row for each sentence broadcasts over its queries."
)
def square_mask_only(q, k, v, mask=None):
    return _weights(_affinities(q, k), mask if mask is not None and mask.dim() == 2 else None) @ v


@attention.mistake("The weighted values are averaged over the keys; the weights sum to one already.")
def averaged_over_keys(q, k, v, mask=None):
    return attention_reference(q, k, v, mask) / k.shape[-2]


@attention.mistake("There are two softmaxes in a row: the second one makes the weights nearly equal.")
def two_softmaxes(q, k, v, mask=None):
    return _weights(_affinities(q, k), mask).softmax(-1) @ v


@attention.mistake("There is neither a softmax nor a scale: raw similarities weight the values.")
def neither_softmax_nor_scale(q, k, v, mask=None):
    return _forbid(q @ k.transpose(-2, -1), mask, 0.0) @ v


@attention.mistake("The queries are not part of it: the keys are compared with one another.")
def keys_with_keys(q, k, v, mask=None):
    return _forbid(_affinities(k, k), mask).softmax(-1) @ v


@attention.mistake("The scores are divided by the number of keys instead of √d.")
def by_d_of_keys(q, k, v, mask=None):
    return _weights(q @ k.transpose(-2, -1) / k.shape[-2], mask) @ v


_SCALES: dict[str, Callable[..., float]] = {
    "": lambda q, k, v: math.sqrt(q.shape[-1]),
    "the scores are not divided by √d": lambda q, k, v: 1.0,
    "the scores are divided by d instead of √d": lambda q, k, v: q.shape[-1],
    "the scores are multiplied by √d": lambda q, k, v: 1 / math.sqrt(q.shape[-1]),
    "the scores are divided by the root of the number of keys": lambda q, k, v: math.sqrt(k.shape[-2]),
    "the scores are divided by the root of the first axis": lambda q, k, v: math.sqrt(q.shape[0]),
    "the scores are divided by the root of axis 1": lambda q, k, v: math.sqrt(q.shape[1]),
}
_NORMALISERS: dict[str, Callable[[Tensor], Tensor]] = {
    "": lambda scores: scores.softmax(-1),
    "the softmax runs over the queries": lambda scores: scores.softmax(-2),
    "the softmax runs over the first axis": lambda scores: scores.softmax(0),
    "the softmax runs over axis 1": lambda scores: scores.softmax(1),
}
_MASKINGS: dict[str, Callable[..., Tensor]] = {
    "": lambda scores, mask, weigh: weigh(_forbid(scores, mask)),
    "the mask is ignored": lambda scores, mask, weigh: weigh(scores),
    "forbidden scores are set to 0": lambda scores, mask, weigh: weigh(_forbid(scores, mask, 0.0)),
    "forbidden scores are set to −1": lambda scores, mask, weigh: weigh(_forbid(scores, mask, -1.0)),
    "the mask is upside down": lambda scores, mask, weigh: weigh(
        _forbid(scores, None if mask is None else ~mask)
    ),
    "the mask (with −1e9) is upside down": lambda scores, mask, weigh: weigh(
        _forbid(scores, None if mask is None else ~mask, -1e9)
    ),
    "the mask comes after the softmax": lambda scores, mask, weigh: (
        weigh(scores) if mask is None else weigh(scores) * mask
    ),
    "the mask is added to the scores as 0 and 1": lambda scores, mask, weigh: weigh(
        scores if mask is None else scores + mask
    ),
}


def _attention_with(scale: Any, weigh: Any, forbid: Any) -> Callable[..., Tensor]:
    def attend(q, k, v, mask=None):
        return forbid(q @ k.transpose(-2, -1) / scale(q, k, v), mask, weigh) @ v

    return attend


for _said, _ways in _pairs(_SCALES, _NORMALISERS, _MASKINGS):
    attention.mistake(_said, _attention_with(*_ways))


@attention.mistake(
    "The output is added to the queries: the residual belongs to the block around it (lesson 04)."
)
def plus_queries(q, k, v, mask=None):
    out = attention_reference(q, k, v, mask)
    return out + q if q.shape == out.shape else out


@attention.mistake("The output is transposed: a query is a row of it.")
def output_transposed(q, k, v, mask=None):
    return attention_reference(q, k, v, mask).transpose(-2, -1)


@attention.mistake("The heads or the batch are averaged: every leading axis stays in the output.")
def leading_axes_averaged(q, k, v, mask=None):
    out = attention_reference(q, k, v, mask)
    return out.mean(0) if out.dim() > 2 else out


@attention.mistake("The first sequence of the batch is answered for alone.")
def first_sequence_only(q, k, v, mask=None):
    out = attention_reference(q, k, v, mask)
    return out[0] if out.dim() > 2 else out


@attention.mistake("Every query gets the plain mean of the values it may see: queries and keys have no say.")
def uniform(q, k, v, mask=None):
    return _forbid(0 * _affinities(q, k), mask).softmax(-1) @ v


@attention.mistake("Distances instead of dot products decide who looks at whom.")
def by_distance(q, k, v, mask=None):
    return _forbid(-torch.cdist(q, k), mask).softmax(-1) @ v


@attention.mistake("Squared distances instead of dot products decide who looks at whom.")
def by_squared_distance(q, k, v, mask=None):
    return _forbid(-(torch.cdist(q, k) ** 2) / math.sqrt(q.shape[-1]), mask).softmax(-1) @ v


@attention.mistake("The scores lose their sign: an unlike key weighs as much as an alike one.")
def absolute_scores(q, k, v, mask=None):
    return _forbid(_affinities(q, k).abs(), mask).softmax(-1) @ v


@attention.mistake("The scores are negated: the least similar key weighs most.")
def negated_scores(q, k, v, mask=None):
    return _forbid(-_affinities(q, k), mask).softmax(-1) @ v


@attention.mistake("The softmax is followed by a second division by √d: it shrinks the output.")
def scaled_twice_late(q, k, v, mask=None):
    return attention_reference(q, k, v, mask) / math.sqrt(q.shape[-1])


@attention.mistake(
    "Cosines instead of dot products, and divided by √d as well: the weights are nearly equal."
)
def scaled_cosine(q, k, v, mask=None):
    return attention_reference(F.normalize(q, dim=-1), F.normalize(k, dim=-1), v, mask)


@attention.also_right
def with_einsum(q, k, v, mask=None):
    scores = torch.einsum("...id,...jd->...ij", q, k) * q.shape[-1] ** -0.5
    if mask is not None:
        scores = torch.where(mask, scores, -math.inf)
    return torch.einsum("...ij,...jc->...ic", scores.softmax(-1), v)


@attention.also_right
def with_fused_kernel(q, k, v, mask=None):
    lead = (1,) * (4 - q.dim())
    q, k, v = (t.reshape(*lead, *t.shape) for t in (q, k, v))
    mask = mask if mask is None else mask.reshape(*(1,) * (4 - mask.dim()), *mask.shape)
    return F.scaled_dot_product_attention(q, k, v, attn_mask=mask).reshape(
        *q.shape[len(lead) : -1], v.shape[-1]
    )


@attention.also_right
def in_float64(q, k, v, mask=None):
    scores = q.double() @ k.double().mT / math.sqrt(k.size(-1))
    return torch.softmax(_forbid(scores, mask), dim=-1) @ v.double()


@attention.also_right
def query_scaled_first(q, k, v, mask=None):
    scores = (q / math.sqrt(q.shape[-1])).matmul(k.swapaxes(-1, -2))
    if mask is not None:
        scores = scores.masked_fill(mask.logical_not(), float("-inf"))
    return F.softmax(scores, dim=-1).matmul(v)


@attention.also_right
def with_large_negative(q, k, v, mask=None):
    return _forbid(_affinities(q, k), mask, -1e9).softmax(-1) @ v


@attention.also_right
def mask_then_renormalise(q, k, v, mask=None):
    weights = _affinities(q, k).softmax(-1)
    if mask is not None:
        weights = weights * mask
    return weights / weights.sum(-1, keepdim=True) @ v


@attention.also_right
def additive_mask(q, k, v, mask=None):
    bias = 0 if mask is None else torch.zeros(mask.shape).masked_fill_(~mask, -math.inf)
    return torch.softmax(torch.matmul(q, k.mT) / q.shape[-1] ** 0.5 + bias, -1) @ v


@attention.also_right
def keys_first(q, k, v, mask=None):
    scores = (k @ q.mT).mT / math.sqrt(q.shape[-1])  # not contiguous
    return (v.mT @ _forbid(scores, mask).softmax(-1).mT).mT


@attention.also_right
def query_by_query(q, k, v, mask=None):
    allowed = torch.ones(q.shape[-2], k.shape[-2], dtype=torch.bool) if mask is None else mask
    allowed = allowed.expand(*q.shape[:-1], k.shape[-2])
    rows = []
    for i in range(q.shape[-2]):
        affinity = (k * q[..., i, None, :]).sum(-1) / math.sqrt(q.shape[-1])
        e = (affinity - affinity.amax(-1, keepdim=True)).exp() * allowed[..., i, :]
        rows.append((e[..., None] * v).sum(-2) / e.sum(-1, keepdim=True))
    return torch.stack(rows, dim=-2)


# ---------------------------------------------------------------- a test of its properties

Weights = Callable[[Tensor, Tensor, Tensor], Tensor]


def test_reference(weights: Weights) -> None:
    """Weights are never negative, sum to one over the keys, and are zero where the mask forbids."""
    generator = torch.Generator().manual_seed(0)
    q, k = torch.randn(4, 6, generator=generator), torch.randn(5, 6, generator=generator)
    mask = torch.tensor([[1, 0, 1, 1, 0], [0, 1, 0, 0, 0], [1, 1, 0, 0, 1], [0, 0, 1, 1, 0]]).bool()
    alpha = weights(q, k, mask)  # (Lq, Lk)
    assert (alpha >= 0).all(), "a weight is negative"
    assert torch.allclose(alpha.sum(dim=-1), torch.ones(4), atol=1e-5), "a row does not sum to one"
    assert (alpha[~mask].abs() < 1e-6).all(), "a forbidden key has weight"


test_reference.__test__ = False  # type: ignore[attr-defined]  # pytest: it is an answer, not one of our tests


def masked_softmax(q, k, mask):
    return _forbid(_affinities(q, k), mask).softmax(-1)


def masked_softmax_unscaled(q, k, mask):
    return _forbid(q @ k.mT, mask).softmax(-1)


def masked_softmax_large_negative(q, k, mask):
    return _forbid(_affinities(q, k), mask, -1e9).softmax(-1)


def uniform_over_allowed(q, k, mask):
    return mask / mask.sum(-1, keepdim=True)


def hard_over_allowed(q, k, mask):
    return F.one_hot(_forbid(_affinities(q, k), mask).argmax(-1), k.shape[-2]).float()


def weights_by_distance(q, k, mask):
    return _forbid(-torch.cdist(q, k), mask).softmax(-1)


def weights_renormalised(q, k, mask):
    weights = _affinities(q, k).softmax(-1) * mask
    return weights / weights.sum(-1, keepdim=True)


def never_reads_the_mask(q, k, mask):
    return _affinities(q, k).softmax(-1)


def reads_it_upside_down(q, k, mask):
    return _forbid(_affinities(q, k), ~mask).softmax(-1)


def zero_score(q, k, mask):
    return _forbid(_affinities(q, k), mask, 0.0).softmax(-1)


def masks_too_late(q, k, mask):
    return _affinities(q, k).softmax(-1) * mask


def columns_sum_to_one(q, k, mask):
    e = _affinities(q, k).exp() * mask
    return e / e.sum(-2, keepdim=True).clamp(min=1e-9)


def table_sums_to_one(q, k, mask):
    e = _affinities(q, k).exp() * mask
    return e / e.sum()


def never_normalises(q, k, mask):
    return _affinities(q, k).exp() * mask


def half_a_weight(q, k, mask):
    return masked_softmax(q, k, mask) / 2


def all_zero(q, k, mask):
    return torch.zeros(mask.shape)


def not_a_number(q, k, mask):
    return torch.full(mask.shape, math.nan)


def one_weight_negative(q, k, mask):
    """Rows sum to one and forbidden places are zero; the first of several allowed weights is −1/2."""
    allowed = mask.sum(-1, keepdim=True)
    first = mask & (mask.cumsum(-1) == 1)
    others = 1.5 / (allowed - 1).clamp(min=1)
    return torch.where(allowed > 1, torch.where(first, -0.5, others), 1.0) * mask


def five_per_cent_too_much(q, k, mask):
    return masked_softmax(q, k, mask) * 1.05


def uneven_rows(q, k, mask):
    return masked_softmax(q, k, mask) * torch.linspace(0.5, 1.5, q.shape[-2])[:, None]


def masks_the_first_query_only(q, k, mask):
    return masked_softmax(q, k, mask | (torch.arange(len(mask)) > 0)[:, None])


test_attention_weights = PropertyTest(
    "test_attention_weights",
    "A test that any attention must pass",
    points=4,
    difficulty=3,
    minutes=10,
    reference=test_reference,
    right=[
        masked_softmax,
        masked_softmax_unscaled,
        masked_softmax_large_negative,
        uniform_over_allowed,
        hard_over_allowed,
        weights_by_distance,
        weights_renormalised,
    ],
    wrong={
        "never reads the mask": never_reads_the_mask,
        "reads the mask upside down": reads_it_upside_down,
        "gives a forbidden key the score 0": zero_score,
        "masks after the softmax and does not renormalise": masks_too_late,
        "lets the columns sum to one": columns_sum_to_one,
        "lets the whole table sum to one": table_sums_to_one,
        "never divides by the sum": never_normalises,
        "lets each row sum to a half": half_a_weight,
        "lets each row sum to 1.05": five_per_cent_too_much,
        "lets some rows sum to less than one and others to more": uneven_rows,
        "reads the mask for the first query only": masks_the_first_query_only,
        "has rows that sum to one with negative weights among them": one_weight_negative,
        "returns zeros everywhere": all_zero,
        "returns NaN": not_a_number,
    },
    hints=[
        "Call weights(q, k, mask) on inputs you make yourself. Which statements hold for every row of the "
        "answer?",
        "Three of them: no entry is negative, each row sums to one, and weights[~mask] is zero.",
        "Floats: ask for nearly one (torch.allclose with a tolerance), never for == 1. And let your mask "
        "have, in every row, at least one True and one False, or it forbids nothing.",
    ],
)


def _test_inputs() -> tuple[Tensor, Tensor, Tensor]:
    generator = torch.Generator().manual_seed(1)
    mask = torch.tensor([[1, 0, 1, 1, 0], [0, 1, 0, 0, 0], [1, 1, 0, 0, 1], [0, 0, 1, 1, 0]]).bool()
    return torch.randn(4, 6, generator=generator), torch.randn(5, 6, generator=generator), mask


@test_attention_weights.mistake(
    "The test never looks at the forbidden places, so it accepts weights that ignore the mask."
)
def tests_sums_only(weights):
    q, k, mask = _test_inputs()
    w = weights(q, k, mask)
    assert torch.allclose(w.sum(-1), torch.ones(4), atol=1e-5)


@test_attention_weights.mistake("The test never looks at the sums, so it accepts rows that sum to a half.")
def tests_mask_only(weights):
    q, k, mask = _test_inputs()
    assert (weights(q, k, mask)[~mask].abs() < 1e-6).all()


@test_attention_weights.mistake(
    "The test accepts negative weights: a row can sum to one with some of them below zero."
)
def tests_no_sign(weights):
    q, k, mask = _test_inputs()
    w = weights(q, k, mask)
    assert torch.allclose(w.sum(-1), torch.ones(4), atol=1e-5)
    assert (w[~mask].abs() < 1e-6).all()


@test_attention_weights.mistake(
    "The test sums down the columns: it rejects right weights and accepts wrong ones."
)
def tests_columns(weights):
    q, k, mask = _test_inputs()
    w = weights(q, k, mask)
    assert (w >= 0).all() and torch.allclose(w.sum(-2), torch.ones(5), atol=1e-5) and (w[~mask] == 0).all()


@test_attention_weights.mistake(
    "The test's mask forbids nothing, so no implementation can be caught looking where it must not."
)
def tests_with_open_mask(weights):
    q, k, mask = _test_inputs()
    w = weights(q, k, torch.ones_like(mask))
    assert (w >= 0).all() and torch.allclose(w.sum(-1), torch.ones(4), atol=1e-5)


@test_attention_weights.mistake(
    "The test reads its own mask upside down: it wants zeros where looking is allowed."
)
def tests_upside_down(weights):
    q, k, mask = _test_inputs()
    w = weights(q, k, mask)
    assert (w >= 0).all() and torch.allclose(w.sum(-1), torch.ones(4), atol=1e-5) and (w[mask] < 1e-6).all()


@test_attention_weights.mistake(
    "The test compares with one particular softmax, so it rejects weights that have the property and come "
    "from another rule."
)
def tests_by_comparison(weights):
    q, k, mask = _test_inputs()
    assert torch.allclose(weights(q, k, mask), masked_softmax(q, k, mask), atol=1e-5)


@test_attention_weights.mistake(
    "The test accepts everything: nothing it asserts is about the weights' values (a returned truth value "
    "asserts nothing)."
)
def tests_nothing(weights):
    q, k, mask = _test_inputs()
    w = weights(q, k, mask)
    return bool((w.sum(-1) == 1).all() and (w[~mask] == 0).all())


@test_attention_weights.mistake(
    "The test wants the whole table to sum to one; it is each row that does, so it rejects right weights."
)
def tests_table(weights):
    q, k, mask = _test_inputs()
    w = weights(q, k, mask)
    assert (w >= 0).all() and abs(float(w.sum()) - 1) < 1e-5 and (w[~mask] == 0).all()


@test_attention_weights.mistake(
    "The test lets NaN through: every comparison with NaN is False, so `not (… > …)` holds for it."
)
def tests_without_nan(weights):
    q, k, mask = _test_inputs()
    w = weights(q, k, mask)
    assert (
        not (w < 0).any() and not ((w.sum(-1) - 1).abs() > 1e-5).any() and not (w[~mask].abs() > 1e-6).any()
    )


@test_attention_weights.mistake(
    "The tolerance is too wide, or sums above one are allowed: a row that sums to 1.05 passes."
)
def tests_too_widely(weights):
    q, k, mask = _test_inputs()
    w = weights(q, k, mask)
    assert (w >= 0).all() and ((w.sum(-1) - 1).abs() < 0.1).all() and (w[~mask] < 1e-6).all()


@test_attention_weights.mistake(
    "The test adds up the whole table: too much in one row and too little in another cancel."
)
def tests_total_of_rows(weights):
    q, k, mask = _test_inputs()
    w = weights(q, k, mask)
    assert (w >= 0).all() and abs(float(w.sum()) - len(q)) < 1e-4 and (w[~mask] < 1e-6).all()


@test_attention_weights.mistake(
    "The test looks at the first query only, at least for the forbidden places: the other rows may look "
    "anywhere."
)
def tests_first_row(weights):
    q, k, mask = _test_inputs()
    first, allowed = weights(q, k, mask)[0], mask[0]
    assert (first >= 0).all() and abs(float(first.sum()) - 1) < 1e-5 and (first[~allowed] < 1e-6).all()


@test_attention_weights.mistake(
    "The test asks that every allowed weight be positive; a weight of 0 on an allowed key is legal."
)
def tests_positive(weights):
    q, k, mask = _test_inputs()
    w = weights(q, k, mask)
    assert (
        (w[mask] > 0).all()
        and torch.allclose(w.sum(-1), torch.ones(4), atol=1e-5)
        and (w[~mask] < 1e-6).all()
    )


@test_attention_weights.mistake(
    "The test rejects every implementation, right ones too: something it asks for, or a query that may look "
    "nowhere, is beyond right weights."
)
def tests_too_much(weights):
    raise AssertionError  # weights above 0 where looking is forbidden, a query that may look nowhere, == 1 …


@test_attention_weights.mistake(
    "The test never looks at the forbidden places: weights that are positive and sum to one pass, wherever "
    "they look."
)
def tests_sums_and_signs(weights):
    q, k, mask = _test_inputs()
    w = weights(q, k, mask)
    assert (w >= 0).all() and torch.allclose(w.sum(-1), torch.ones(4), atol=1e-5)


@test_attention_weights.mistake(
    "The test never looks at the sums: signs and forbidden places are all it asks for."
)
def tests_signs_and_mask(weights):
    q, k, mask = _test_inputs()
    w = weights(q, k, mask)
    assert (w >= 0).all() and (w[~mask].abs() < 1e-6).all()


@test_attention_weights.mistake("The test looks at signs only: rows may sum to anything and look anywhere.")
def tests_signs_only(weights):
    assert (weights(*_test_inputs()) >= 0).all()


@test_attention_weights.mistake("The test's mask forbids nothing, and sums are all that it looks at.")
def tests_sums_with_open_mask(weights):
    q, k, mask = _test_inputs()
    assert torch.allclose(weights(q, k, torch.ones_like(mask)).sum(-1), torch.ones(4), atol=1e-5)


@test_attention_weights.mistake("The test has one query only: what goes wrong in other rows cannot show.")
def tests_one_query(weights):
    q, k, mask = _test_inputs()
    w = weights(q[:1], k, mask[:1])
    assert (
        (w >= 0).all() and torch.allclose(w.sum(-1), torch.ones(1), atol=1e-5) and (w[~mask[:1]] < 1e-6).all()
    )


def _sums_nearly(w: Tensor, axis: int = -1, tolerance: float = 1e-5) -> bool:
    return bool(((w.sum(axis) - 1).abs() < tolerance).all())


def _property(holds: Callable[[Tensor, Tensor], Any]) -> Callable[[Weights], None]:
    """A test that asserts ``holds`` of the weights and the mask."""

    def test(weights):
        q, k, mask = _test_inputs()
        assert holds(weights(q, k, mask), mask)

    return test


for _sentence, _holds in {
    "The test never looks at the signs, and its tolerance is too wide: a row that sums to 1.05 passes.": (
        lambda w, mask: _sums_nearly(w, tolerance=0.1) and (w[~mask].abs() < 1e-6).all()
    ),
    "The test never looks at the forbidden places, and its tolerance lets a row sum to 1.05.": (
        lambda w, mask: (w >= 0).all() and _sums_nearly(w, tolerance=0.1)
    ),
    "The test looks at sums only, and its tolerance lets a row sum to 1.05.": (
        lambda w, mask: _sums_nearly(w, tolerance=0.1)
    ),
    "The test adds up the whole table, and never looks at the signs.": (
        lambda w, mask: abs(w.sum() - len(w)) < 1e-4 and (w[~mask].abs() < 1e-6).all()
    ),
    "The test adds up the whole table, and never looks at the forbidden places.": (
        lambda w, mask: (w >= 0).all() and abs(w.sum() - len(w)) < 1e-4
    ),
    "The test asks for sums of at most one: a row that sums to a half, or to nothing, passes.": (
        lambda w, mask: (w >= 0).all() and (w.sum(-1) <= 1 + 1e-5).all() and (w[~mask] < 1e-6).all()
    ),
    "The test never looks at the sums, and NaN gets through: every comparison with NaN is False.": (
        lambda w, mask: not (w < 0).any() and not (w[~mask].abs() > 1e-6).any()
    ),
    "The test bounds each weight (between 0 and 1) and never looks at sums or forbidden places.": (
        lambda w, mask: (w >= 0).all() and (w <= 1 + 1e-6).all()
    ),
    "The test bounds each weight (between 0 and 1) and looks at the forbidden places, but never at sums.": (
        lambda w, mask: (w >= 0).all() and (w <= 1 + 1e-6).all() and (w[~mask] < 1e-6).all()
    ),
}.items():
    test_attention_weights.mistake(_sentence, _property(_holds))


@test_attention_weights.also_right
def test_row_by_row(weights):
    q, k, mask = _test_inputs()
    for row, allowed in zip(weights(q, k, mask), mask, strict=True):
        assert row.min() >= 0
        assert abs(row.sum().item() - 1) < 1e-4
        assert row[~allowed].sum() < 1e-5


@test_attention_weights.also_right
def test_causal(weights):
    x = torch.randn(6, 3)
    w = weights(x, torch.randn(6, 3), torch.ones(6, 6).tril().bool())
    assert (w >= 0).all() and ((w.sum(1) - 1).abs() < 1e-5).all() and (w.triu(1) == 0).all()


@test_attention_weights.also_right
def test_many_draws(weights):
    for seed in range(5):
        torch.manual_seed(seed)
        q, k = torch.randn(3, 4), torch.randn(7, 4)
        mask = torch.rand(3, 7) > 0.5
        mask[:, 0], mask[:, 1] = True, False
        w = weights(q, k, mask)
        if not ((w > -1e-6).all() and torch.allclose(w.sum(-1), torch.ones(3), atol=1e-4)):
            raise AssertionError("not a set of weights")
        assert torch.equal(w * ~mask, torch.zeros(3, 7))


@test_attention_weights.also_right
def test_allowed_take_it_all(weights):
    q, k, mask = _test_inputs()
    w = weights(q, k, mask)
    assert w.min() >= 0
    torch.testing.assert_close((w * mask).sum(-1), torch.ones(4))
    torch.testing.assert_close(w.sum(-1), torch.ones(4))


@test_attention_weights.also_right
def test_with_absolute_values(weights):
    q, k, mask = _test_inputs()
    w = weights(q, k, mask)
    assert torch.allclose(w.abs().sum(-1), torch.ones(4), atol=1e-5)
    assert torch.allclose(w.sum(-1), torch.ones(4), atol=1e-5)
    assert float(w.masked_select(~mask).abs().max()) < 1e-6


@test_attention_weights.also_right
def test_in_double(weights):
    q, k, mask = _test_inputs()
    w = weights(q.double(), k.double(), mask).double()
    assert (w >= 0).all() and (abs(1 - w.sum(-1)) < 1e-6).all() and (w[~mask] < 1e-9).all()


# ---------------------------------------------------------------- self-attention


class SelfAttentionReference(nn.Module):
    """softmax(X Wq (X Wk)ᵀ / √d) X Wv. x: (..., L, d), mask: True = may attend -> (..., L, d)"""

    def __init__(self, d: int) -> None:
        super().__init__()
        self.query = nn.Linear(d, d, bias=False)
        self.key = nn.Linear(d, d, bias=False)
        self.value = nn.Linear(d, d, bias=False)

    def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        return attention_reference(self.query(x), self.key(x), self.value(x), mask)


def _sequence(draw: Draw, *leading: int) -> dict[str, Any]:
    L, d = [size for size in draw.shuffled(range(3, 10)) if size not in leading][:2]
    return dict(init=dict(d=d), inputs=dict(x=draw.normal(*leading, L, d)))


def _masked_sequence(draw: Draw) -> dict[str, Any]:
    case = _sequence(draw, draw.integer(2, 4))
    case["inputs"]["mask"] = causal_reference(case["inputs"]["x"].shape[-2])
    return case


SelfAttention = Module(
    "SelfAttention",
    "A layer that looks at itself",
    points=4,
    difficulty=3,
    minutes=8,
    reference=SelfAttentionReference,
    cases={
        "one sequence": lambda draw: _sequence(draw),
        "a batch of sequences": lambda draw: _sequence(draw, draw.integer(2, 4)),
        "a batch with a causal mask": _masked_sequence,
    },
    hints=[
        "Three linear layers look at the same x. Which of them makes what you hand to attention as q, as "
        "k and as v?",
        "In __init__: self.query = nn.Linear(d, d, bias=False), and the same for self.key and self.value.",
        "In forward, one line: your attention of self.query(x), self.key(x), self.value(x) and the mask.",
    ],
    may_not_call=[".scaled_dot_product_attention", ".MultiheadAttention", "course.attention"],
)


@SelfAttention.mistake("The three layers are never used: x looks at itself as it is.")
class WithoutLayers(SelfAttentionReference):
    def forward(self, x, mask=None):
        return attention_reference(x, x, x, mask)


@SelfAttention.mistake("The keys come from the query layer, so that every score is symmetric.")
class KeysFromQuery(SelfAttentionReference):
    def forward(self, x, mask=None):
        return attention_reference(self.query(x), self.query(x), self.value(x), mask)


@SelfAttention.mistake("The queries come from the key layer, so that every score is symmetric.")
class QueriesFromKey(SelfAttentionReference):
    def forward(self, x, mask=None):
        return attention_reference(self.key(x), self.key(x), self.value(x), mask)


@SelfAttention.mistake("The values are x itself: the value layer is never used.")
class ValuesNotProjected(SelfAttentionReference):
    def forward(self, x, mask=None):
        return attention_reference(self.query(x), self.key(x), x, mask)


@SelfAttention.mistake("The keys are x itself: the key layer is never used.")
class KeysNotProjected(SelfAttentionReference):
    def forward(self, x, mask=None):
        return attention_reference(self.query(x), x, self.value(x), mask)


@SelfAttention.mistake("The queries are x itself: the query layer is never used.")
class QueriesNotProjected(SelfAttentionReference):
    def forward(self, x, mask=None):
        return attention_reference(x, self.key(x), self.value(x), mask)


@SelfAttention.mistake("The values come from the key layer.")
class ValuesFromKey(SelfAttentionReference):
    def forward(self, x, mask=None):
        return attention_reference(self.query(x), self.key(x), self.key(x), mask)


@SelfAttention.mistake(
    "Queries and keys have changed places: token i gets the weights with which the others look at it."
)
class QueriesAndKeysSwapped(SelfAttentionReference):
    def forward(self, x, mask=None):
        return attention_reference(self.key(x), self.query(x), self.value(x), mask)


@SelfAttention.mistake("Keys and values have changed places.")
class KeysAndValuesSwapped(SelfAttentionReference):
    def forward(self, x, mask=None):
        return attention_reference(self.query(x), self.value(x), self.key(x), mask)


@SelfAttention.mistake("The mask never reaches the attention.")
class MaskDropped(SelfAttentionReference):
    def forward(self, x, mask=None):
        return attention_reference(self.query(x), self.key(x), self.value(x))


@SelfAttention.mistake("The mask is upside down: each token sees the future only.")
class MaskUpsideDown(SelfAttentionReference):
    def forward(self, x, mask=None):
        return attention_reference(self.query(x), self.key(x), self.value(x), None if mask is None else ~mask)


@SelfAttention.mistake("Every call is causal, also one without a mask.")
class AlwaysCausal(SelfAttentionReference):
    def forward(self, x, mask=None):
        return attention_reference(self.query(x), self.key(x), self.value(x), causal_reference(x.shape[-2]))


@SelfAttention.mistake("The scores are not divided by √d.")
class NotScaled(SelfAttentionReference):
    def forward(self, x, mask=None):
        return unscaled(self.query(x), self.key(x), self.value(x), mask)


@SelfAttention.mistake("The scores are divided by √d twice: once here, and once in attention.")
class ScaledTwice(SelfAttentionReference):
    def forward(self, x, mask=None):
        return divided_by_d(self.query(x), self.key(x), self.value(x), mask)


@SelfAttention.mistake(
    "The softmax runs over the queries, so that the columns sum to one instead of the rows."
)
class OverQueries(SelfAttentionReference):
    def forward(self, x, mask=None):
        return softmax_over_queries(self.query(x), self.key(x), self.value(x), mask)


@SelfAttention.mistake(
    "x is added to the output. That residual connection belongs to the block around this layer (lesson 04)."
)
class WithResidual(SelfAttentionReference):
    def forward(self, x, mask=None):
        return x + super().forward(x, mask)


@SelfAttention.mistake(
    "The weight matrices are used untransposed: nn.Linear computes x Wᵀ with the W that it stores."
)
class Untransposed(SelfAttentionReference):
    def forward(self, x, mask=None):
        q, k, v = (x @ layer.weight for layer in (self.query, self.key, self.value))
        return attention_reference(q, k, v, mask)


@SelfAttention.mistake("The batch is laid end to end and the mask dropped: tokens look into other sequences.")
class BatchFlattened(SelfAttentionReference):
    def forward(self, x, mask=None):
        return super().forward(x.reshape(-1, x.shape[-1])).reshape(x.shape)


@SelfAttention.mistake("The value layer is applied twice: to x, and to the output again.")
class ValueTwice(SelfAttentionReference):
    def forward(self, x, mask=None):
        return self.value(super().forward(x, mask))


@SelfAttention.mistake("The softmax runs over axis 1: the keys of one sequence, but the queries of a batch.")
class OverAxisOne(SelfAttentionReference):
    def forward(self, x, mask=None):
        return softmax_over_axis_one(self.query(x), self.key(x), self.value(x), mask)


@SelfAttention.mistake(
    "The layers stand in a row: keys are made from queries and values from keys, not all from x."
)
class Chained(SelfAttentionReference):
    def forward(self, x, mask=None):
        q = self.query(x)
        k = self.key(q)
        return attention_reference(q, k, self.value(k), mask)


@SelfAttention.mistake(
    "There is a non-linearity after the three layers; queries, keys and values are linear in x."
)
class WithReLU(SelfAttentionReference):
    def forward(self, x, mask=None):
        q, k, v = (layer(x).relu() for layer in (self.query, self.key, self.value))
        return attention_reference(q, k, v, mask)


@SelfAttention.mistake("The values come from the query layer.")
class ValuesFromQuery(SelfAttentionReference):
    def forward(self, x, mask=None):
        return attention_reference(self.query(x), self.key(x), self.query(x), mask)


@SelfAttention.mistake("Queries and values have changed places.")
class QueriesAndValuesSwapped(SelfAttentionReference):
    def forward(self, x, mask=None):
        return attention_reference(self.value(x), self.key(x), self.query(x), mask)


@SelfAttention.mistake("All three are made by the query layer.")
class QueryLayerOnly(SelfAttentionReference):
    def forward(self, x, mask=None):
        return attention_reference(self.query(x), self.query(x), self.query(x), mask)


@SelfAttention.mistake("The mask comes after the softmax and the rest is not renormalised.")
class LateMask(SelfAttentionReference):
    def forward(self, x, mask=None):
        return mask_after_softmax(self.query(x), self.key(x), self.value(x), mask)


@SelfAttention.mistake("Forbidden scores are set to 0, but exp(0) is 1, an ordinary weight.")
class ZeroScores(SelfAttentionReference):
    def forward(self, x, mask=None):
        return masked_with_zero(self.query(x), self.key(x), self.value(x), mask)


@SelfAttention.mistake("There is no softmax: the scores themselves weight the values.")
class WithoutSoftmax(SelfAttentionReference):
    def forward(self, x, mask=None):
        return without_softmax(self.query(x), self.key(x), self.value(x), mask)


@SelfAttention.mistake(
    "The output is the weights, (…, L, L); their weighted sum of the values is still to come."
)
class OnlyWeights(SelfAttentionReference):
    def forward(self, x, mask=None):
        return returns_weights(self.query(x), self.key(x), self.value(x), mask)


_LAYERS = ("query", "key", "value")
_NAMED_ABOVE = {  # each with a sentence of its own
    ("query", "key", "value"),
    ("x", "x", "x"),
    ("query", "query", "value"),
    ("key", "key", "value"),
    ("query", "key", "x"),
    ("query", "x", "value"),
    ("x", "key", "value"),
    ("query", "key", "key"),
    ("key", "query", "value"),
    ("query", "value", "key"),
    ("query", "key", "query"),
    ("value", "key", "query"),
    ("query", "query", "query"),
}


def _from_layers(sources: tuple[str, ...], attend: Callable[..., Tensor]) -> type[nn.Module]:
    class FromLayers(SelfAttentionReference):
        def forward(self, x, mask=None):
            return attend(*(x if source == "x" else getattr(self, source)(x) for source in sources), mask)

    return FromLayers


for _sources in itertools.product((*_LAYERS, "x"), repeat=3):
    if _sources not in _NAMED_ABOVE:
        _made = ["x itself" if _source == "x" else f"the {_source} layer" for _source in _sources]
        SelfAttention.mistake(
            f"The queries come from {_made[0]}, the keys from {_made[1]} and the values from {_made[2]}.",
            _from_layers(_sources, attention_reference),
        )
for _said, _ways in _pairs(
    dict(itertools.islice(_SCALES.items(), 3)),
    dict(itertools.islice(_NORMALISERS.items(), 2)),
    {said: way for said, way in _MASKINGS.items() if "−1" not in said},
):
    SelfAttention.mistake(_said, _from_layers(_LAYERS, _attention_with(*_ways)))


@SelfAttention.mistake(
    "The softmax runs over the first axis: with a batch, the sequences compete with one another."
)
class OverFirstAxis(SelfAttentionReference):
    def forward(self, x, mask=None):
        return softmax_over_first_axis(self.query(x), self.key(x), self.value(x), mask)


@SelfAttention.mistake("The scores are multiplied by √d instead of divided.")
class Multiplied(SelfAttentionReference):
    def forward(self, x, mask=None):
        return multiplied(self.query(x), self.key(x), self.value(x), mask)


@SelfAttention.mistake("The mask is transposed: row i is used as if it said who may look *at* i.")
class MaskTransposed(SelfAttentionReference):
    def forward(self, x, mask=None):
        return mask_transposed(self.query(x), self.key(x), self.value(x), mask)


@SelfAttention.mistake(
    "The weights are transposed before they meet the values: each output gathers what looked *at* it."
)
class WeightsTransposed(SelfAttentionReference):
    def forward(self, x, mask=None):
        return weights_transposed(self.query(x), self.key(x), self.value(x), mask)


@SelfAttention.mistake("The output is the values: no token looks at another one.")
class ValuesOnly(SelfAttentionReference):
    def forward(self, x, mask=None):
        return self.value(x)


@SelfAttention.mistake("The queries, plus the output: a residual stands inside the layer.")
class PlusQueries(SelfAttentionReference):
    def forward(self, x, mask=None):
        return self.query(x) + super().forward(x, mask)


@SelfAttention.mistake("The output goes through the key layer as well; the weighted sum is the output.")
class KeyAfterwards(SelfAttentionReference):
    def forward(self, x, mask=None):
        return self.key(super().forward(x, mask))


@SelfAttention.mistake("The output goes through the query layer as well; the weighted sum is the output.")
class QueryAfterwards(SelfAttentionReference):
    def forward(self, x, mask=None):
        return self.query(super().forward(x, mask))


@SelfAttention.mistake("The layer is applied twice: its output looks at itself once more.")
class AppliedTwice(SelfAttentionReference):
    def forward(self, x, mask=None):
        return super().forward(super().forward(x, mask), mask)


@SelfAttention.mistake("The output is averaged over the tokens: one row for each token is asked for.")
class Averaged(SelfAttentionReference):
    def forward(self, x, mask=None):
        return super().forward(x, mask).mean(-2)


@SelfAttention.mistake("A non-linearity after the output; the output is linear in the values.")
class ReLUAfterwards(SelfAttentionReference):
    def forward(self, x, mask=None):
        return super().forward(x, mask).relu()


@SelfAttention.mistake("The output is normalised: that belongs to the block around this layer (lesson 04).")
class Normalised(SelfAttentionReference):
    def forward(self, x, mask=None):
        return F.layer_norm(super().forward(x, mask), x.shape[-1:])


@SelfAttention.mistake("x is normalised first: that belongs to the block around this layer (lesson 04).")
class NormalisedFirst(SelfAttentionReference):
    def forward(self, x, mask=None):
        return super().forward(F.layer_norm(x, x.shape[-1:]), mask)


@SelfAttention.mistake("It returns output and weights as a pair; the output alone is asked for.")
class Pair(SelfAttentionReference):
    def forward(self, x, mask=None):
        return super().forward(x, mask), returns_weights(self.query(x), self.key(x), self.value(x), mask)


@SelfAttention.mistake(
    "It returns the scores; the softmax and the weighted sum of the values are still to come."
)
class OnlyScores(SelfAttentionReference):
    def forward(self, x, mask=None):
        return returns_scores(self.query(x), self.key(x), self.value(x), mask)


@SelfAttention.mistake("It returns queries, keys and values; they are still to attend.")
class OnlyProjections(SelfAttentionReference):
    def forward(self, x, mask=None):
        return self.query(x), self.key(x), self.value(x)


@SelfAttention.also_right
class WithFusedKernel(SelfAttentionReference):
    def forward(self, x, mask=None):
        return with_fused_kernel(self.query(x), self.key(x), self.value(x), mask)


@SelfAttention.also_right
class WithMatrices(SelfAttentionReference):
    def forward(self, x, mask=None):
        scores = x @ self.query.weight.T @ (x @ self.key.weight.T).mT / math.sqrt(x.shape[-1])
        return _forbid(scores, mask).softmax(-1) @ x @ self.value.weight.T


@SelfAttention.also_right
class WithOneForm(SelfAttentionReference):
    """Scores as one bilinear form of x, and the values projected after the mixing."""

    def forward(self, x, mask=None):
        form = self.query.weight.T @ self.key.weight / math.sqrt(self.query.in_features)
        return self.value(_forbid(x @ form @ x.mT, mask).softmax(-1) @ x)


@SelfAttention.also_right
class WithOneProduct(SelfAttentionReference):
    def forward(self, x, mask=None):
        stacked = torch.cat([self.query.weight, self.key.weight, self.value.weight])
        return with_einsum(*F.linear(x, stacked).chunk(3, dim=-1), mask)


@SelfAttention.also_right
class InDouble(SelfAttentionReference):
    def forward(self, x, mask=None):
        self.double()
        return attention_reference(self.query(x.double()), self.key(x.double()), self.value(x.double()), mask)


@SelfAttention.also_right
class TokenByToken(SelfAttentionReference):
    def forward(self, x, mask=None):
        return query_by_query(self.query(x), self.key(x), self.value(x), mask)


# ---------------------------------------------------------------- how far a layer sees

receptive_field = Quiz(
    "receptive_field",
    "How many layers until it has seen everything?",
    points=2,
    difficulty=3,
    minutes=4,
    question=(
        "A sequence has L = 197 tokens. How many layers are needed until the output at the *middle* token "
        "depends on all 197? Put these networks in order, the one that needs the **fewest** layers first."
    ),
    options={
        "a": "convolutions 3 wide",
        "b": "convolutions 3 wide whose dilation doubles: neighbours 1 apart, then 2, then 4, 8, …",
        "c": "self-attention without a mask",
        "d": "convolutions 7 wide",
    },
    right=["c", "b", "d", "a"],
    hints=[
        "A 3-wide layer adds one token on each side, a 7-wide one adds three. Each side has 98 to reach.",
        "Doubling steps reach 1, then 1 + 2, then 1 + 2 + 4 tokens on each side. When is that 98 or more?",
        "The counts are 1, 7, 33 and 98; which is which?",
    ],
)
receptive_field.mistake(
    "This is the opposite order: the one that needs the most layers comes first.", ["a", "d", "b", "c"]
)
receptive_field.mistake(
    "Doubling beats a wider window: 1 + 2 + 4 + … + 64 = 127 reaches 98 in 7 layers; 7-wide needs 98 / 3, "
    "that is 33.",
    ["c", "d", "b", "a"],
)
receptive_field.mistake(
    "A 7-wide layer adds three tokens on each side, a 3-wide one adds a single token: 33 layers against 98.",
    ["c", "b", "a", "d"],
)
receptive_field.mistake(
    "One layer of attention compares the middle token with all 197 at once: nothing needs fewer than one "
    "layer.",
    ["b", "c", "d", "a"],
)

# ---------------------------------------------------------------- closing questions

leak = Quiz(
    "leak",
    "One key out of 1,797",
    points=1,
    difficulty=2,
    minutes=2,
    question=(
        "“Without the mask only 1 key in 1,797 is the image itself. Its influence on the answer is at "
        "most 1/1,797, so I need no mask.” What is wrong with this?"
    ),
    options={
        "a": "Nothing: a share that small cannot change which digit wins.",
        "b": "The image's own key gets a weight of exactly one, whatever β is.",
        "c": "It holds for a small β, where all weights are nearly equal; for a large one it does not.",
        "d": "Shares of weight are not shares of keys: the softmax favours the key that is most similar, and "
        "that is the image itself.",
    },
    right="d",
    why={
        "a": "Look at the figure: the two curves differ at every β, so the winner did change.",
        "b": "Its weight is the largest of the row; it is near one only for a large β.",
        "c": "Look at the left end of your figure: the weights are nearly equal there, and the gap is at its "
        "widest. When the evidence is thin, one vote that is always right decides many cases.",
    },
    hints=[
        "What decides a key's weight: how many keys there are, or how similar they are to the query?",
        "For rows of length one, x · y is largest for y = x. What does a softmax do with the largest score?",
    ],
)

sharper = Quiz(
    "sharper",
    "Ten times the query",
    points=1,
    difficulty=2,
    minutes=2,
    question="Someone multiplies every query by 10 before your `attention`. What has the same effect?",
    options={
        "a": "Multiplying every key by 10.",
        "b": "Multiplying every value by 10.",
        "c": "Multiplying every weight by 10.",
        "d": "Dividing by √(10 d) instead of √d.",
    },
    right="a",
    why={
        "b": (
            "That makes the output ten times as large. The output is a weighted mean of the values, sharp "
            "or not: it stays among them when the queries grow."
        ),
        "c": "Weights sum to one before and after. Ten times the scores is not ten times the weights.",
        "d": (
            "That makes every score smaller, by √10: flatter weights. Ten times the query makes the "
            "scores larger."
        ),
    },
    hints=[
        "Which line of your function does q first meet? What enters that line in the same way?",
        "q enters only through q kᵀ. Ten times q is ten times each score.",
    ],
)

shuffle = Quiz(
    "shuffle",
    "Shuffled words",
    points=1,
    difficulty=3,
    minutes=3,
    question=(
        "You shuffle the tokens of a sentence and give them to your `SelfAttention`, without a mask. Up "
        "to rounding, the output of each token is …"
    ),
    options={
        "a": "different, because its neighbours have changed.",
        "b": "the same as before, and it has stayed at the token's old place.",
        "c": "the same as before, and it has moved to the token's new place.",
        "d": "different, because the softmax now sums over other tokens.",
    },
    right="c",
    why={
        "a": (
            "Nowhere in the formula does it matter who stands beside whom: each pair of tokens has its "
            "score, near or far."
        ),
        "b": "The query moves with its token, and row i of the output belongs to query i.",
        "d": "It sums over the same tokens in another order, and a sum does not depend on the order.",
    },
    hints=[
        "Follow one token: does its query change? Do the pairs (score, value) it sums over change, or "
        "only their order?",
        "A sum over keys has no order. And which row of the output belongs to the token now?",
    ],
)
