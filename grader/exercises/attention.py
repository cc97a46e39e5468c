"""The exercises of lesson 02: attention, from one weight by hand to a masked batch."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from grader.draw import Draw
from grader.exercise import Formula, Function, Module, Number, PropertyTest, Quiz

LESSON = "02_attention"

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


_WEIGHT_MISTAKES = {
    weight_without_root: "The similarities go into the softmax without the division by √2.",
    weight_halved: "The similarities are divided by 2, the width of a patch; an affinity divides by √2.",
    weight_as_share: "A similarity over the sum of the two: the exponential of the softmax is missing.",
    weight_of_the_other: "This is the weight of the other key: the two sum to one.",
    weight_among_three: "The query stands among its own keys here; it is to choose between A and B alone.",
    weight_unnormalised: "This is the exponential of one affinity, not yet divided by the sum of both.",
    affinity_alone: "This is the affinity of the query and A: the softmax over both keys is still to come.",
    similarity_alone: "This is the similarity: the division by √2 and the softmax are still to come.",
}


def _far_apart(values: list[float]) -> bool:
    ordered = sorted(values)
    return all(high - low > 0.02 * high for low, high in itertools.pairwise(ordered))


def _patches() -> list[dict[str, Patch]]:
    """Every question in six different digits on which the right answer and all mistakes differ clearly."""
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


def _with_one_far_below(draw: Draw) -> dict[str, Any]:
    """In each row one score is so low that its weight is 0, as behind a mask; the others are ordinary."""
    scores = draw.normal(4, 7)
    scores[:, draw.integer(0, 6)] = -1000.0
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
        "one score far below the others of its row": _with_one_far_below,
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


def _normalised(scores: Tensor, dim: int | tuple[int, ...], keepdim: bool = True) -> Tensor:
    e = (scores - scores.amax(dim=-1, keepdim=True)).exp()
    return e / e.sum(dim=dim, keepdim=keepdim)


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


@softmax_rows.mistake("The softmax runs down the columns, and nothing keeps exp from overflowing.")
def naive_columns(scores):
    return scores.exp() / scores.exp().sum(-2, keepdim=True)


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
    """Values as wide as keys, and another winner for each other rule of choosing one key."""
    d = draw.integer(3, 5)
    along = F.normalize(draw.normal(d), dim=0)
    across = draw.normal(d)
    across = F.normalize(across - (across @ along) * along, dim=0)
    k = torch.tensor(list(_KEYS.values())) @ torch.stack([along, across])  # (L, d)
    k = k * (1 + 0.02 * draw.normal(len(k), 1).clamp(-2, 2))
    v = draw.normal(*k.shape)
    v[-1] += 8 * along
    order = draw.shuffled(range(len(k)))
    return dict(q=1.5 * along, k=k[order], v=v[order])


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


@attention.mistake("The mask is ignored.")
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


@attention.mistake("Two things: the scores are not divided by √d, and the mask is ignored.")
def unscaled_and_unmasked(q, k, v, mask=None):
    return (q @ k.transpose(-2, -1)).softmax(-1) @ v


@attention.mistake(
    "Two things: the scores are not divided by √d, and forbidden scores are set to 0 instead of −inf."
)
def unscaled_and_zero(q, k, v, mask=None):
    return _forbid(q @ k.transpose(-2, -1), mask, 0.0).softmax(-1) @ v


@attention.mistake("Two things: the scores are not divided by √d, and the mask is upside down.")
def unscaled_and_inverted(q, k, v, mask=None):
    return _forbid(q @ k.transpose(-2, -1), None if mask is None else ~mask).softmax(-1) @ v


@attention.mistake("Two things: the scores are not divided by √d, and the mask comes after the softmax.")
def unscaled_and_late_mask(q, k, v, mask=None):
    weights = (q @ k.transpose(-2, -1)).softmax(-1)
    return (weights if mask is None else weights * mask) @ v


@attention.mistake("Two things: the scores are not divided by √d, and the softmax runs over the queries.")
def unscaled_over_queries(q, k, v, mask=None):
    return _forbid(q @ k.transpose(-2, -1), mask).softmax(-2) @ v


@attention.mistake("Two things: the softmax runs over the queries, and the mask is ignored.")
def over_queries_and_unmasked(q, k, v, mask=None):
    return _affinities(q, k).softmax(-2) @ v


@attention.mistake("Two things: the scores are divided by d instead of √d, and the mask is ignored.")
def by_d_and_unmasked(q, k, v, mask=None):
    return (q @ k.transpose(-2, -1) / q.shape[-1]).softmax(-1) @ v


@attention.mistake(
    "Two things: the scores are divided by d instead of √d, and forbidden scores are set to 0."
)
def by_d_and_zero(q, k, v, mask=None):
    return _forbid(q @ k.transpose(-2, -1) / q.shape[-1], mask, 0.0).softmax(-1) @ v


@attention.mistake(
    "The mask is applied before the division, with −1 as the forbidden score: it leaks, and more so the "
    "wider d."
)
def masked_before_division(q, k, v, mask=None):
    return (_forbid(q @ k.transpose(-2, -1), mask, -1.0) / math.sqrt(q.shape[-1])).softmax(-1) @ v


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
    "The test asserts nothing: it computes or returns its findings, and accepts everything."
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


@test_attention_weights.mistake("The tolerance is too wide: a row that sums to 1.05 passes.")
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


@test_attention_weights.mistake("The test looks at the first query only: the other rows may be anything.")
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
