"""Answers to `attention`; with each wrong one, what was once said of it by hand."""

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from tests.grader.corpus.collection import Collection, pairs

answers = Collection()
wrong, right = answers.wrong, answers.right


def attention_reference(q: Tensor, k: Tensor, v: Tensor, mask: Tensor | None = None) -> Tensor:
    """`course.attention.attention` without its checks of the arguments: the lines a student writes."""
    scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])  # (..., Lq, Lk)
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    return scores.softmax(dim=-1) @ v  # (..., Lq, dv)


def _affinities(q: Tensor, k: Tensor) -> Tensor:
    return q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])  # (..., Lq, Lk)


def _forbid(scores: Tensor, mask: Tensor | None, score: float = -math.inf) -> Tensor:
    return scores if mask is None else scores.masked_fill(~mask, score)


@wrong("The scores are not divided by √d, so that they grow with the width of the queries.")
def unscaled(q, k, v, mask=None):
    return _forbid(q @ k.transpose(-2, -1), mask).softmax(-1) @ v


@wrong("The scores are divided by d instead of √d.")
def divided_by_d(q, k, v, mask=None):
    return _forbid(q @ k.transpose(-2, -1) / q.shape[-1], mask).softmax(-1) @ v


@wrong(
    "The scores are divided by the root of the number of keys; the scale belongs to the width of the queries."
)
def divided_by_root_of_keys(q, k, v, mask=None):
    return _forbid(q @ k.transpose(-2, -1) / math.sqrt(k.shape[-2]), mask).softmax(-1) @ v


@wrong(
    "The scores are divided by the root of the values' width; the scale belongs to the width of the queries."
)
def divided_by_root_of_value_width(q, k, v, mask=None):
    return _forbid(q @ k.transpose(-2, -1) / math.sqrt(v.shape[-1]), mask).softmax(-1) @ v


@wrong("The scores are divided by the root of the number of queries: q.shape[-2] is a length, not the width.")
def divided_by_root_of_queries(q, k, v, mask=None):
    return _forbid(q @ k.transpose(-2, -1) / math.sqrt(q.shape[-2]), mask).softmax(-1) @ v


@wrong("The scores are divided by the root of the first axis: with a batch, q.shape[0] is the batch size.")
def divided_by_root_of_first_axis(q, k, v, mask=None):
    return _forbid(q @ k.transpose(-2, -1) / math.sqrt(q.shape[0]), mask).softmax(-1) @ v


@wrong("The scores are multiplied by √d instead of divided.")
def multiplied(q, k, v, mask=None):
    return _forbid(q @ k.transpose(-2, -1) * math.sqrt(q.shape[-1]), mask).softmax(-1) @ v


@wrong("The scores are divided by the fourth root of d: the scale is on one side only, or halved twice.")
def fourth_root(q, k, v, mask=None):
    return _forbid(q @ k.transpose(-2, -1) / q.shape[-1] ** 0.25, mask).softmax(-1) @ v


@wrong("The division by √d comes after the softmax: the weights are as sharp as ever, and sum to 1/√d.")
def scaled_after_softmax(q, k, v, mask=None):
    return _forbid(q @ k.transpose(-2, -1), mask).softmax(-1) / math.sqrt(q.shape[-1]) @ v


@wrong("The softmax runs over the queries, so that the columns sum to one instead of the rows.")
def softmax_over_queries(q, k, v, mask=None):
    return _forbid(_affinities(q, k), mask).softmax(-2) @ v


@wrong("The softmax runs over the first axis: with a batch, the sequences compete with one another.")
def softmax_over_first_axis(q, k, v, mask=None):
    return _forbid(_affinities(q, k), mask).softmax(0) @ v


@wrong("The softmax runs over axis 1: the keys of a single sequence, but the queries of a batch.")
def softmax_over_axis_one(q, k, v, mask=None):
    return _forbid(_affinities(q, k), mask).softmax(1) @ v


@wrong("One softmax over the whole table of scores: all queries together share a weight of one.")
def softmax_over_table(q, k, v, mask=None):
    scores = _forbid(_affinities(q, k), mask)
    return scores.flatten(-2).softmax(-1).view_as(scores) @ v


@wrong("There is no softmax: the scores themselves weight the values.")
def without_softmax(q, k, v, mask=None):
    return _forbid(_affinities(q, k), mask, 0.0) @ v


@wrong("The exponentials are not divided by their sum, so that the weights of a row sum to anything.")
def unnormalised(q, k, v, mask=None):
    return _forbid(_affinities(q, k), mask).exp() @ v


@wrong("A sigmoid on each score: the keys do not compete, and the weights of a row sum to anything.")
def with_sigmoid(q, k, v, mask=None):
    return _forbid(_affinities(q, k), mask).sigmoid() @ v


@wrong("This is hard attention: the best key's value alone, and no gradient for the query.")
def hard(q, k, v, mask=None):
    scores = _forbid(_affinities(q, k), mask)
    return F.one_hot(scores.argmax(-1), scores.shape[-1]).to(v.dtype) @ v


@wrong("Cosines instead of dot products: the lengths of queries and keys no longer count.")
def cosine(q, k, v, mask=None):
    return _forbid(F.normalize(q, dim=-1) @ F.normalize(k, dim=-1).transpose(-2, -1), mask).softmax(-1) @ v


@wrong("Queries and keys have changed places: the scores are transposed, k qᵀ instead of q kᵀ.")
def swapped(q, k, v, mask=None):
    return _forbid(_affinities(k, q), mask).softmax(-1) @ v


@wrong("The weights are transposed before they meet the values: each output gathers what looked *at* it.")
def weights_transposed(q, k, v, mask=None):
    return _forbid(_affinities(q, k), mask).softmax(-1).transpose(-2, -1) @ v


@wrong("The queries are compared with the values; it is the keys that are searched.")
def searches_values(q, k, v, mask=None):
    return _forbid(_affinities(q, v), mask).softmax(-1) @ v


@wrong("It averages the keys; the weights belong on the values.")
def averages_keys(q, k, v, mask=None):
    return _forbid(_affinities(q, k), mask).softmax(-1) @ k


@wrong(
    "The keys are reshaped where they should be transposed: the numbers keep their order and land in the "
    "wrong places."
)
def reshaped_keys(q, k, v, mask=None):
    turned = k.reshape(*k.shape[:-2], k.shape[-1], k.shape[-2])
    return _forbid(q @ turned / math.sqrt(q.shape[-1]), mask).softmax(-1) @ v


@wrong("The mask is upside down: it hides what may be seen and shows what may not. True means *may attend*.")
def mask_inverted(q, k, v, mask=None):
    return _forbid(_affinities(q, k), None if mask is None else ~mask).softmax(-1) @ v


@wrong("The mask has no effect: it is ignored, or what masked_fill returns is not kept.")
def mask_ignored(q, k, v, mask=None):
    return _affinities(q, k).softmax(-1) @ v


@wrong("The mask is added to the scores as 0 and 1: a nudge, where a wall is needed.")
def mask_added(q, k, v, mask=None):
    return (_affinities(q, k) if mask is None else _affinities(q, k) + mask).softmax(-1) @ v


@wrong(
    "The mask comes after the softmax and the rest is not renormalised: forbidden keys (or values) still "
    "cost weight."
)
def mask_after_softmax(q, k, v, mask=None):
    weights = _affinities(q, k).softmax(-1)
    return (weights if mask is None else weights * mask) @ v


@wrong(
    "Forbidden scores are set to 0 (or multiplied by 0, or set to 1e-9), but exp(0) is 1, an ordinary weight."
)
def masked_with_zero(q, k, v, mask=None):
    return _forbid(_affinities(q, k), mask, 0.0).softmax(-1) @ v


@wrong("Forbidden scores are set to −1: low, but exp(−1) is 0.37. Only −inf becomes a weight of exactly 0.")
def masked_with_minus_one(q, k, v, mask=None):
    return _forbid(_affinities(q, k), mask, -1.0).softmax(-1) @ v


@wrong("Forbidden scores are set to +inf: inf / inf is NaN. The sign is the wrong way round.")
def masked_with_plus_infinity(q, k, v, mask=None):
    return _forbid(_affinities(q, k), mask, math.inf).softmax(-1) @ v


@wrong("The mask is transposed: row i is used as if it said who may look *at* i.")
def mask_transposed(q, k, v, mask=None):
    return _forbid(_affinities(q, k), None if mask is None else mask.transpose(-2, -1)).softmax(-1) @ v


@wrong("The first sequence's mask is used for the whole batch.")
def mask_of_the_first(q, k, v, mask=None):
    return (
        _forbid(_affinities(q, k), mask[:1] if mask is not None and mask.dim() == 3 else mask).softmax(-1) @ v
    )


@wrong(
    "The mask is applied before the division, with −1 as the forbidden score: it leaks, and more so the "
    "wider d."
)
def masked_before_division(q, k, v, mask=None):
    return (_forbid(q @ k.transpose(-2, -1), mask, -1.0) / math.sqrt(q.shape[-1])).softmax(-1) @ v


def _weights(scores: Tensor, mask: Tensor | None) -> Tensor:
    return _forbid(scores, mask).softmax(-1)


@wrong(
    "The scores are divided by the root of q.shape[1]: that is the width of one sequence, and a length or "
    "the "
    "heads with a batch."
)
def divided_by_root_of_axis_one(q, k, v, mask=None):
    return _weights(q @ k.transpose(-2, -1) / math.sqrt(q.shape[1]), mask) @ v


@wrong("The scores are divided by 2d: `… / d ** 1 / 2` divides by d and then by 2; the root is `d ** 0.5`.")
def divided_by_two_d(q, k, v, mask=None):
    return _weights(q @ k.transpose(-2, -1) / (2 * q.shape[-1]), mask) @ v


@wrong("The scores are divided by d/2: `d ** 1 / 2` is (d ** 1) / 2; the root is `d ** 0.5`.")
def divided_by_half_d(q, k, v, mask=None):
    return _weights(q @ k.transpose(-2, -1) / (q.shape[-1] / 2), mask) @ v


@wrong(
    "The mask is upside down (and −1e9 where it forbids): it hides what may be seen. True means *may attend*."
)
def mask_inverted_large(q, k, v, mask=None):
    return _forbid(_affinities(q, k), None if mask is None else ~mask, -1e9).softmax(-1) @ v


@wrong("−inf is put into the weights, after the softmax: its place is among the scores, before it.")
def infinity_after_softmax(q, k, v, mask=None):
    return _forbid(_affinities(q, k).softmax(-1), mask) @ v


@wrong("The forbidden scores are raised by a large number in place of lowered: they alone get weight.")
def forbidden_raised(q, k, v, mask=None):
    scores = _affinities(q, k)
    return (scores if mask is None else scores + ~mask * 1e9).softmax(-1) @ v


@wrong("0 times −inf is NaN: where a key is allowed, nothing may be added to its score.")
def zero_times_infinity(q, k, v, mask=None):
    scores = _affinities(q, k)
    return (scores if mask is None else scores + ~mask * -math.inf).softmax(-1) @ v


@wrong("These are the weights, (…, Lq, Lk); their weighted sum of the values is still to come.")
def returns_weights(q, k, v, mask=None):
    return _weights(_affinities(q, k), mask)


@wrong("These are the scores, (…, Lq, Lk); the softmax and the weighted sum are still to come.")
def returns_scores(q, k, v, mask=None):
    return _forbid(_affinities(q, k), mask)


@wrong("It returns output and weights as a pair; the output alone is asked for.")
def returns_pair(q, k, v, mask=None):
    weights = _weights(_affinities(q, k), mask)
    return weights @ v, weights


@wrong("Forbidden scores are set to −10: low, but not low enough. Only −inf becomes a weight of exactly 0.")
def masked_with_minus_ten(q, k, v, mask=None):
    return _forbid(_affinities(q, k), mask, -10.0).softmax(-1) @ v


@wrong("Forbidden scores are set to −10, and divided by √d after that: they leak, and more so the wider d.")
def minus_ten_before_division(q, k, v, mask=None):
    return (_forbid(q @ k.transpose(-2, -1), mask, -10.0) / math.sqrt(q.shape[-1])).softmax(-1) @ v


@wrong("The mask is not read: wherever one is given, a causal one takes its place.")
def causal_for_any_mask(q, k, v, mask=None):
    scores = _affinities(q, k)
    causal = torch.ones(scores.shape[-2:], dtype=torch.bool).tril()
    return _weights(scores, None if mask is None else causal) @ v


@wrong("It is always causal, also where no mask is given.")
def always_causal(q, k, v, mask=None):
    scores = _affinities(q, k)
    causal = torch.ones(scores.shape[-2:], dtype=torch.bool).tril()
    return _weights(scores, causal if mask is None else causal & mask) @ v


@wrong("The scores are divided by their sum: without the exponential a weight may be negative, or huge.")
def shares_of_scores(q, k, v, mask=None):
    scores = _forbid(_affinities(q, k), mask, 0.0)
    return scores / scores.sum(-1, keepdim=True) @ v


@wrong(
    "The exponentials are divided by one sum over everything: all queries of the batch share a weight of one."
)
def softmax_over_everything(q, k, v, mask=None):
    scores = _forbid(_affinities(q, k), mask)
    return scores.exp() / scores.exp().sum() @ v


@wrong("The sum lost its axis (no keepdim), so that the weights are divided by other queries' sums.")
def sum_lost_axis(q, k, v, mask=None):
    e = _forbid(_affinities(q, k), mask).exp()
    return e / e.sum(-1) @ v


@wrong("A mask with fewer axes than the scores is not used: (L, L) serves every sequence of the batch.")
def mask_of_full_rank_only(q, k, v, mask=None):
    scores = _affinities(q, k)
    return _weights(scores, mask if mask is not None and mask.dim() == scores.dim() else None) @ v


@wrong("Only a mask of shape (L, L) is used; one row for each sentence broadcasts over its queries.")
def square_mask_only(q, k, v, mask=None):
    return _weights(_affinities(q, k), mask if mask is not None and mask.dim() == 2 else None) @ v


@wrong("The weighted values are averaged over the keys; the weights sum to one already.")
def averaged_over_keys(q, k, v, mask=None):
    return attention_reference(q, k, v, mask) / k.shape[-2]


@wrong("There are two softmaxes in a row: the second one makes the weights nearly equal.")
def two_softmaxes(q, k, v, mask=None):
    return _weights(_affinities(q, k), mask).softmax(-1) @ v


@wrong("There is neither a softmax nor a scale: raw similarities weight the values.")
def neither_softmax_nor_scale(q, k, v, mask=None):
    return _forbid(q @ k.transpose(-2, -1), mask, 0.0) @ v


@wrong("The queries are not part of it: the keys are compared with one another.")
def keys_with_keys(q, k, v, mask=None):
    return _forbid(_affinities(k, k), mask).softmax(-1) @ v


@wrong("The scores are divided by the number of keys instead of √d.")
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


for _said, _ways in pairs(_SCALES, _NORMALISERS, _MASKINGS):
    wrong(_said, _attention_with(*_ways))


@wrong("The output is added to the queries: the residual belongs to the block around it (lesson 04).")
def plus_queries(q, k, v, mask=None):
    out = attention_reference(q, k, v, mask)
    return out + q if q.shape == out.shape else out


@wrong("The output is transposed: a query is a row of it.")
def output_transposed(q, k, v, mask=None):
    return attention_reference(q, k, v, mask).transpose(-2, -1)


@wrong("The heads or the batch are averaged: every leading axis stays in the output.")
def leading_axes_averaged(q, k, v, mask=None):
    out = attention_reference(q, k, v, mask)
    return out.mean(0) if out.dim() > 2 else out


@wrong("The first sequence of the batch is answered for alone.")
def first_sequence_only(q, k, v, mask=None):
    out = attention_reference(q, k, v, mask)
    return out[0] if out.dim() > 2 else out


@wrong("Every query gets the plain mean of the values it may see: queries and keys have no say.")
def uniform(q, k, v, mask=None):
    return _forbid(0 * _affinities(q, k), mask).softmax(-1) @ v


@wrong("Distances instead of dot products decide who looks at whom.")
def by_distance(q, k, v, mask=None):
    return _forbid(-torch.cdist(q, k), mask).softmax(-1) @ v


@wrong("Squared distances instead of dot products decide who looks at whom.")
def by_squared_distance(q, k, v, mask=None):
    return _forbid(-(torch.cdist(q, k) ** 2) / math.sqrt(q.shape[-1]), mask).softmax(-1) @ v


@wrong("The scores lose their sign: an unlike key weighs as much as an alike one.")
def absolute_scores(q, k, v, mask=None):
    return _forbid(_affinities(q, k).abs(), mask).softmax(-1) @ v


@wrong("The scores are negated: the least similar key weighs most.")
def negated_scores(q, k, v, mask=None):
    return _forbid(-_affinities(q, k), mask).softmax(-1) @ v


@wrong("The softmax is followed by a second division by √d: it shrinks the output.")
def scaled_twice_late(q, k, v, mask=None):
    return attention_reference(q, k, v, mask) / math.sqrt(q.shape[-1])


@wrong("Cosines instead of dot products, and divided by √d as well: the weights are nearly equal.")
def scaled_cosine(q, k, v, mask=None):
    return attention_reference(F.normalize(q, dim=-1), F.normalize(k, dim=-1), v, mask)


@right
def with_einsum(q, k, v, mask=None):
    scores = torch.einsum("...id,...jd->...ij", q, k) * q.shape[-1] ** -0.5
    if mask is not None:
        scores = torch.where(mask, scores, -math.inf)
    return torch.einsum("...ij,...jc->...ic", scores.softmax(-1), v)


@right
def with_fused_kernel(q, k, v, mask=None):
    lead = (1,) * (4 - q.dim())
    q, k, v = (t.reshape(*lead, *t.shape) for t in (q, k, v))
    mask = mask if mask is None else mask.reshape(*(1,) * (4 - mask.dim()), *mask.shape)
    return F.scaled_dot_product_attention(q, k, v, attn_mask=mask).reshape(
        *q.shape[len(lead) : -1], v.shape[-1]
    )


@right
def in_float64(q, k, v, mask=None):
    scores = q.double() @ k.double().mT / math.sqrt(k.size(-1))
    return torch.softmax(_forbid(scores, mask), dim=-1) @ v.double()


@right
def query_scaled_first(q, k, v, mask=None):
    scores = (q / math.sqrt(q.shape[-1])).matmul(k.swapaxes(-1, -2))
    if mask is not None:
        scores = scores.masked_fill(mask.logical_not(), float("-inf"))
    return F.softmax(scores, dim=-1).matmul(v)


@right
def with_large_negative(q, k, v, mask=None):
    return _forbid(_affinities(q, k), mask, -1e9).softmax(-1) @ v


@right
def mask_then_renormalise(q, k, v, mask=None):
    weights = _affinities(q, k).softmax(-1)
    if mask is not None:
        weights = weights * mask
    return weights / weights.sum(-1, keepdim=True) @ v


@right
def additive_mask(q, k, v, mask=None):
    bias = 0 if mask is None else torch.zeros(mask.shape).masked_fill_(~mask, -math.inf)
    return torch.softmax(torch.matmul(q, k.mT) / q.shape[-1] ** 0.5 + bias, -1) @ v


@right
def keys_first(q, k, v, mask=None):
    scores = (k @ q.mT).mT / math.sqrt(q.shape[-1])  # not contiguous
    return (v.mT @ _forbid(scores, mask).softmax(-1).mT).mT


@right
def query_by_query(q, k, v, mask=None):
    allowed = torch.ones(q.shape[-2], k.shape[-2], dtype=torch.bool) if mask is None else mask
    allowed = allowed.expand(*q.shape[:-1], k.shape[-2])
    rows = []
    for i in range(q.shape[-2]):
        affinity = (k * q[..., i, None, :]).sum(-1) / math.sqrt(q.shape[-1])
        e = (affinity - affinity.amax(-1, keepdim=True)).exp() * allowed[..., i, :]
        rows.append((e[..., None] * v).sum(-2) / e.sum(-1, keepdim=True))
    return torch.stack(rows, dim=-2)
