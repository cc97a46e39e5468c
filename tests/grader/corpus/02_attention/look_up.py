"""Answers to `look_up`; with each wrong one, what was once said of it by hand."""

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from tests.grader.corpus.collection import Collection, pairs

answers = Collection()
wrong, right = answers.wrong, answers.right


def look_up_reference(q: Tensor, k: Tensor, v: Tensor) -> Tensor:
    """The values' mean, weighted by the softmax of the affinities. q: (d,), k: (L, d), v: (L, dv) -> (dv,)"""
    affinities = k @ q / math.sqrt(q.shape[-1])  # (L,)
    return affinities.softmax(dim=-1) @ v  # (dv,)


@wrong("The similarities are not divided by √d.")
def look_up_unscaled(q, k, v):
    return (k @ q).softmax(-1) @ v


@wrong("The similarities are divided by d instead of √d.")
def look_up_by_d(q, k, v):
    return (k @ q / q.shape[-1]).softmax(-1) @ v


@wrong("The scale is the root of the number of keys; it belongs to the width of the query.")
def look_up_by_keys(q, k, v):
    return (k @ q / math.sqrt(len(k))).softmax(-1) @ v


@wrong("The scale is the root of the values' width; it belongs to the width of the query.")
def look_up_by_value_width(q, k, v):
    return (k @ q / math.sqrt(v.shape[-1])).softmax(-1) @ v


@wrong("The similarities are multiplied by √d instead of divided.")
def look_up_multiplied(q, k, v):
    return (k @ q * math.sqrt(q.shape[-1])).softmax(-1) @ v


@wrong("There is no softmax: the affinities themselves weight the values, and they sum to anything.")
def look_up_linear(q, k, v):
    return (k @ q / math.sqrt(q.shape[-1])) @ v


@wrong("Neither scale nor softmax: the raw similarities weight the values.")
def look_up_raw(q, k, v):
    return (k @ q) @ v


@wrong("It averages the keys; the weights belong on the values.")
def look_up_keys(q, k, v):
    return (k @ q / math.sqrt(q.shape[-1])).softmax(-1) @ k


@wrong("The query is compared with the values; it is the keys that are searched.")
def look_up_searches_values(q, k, v):
    return (v @ q / math.sqrt(q.shape[-1])).softmax(-1) @ v


@wrong("This is hard attention: the best key's value alone.")
def look_up_hard(q, k, v):
    return v[(k @ q).argmax()]


@wrong("Every key has the same weight: the query has no say.")
def look_up_mean(q, k, v):
    return v.mean(0)


@wrong("These are the weights; their weighted sum of the values is still to come.")
def look_up_weights(q, k, v):
    return (k @ q / math.sqrt(q.shape[-1])).softmax(-1)


@wrong("The values are weighted and not yet summed: one row for each key is left.")
def look_up_not_summed(q, k, v):
    return (k @ q / math.sqrt(q.shape[-1])).softmax(-1)[:, None] * v


@wrong(
    "The division by √d comes after the softmax: it shrinks the output and leaves the weights as sharp as "
    "before."
)
def look_up_scaled_late(q, k, v):
    return (k @ q).softmax(-1) @ v / math.sqrt(q.shape[-1])


@wrong("The exponentials are not divided by their sum, so that the weights do not sum to one.")
def look_up_unnormalised(q, k, v):
    return (k @ q / math.sqrt(q.shape[-1])).exp() @ v


@wrong("Cosines instead of dot products: the lengths of query and keys no longer count.")
def look_up_cosine(q, k, v):
    return F.cosine_similarity(k, q[None], dim=-1).softmax(-1) @ v


@wrong("The affinities are divided by their sum: without the exponential a weight may be negative, or huge.")
def look_up_shares(q, k, v):
    affinities = k @ q / math.sqrt(q.shape[-1])
    return affinities / affinities.sum() @ v


@wrong(
    "The weighted values are averaged over the keys; their sum is the mean already, for the weights sum to "
    "one."
)
def look_up_averaged(q, k, v):
    return look_up_reference(q, k, v) / len(k)


@wrong("It keeps an axis of length one for the query: (dv,) is asked for, not (1, dv).")
def look_up_keeps_axis(q, k, v):
    return look_up_reference(q, k, v)[None]


@wrong("Every weight is 1 (a softmax over an axis of length one), so the values are added up.")
def look_up_adds_up(q, k, v):
    return v.sum(0)


@wrong("Cosines instead of dot products, and divided by √d as well: the weights are nearly equal.")
def look_up_scaled_cosine(q, k, v):
    return (F.cosine_similarity(k, q[None], dim=-1) / math.sqrt(len(q))).softmax(-1) @ v


@wrong("Negative squared distances are used as similarities; a dot product also counts the keys' lengths.")
def look_up_by_distance(q, k, v):
    return (-((k - q) ** 2).sum(-1) / math.sqrt(len(q))).softmax(-1) @ v


@wrong("Negative squared distances are used as similarities, and nothing is divided by √d.")
def look_up_by_unscaled_distance(q, k, v):
    return (-((k - q) ** 2).sum(-1)).softmax(-1) @ v


@wrong("There are two softmaxes in a row: the second one makes the weights nearly equal.")
def look_up_two_softmaxes(q, k, v):
    return (k @ q / math.sqrt(len(q))).softmax(-1).softmax(-1) @ v


@wrong("The output is divided by √d as well; the affinities were divided already.")
def look_up_scaled_twice(q, k, v):
    return look_up_reference(q, k, v) / math.sqrt(len(q))


@wrong("The sign is lost: an unlike key weighs as much as an alike one.")
def look_up_absolute(q, k, v):
    return ((k @ q).abs() / math.sqrt(len(q))).softmax(-1) @ v


@wrong("The softmax is that of the negated affinities: the least similar key weighs most.")
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


for _said, _ways in pairs(_LOOK_UP_SCALES, _LOOK_UP_WEIGHTS, _LOOK_UP_GATHERS):
    wrong(_said, _look_up_with(*_ways))


wrong(
    "A sigmoid stands in place of the softmax: the keys do not compete, and the weights sum to anything.",
    _look_up_with(_LOOK_UP_SCALES[""], torch.sigmoid, _LOOK_UP_GATHERS[""]),
)


wrong(
    "Only the best value is taken, times its weight; every value takes part in the sum.",
    lambda q, k, v: (w := (k @ q / math.sqrt(len(q))).softmax(0)).max() * v[w.argmax()],
)


wrong("These are the affinities, one for each key; softmax and weighted sum are still to come.")(
    lambda q, k, v: k @ q / math.sqrt(len(q))
)


wrong("These are the similarities, one for each key; scale, softmax and weighted sum are still to come.")(
    lambda q, k, v: k @ q
)


wrong("It returns output and weights as a pair; the output alone is asked for.")(
    lambda q, k, v: (look_up_reference(q, k, v), (k @ q / math.sqrt(len(q))).softmax(0))
)


wrong("The first key's value is returned, whatever the query.", lambda q, k, v: v[0])


wrong("It returns the best key, not a mean of the values.", lambda q, k, v: k[(k @ q).argmax()])


wrong(
    "The scale is the root of the number of all entries of k; it belongs to the width of the query.",
    lambda q, k, v: (k @ q / math.sqrt(k.numel())).softmax(0) @ v,
)


wrong(
    "The similarities are divided by 2d or by d/2: `d ** 1 / 2` is (d ** 1) / 2, the root is `d ** 0.5`.",
    lambda q, k, v: (k @ q / (2 * len(q))).softmax(0) @ v,
    lambda q, k, v: (k @ q / (len(q) / 2)).softmax(0) @ v,
)


wrong("The scale is √2 whatever the width; √2 is right for the patches only.")(
    lambda q, k, v: (k @ q / math.sqrt(2)).softmax(0) @ v
)


wrong("The scale is the length of the query; it is the root of its width.")(
    lambda q, k, v: (k @ q / q.norm()).softmax(0) @ v
)


wrong("The fourth root of d divides the similarities: the scale is on one side only, or halved twice.")(
    lambda q, k, v: (k @ q / len(q) ** 0.25).softmax(0) @ v
)


@right
def look_up_einsum(q, k, v):
    weights = torch.einsum("ld,d->l", k, q / math.sqrt(len(q))).softmax(0)
    return torch.einsum("l,lc->c", weights, v)


@wrong("math.exp overflows for a large affinity, and cuts the gradient off.")
def look_up_loop(q, k, v):
    raw = [math.exp(float(torch.dot(q, key)) / math.sqrt(len(q))) for key in k]
    return sum((w / sum(raw) * value for w, value in zip(raw, v, strict=True)), torch.zeros(v.shape[-1]))


@right
def look_up_fused(q, k, v):
    return F.scaled_dot_product_attention(q[None, None], k[None], v[None])[0, 0]


@right
def look_up_double(q, k, v):
    return look_up_reference(q.double(), k.double(), v.double())


@right
def look_up_as_matrices(q, k, v):
    return ((q[None] @ k.T) / len(q) ** 0.5).softmax(1).matmul(v).squeeze(0)


@right
def look_up_root_on_both(q, k, v):
    quarter = len(q) ** 0.25
    return ((k / quarter) @ (q / quarter)).softmax(0) @ v
