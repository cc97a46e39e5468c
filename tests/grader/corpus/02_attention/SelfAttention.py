"""Answers to `SelfAttention`; with each wrong one, what was once said of it by hand."""

import itertools
import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from tests.grader.corpus.collection import Collection, pairs

answers = Collection()
wrong, right = answers.wrong, answers.right


def causal_reference(L: int) -> Tensor:
    """True where a query (row) may look: at itself and at earlier tokens. L -> (L, L)"""
    return torch.ones(L, L, dtype=torch.bool).tril()


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


def unscaled(q, k, v, mask=None):
    return _forbid(q @ k.transpose(-2, -1), mask).softmax(-1) @ v


def divided_by_d(q, k, v, mask=None):
    return _forbid(q @ k.transpose(-2, -1) / q.shape[-1], mask).softmax(-1) @ v


def multiplied(q, k, v, mask=None):
    return _forbid(q @ k.transpose(-2, -1) * math.sqrt(q.shape[-1]), mask).softmax(-1) @ v


def softmax_over_queries(q, k, v, mask=None):
    return _forbid(_affinities(q, k), mask).softmax(-2) @ v


def softmax_over_first_axis(q, k, v, mask=None):
    return _forbid(_affinities(q, k), mask).softmax(0) @ v


def softmax_over_axis_one(q, k, v, mask=None):
    return _forbid(_affinities(q, k), mask).softmax(1) @ v


def without_softmax(q, k, v, mask=None):
    return _forbid(_affinities(q, k), mask, 0.0) @ v


def weights_transposed(q, k, v, mask=None):
    return _forbid(_affinities(q, k), mask).softmax(-1).transpose(-2, -1) @ v


def mask_after_softmax(q, k, v, mask=None):
    weights = _affinities(q, k).softmax(-1)
    return (weights if mask is None else weights * mask) @ v


def masked_with_zero(q, k, v, mask=None):
    return _forbid(_affinities(q, k), mask, 0.0).softmax(-1) @ v


def mask_transposed(q, k, v, mask=None):
    return _forbid(_affinities(q, k), None if mask is None else mask.transpose(-2, -1)).softmax(-1) @ v


def _weights(scores: Tensor, mask: Tensor | None) -> Tensor:
    return _forbid(scores, mask).softmax(-1)


def returns_weights(q, k, v, mask=None):
    return _weights(_affinities(q, k), mask)


def returns_scores(q, k, v, mask=None):
    return _forbid(_affinities(q, k), mask)


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


def with_einsum(q, k, v, mask=None):
    scores = torch.einsum("...id,...jd->...ij", q, k) * q.shape[-1] ** -0.5
    if mask is not None:
        scores = torch.where(mask, scores, -math.inf)
    return torch.einsum("...ij,...jc->...ic", scores.softmax(-1), v)


def with_fused_kernel(q, k, v, mask=None):
    lead = (1,) * (4 - q.dim())
    q, k, v = (t.reshape(*lead, *t.shape) for t in (q, k, v))
    mask = mask if mask is None else mask.reshape(*(1,) * (4 - mask.dim()), *mask.shape)
    return F.scaled_dot_product_attention(q, k, v, attn_mask=mask).reshape(
        *q.shape[len(lead) : -1], v.shape[-1]
    )


def query_by_query(q, k, v, mask=None):
    allowed = torch.ones(q.shape[-2], k.shape[-2], dtype=torch.bool) if mask is None else mask
    allowed = allowed.expand(*q.shape[:-1], k.shape[-2])
    rows = []
    for i in range(q.shape[-2]):
        affinity = (k * q[..., i, None, :]).sum(-1) / math.sqrt(q.shape[-1])
        e = (affinity - affinity.amax(-1, keepdim=True)).exp() * allowed[..., i, :]
        rows.append((e[..., None] * v).sum(-2) / e.sum(-1, keepdim=True))
    return torch.stack(rows, dim=-2)


class SelfAttentionReference(nn.Module):
    """softmax(X Wq (X Wk)ᵀ / √d) X Wv. x: (..., L, d), mask: True = may attend -> (..., L, d)"""

    def __init__(self, d: int) -> None:
        super().__init__()
        self.query = nn.Linear(d, d, bias=False)
        self.key = nn.Linear(d, d, bias=False)
        self.value = nn.Linear(d, d, bias=False)

    def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        return attention_reference(self.query(x), self.key(x), self.value(x), mask)


@wrong("The three layers are never used: x looks at itself as it is.")
class WithoutLayers(SelfAttentionReference):
    def forward(self, x, mask=None):
        return attention_reference(x, x, x, mask)


@wrong("The keys come from the query layer, so that every score is symmetric.")
class KeysFromQuery(SelfAttentionReference):
    def forward(self, x, mask=None):
        return attention_reference(self.query(x), self.query(x), self.value(x), mask)


@wrong("The queries come from the key layer, so that every score is symmetric.")
class QueriesFromKey(SelfAttentionReference):
    def forward(self, x, mask=None):
        return attention_reference(self.key(x), self.key(x), self.value(x), mask)


@wrong("The values are x itself: the value layer is never used.")
class ValuesNotProjected(SelfAttentionReference):
    def forward(self, x, mask=None):
        return attention_reference(self.query(x), self.key(x), x, mask)


@wrong("The keys are x itself: the key layer is never used.")
class KeysNotProjected(SelfAttentionReference):
    def forward(self, x, mask=None):
        return attention_reference(self.query(x), x, self.value(x), mask)


@wrong("The queries are x itself: the query layer is never used.")
class QueriesNotProjected(SelfAttentionReference):
    def forward(self, x, mask=None):
        return attention_reference(x, self.key(x), self.value(x), mask)


@wrong("The values come from the key layer.")
class ValuesFromKey(SelfAttentionReference):
    def forward(self, x, mask=None):
        return attention_reference(self.query(x), self.key(x), self.key(x), mask)


@wrong("Queries and keys have changed places: token i gets the weights with which the others look at it.")
class QueriesAndKeysSwapped(SelfAttentionReference):
    def forward(self, x, mask=None):
        return attention_reference(self.key(x), self.query(x), self.value(x), mask)


@wrong("Keys and values have changed places.")
class KeysAndValuesSwapped(SelfAttentionReference):
    def forward(self, x, mask=None):
        return attention_reference(self.query(x), self.value(x), self.key(x), mask)


@wrong("The mask never reaches the attention.")
class MaskDropped(SelfAttentionReference):
    def forward(self, x, mask=None):
        return attention_reference(self.query(x), self.key(x), self.value(x))


@wrong("The mask is upside down: each token sees the future only.")
class MaskUpsideDown(SelfAttentionReference):
    def forward(self, x, mask=None):
        return attention_reference(self.query(x), self.key(x), self.value(x), None if mask is None else ~mask)


@wrong("Every call is causal, also one without a mask.")
class AlwaysCausal(SelfAttentionReference):
    def forward(self, x, mask=None):
        return attention_reference(self.query(x), self.key(x), self.value(x), causal_reference(x.shape[-2]))


@wrong("The scores are not divided by √d.")
class NotScaled(SelfAttentionReference):
    def forward(self, x, mask=None):
        return unscaled(self.query(x), self.key(x), self.value(x), mask)


@wrong("The scores are divided by √d twice: once here, and once in attention.")
class ScaledTwice(SelfAttentionReference):
    def forward(self, x, mask=None):
        return divided_by_d(self.query(x), self.key(x), self.value(x), mask)


@wrong("The softmax runs over the queries, so that the columns sum to one instead of the rows.")
class OverQueries(SelfAttentionReference):
    def forward(self, x, mask=None):
        return softmax_over_queries(self.query(x), self.key(x), self.value(x), mask)


@wrong(
    "x is added to the output. That residual connection belongs to the block around this layer (lesson 04)."
)
class WithResidual(SelfAttentionReference):
    def forward(self, x, mask=None):
        return x + super().forward(x, mask)


@wrong("The weight matrices are used untransposed: nn.Linear computes x Wᵀ with the W that it stores.")
class Untransposed(SelfAttentionReference):
    def forward(self, x, mask=None):
        q, k, v = (x @ layer.weight for layer in (self.query, self.key, self.value))
        return attention_reference(q, k, v, mask)


@wrong("The batch is laid end to end and the mask dropped: tokens look into other sequences.")
class BatchFlattened(SelfAttentionReference):
    def forward(self, x, mask=None):
        return super().forward(x.reshape(-1, x.shape[-1])).reshape(x.shape)


@wrong("The value layer is applied twice: to x, and to the output again.")
class ValueTwice(SelfAttentionReference):
    def forward(self, x, mask=None):
        return self.value(super().forward(x, mask))


@wrong("The softmax runs over axis 1: the keys of one sequence, but the queries of a batch.")
class OverAxisOne(SelfAttentionReference):
    def forward(self, x, mask=None):
        return softmax_over_axis_one(self.query(x), self.key(x), self.value(x), mask)


@wrong("The layers stand in a row: keys are made from queries and values from keys, not all from x.")
class Chained(SelfAttentionReference):
    def forward(self, x, mask=None):
        q = self.query(x)
        k = self.key(q)
        return attention_reference(q, k, self.value(k), mask)


@wrong("There is a non-linearity after the three layers; queries, keys and values are linear in x.")
class WithReLU(SelfAttentionReference):
    def forward(self, x, mask=None):
        q, k, v = (layer(x).relu() for layer in (self.query, self.key, self.value))
        return attention_reference(q, k, v, mask)


@wrong("The values come from the query layer.")
class ValuesFromQuery(SelfAttentionReference):
    def forward(self, x, mask=None):
        return attention_reference(self.query(x), self.key(x), self.query(x), mask)


@wrong("Queries and values have changed places.")
class QueriesAndValuesSwapped(SelfAttentionReference):
    def forward(self, x, mask=None):
        return attention_reference(self.value(x), self.key(x), self.query(x), mask)


@wrong("All three are made by the query layer.")
class QueryLayerOnly(SelfAttentionReference):
    def forward(self, x, mask=None):
        return attention_reference(self.query(x), self.query(x), self.query(x), mask)


@wrong("The mask comes after the softmax and the rest is not renormalised.")
class LateMask(SelfAttentionReference):
    def forward(self, x, mask=None):
        return mask_after_softmax(self.query(x), self.key(x), self.value(x), mask)


@wrong("Forbidden scores are set to 0, but exp(0) is 1, an ordinary weight.")
class ZeroScores(SelfAttentionReference):
    def forward(self, x, mask=None):
        return masked_with_zero(self.query(x), self.key(x), self.value(x), mask)


@wrong("There is no softmax: the scores themselves weight the values.")
class WithoutSoftmax(SelfAttentionReference):
    def forward(self, x, mask=None):
        return without_softmax(self.query(x), self.key(x), self.value(x), mask)


@wrong("The output is the weights, (…, L, L); their weighted sum of the values is still to come.")
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
        wrong(
            f"The queries come from {_made[0]}, the keys from {_made[1]} and the values from {_made[2]}.",
            _from_layers(_sources, attention_reference),
        )


for _said, _ways in pairs(
    dict(itertools.islice(_SCALES.items(), 3)),
    dict(itertools.islice(_NORMALISERS.items(), 2)),
    {said: way for said, way in _MASKINGS.items() if "−1" not in said},
):
    wrong(_said, _from_layers(_LAYERS, _attention_with(*_ways)))


@wrong("The softmax runs over the first axis: with a batch, the sequences compete with one another.")
class OverFirstAxis(SelfAttentionReference):
    def forward(self, x, mask=None):
        return softmax_over_first_axis(self.query(x), self.key(x), self.value(x), mask)


@wrong("The scores are multiplied by √d instead of divided.")
class Multiplied(SelfAttentionReference):
    def forward(self, x, mask=None):
        return multiplied(self.query(x), self.key(x), self.value(x), mask)


@wrong("The mask is transposed: row i is used as if it said who may look *at* i.")
class MaskTransposed(SelfAttentionReference):
    def forward(self, x, mask=None):
        return mask_transposed(self.query(x), self.key(x), self.value(x), mask)


@wrong("The weights are transposed before they meet the values: each output gathers what looked *at* it.")
class WeightsTransposed(SelfAttentionReference):
    def forward(self, x, mask=None):
        return weights_transposed(self.query(x), self.key(x), self.value(x), mask)


@wrong("The output is the values: no token looks at another one.")
class ValuesOnly(SelfAttentionReference):
    def forward(self, x, mask=None):
        return self.value(x)


@wrong("The queries, plus the output: a residual stands inside the layer.")
class PlusQueries(SelfAttentionReference):
    def forward(self, x, mask=None):
        return self.query(x) + super().forward(x, mask)


@wrong("The output goes through the key layer as well; the weighted sum is the output.")
class KeyAfterwards(SelfAttentionReference):
    def forward(self, x, mask=None):
        return self.key(super().forward(x, mask))


@wrong("The output goes through the query layer as well; the weighted sum is the output.")
class QueryAfterwards(SelfAttentionReference):
    def forward(self, x, mask=None):
        return self.query(super().forward(x, mask))


@wrong("The layer is applied twice: its output looks at itself once more.")
class AppliedTwice(SelfAttentionReference):
    def forward(self, x, mask=None):
        return super().forward(super().forward(x, mask), mask)


@wrong("The output is averaged over the tokens: one row for each token is asked for.")
class Averaged(SelfAttentionReference):
    def forward(self, x, mask=None):
        return super().forward(x, mask).mean(-2)


@wrong("A non-linearity after the output; the output is linear in the values.")
class ReLUAfterwards(SelfAttentionReference):
    def forward(self, x, mask=None):
        return super().forward(x, mask).relu()


@wrong("The output is normalised: that belongs to the block around this layer (lesson 04).")
class Normalised(SelfAttentionReference):
    def forward(self, x, mask=None):
        return F.layer_norm(super().forward(x, mask), x.shape[-1:])


@wrong("x is normalised first: that belongs to the block around this layer (lesson 04).")
class NormalisedFirst(SelfAttentionReference):
    def forward(self, x, mask=None):
        return super().forward(F.layer_norm(x, x.shape[-1:]), mask)


@wrong("It returns output and weights as a pair; the output alone is asked for.")
class Pair(SelfAttentionReference):
    def forward(self, x, mask=None):
        return super().forward(x, mask), returns_weights(self.query(x), self.key(x), self.value(x), mask)


@wrong("It returns the scores; the softmax and the weighted sum of the values are still to come.")
class OnlyScores(SelfAttentionReference):
    def forward(self, x, mask=None):
        return returns_scores(self.query(x), self.key(x), self.value(x), mask)


@wrong("It returns queries, keys and values; they are still to attend.")
class OnlyProjections(SelfAttentionReference):
    def forward(self, x, mask=None):
        return self.query(x), self.key(x), self.value(x)


@right
class WithFusedKernel(SelfAttentionReference):
    def forward(self, x, mask=None):
        return with_fused_kernel(self.query(x), self.key(x), self.value(x), mask)


@right
class WithMatrices(SelfAttentionReference):
    def forward(self, x, mask=None):
        scores = x @ self.query.weight.T @ (x @ self.key.weight.T).mT / math.sqrt(x.shape[-1])
        return _forbid(scores, mask).softmax(-1) @ x @ self.value.weight.T


@right
class WithOneForm(SelfAttentionReference):
    """Scores as one bilinear form of x, and the values projected after the mixing."""

    def forward(self, x, mask=None):
        form = self.query.weight.T @ self.key.weight / math.sqrt(self.query.in_features)
        return self.value(_forbid(x @ form @ x.mT, mask).softmax(-1) @ x)


@right
class WithOneProduct(SelfAttentionReference):
    def forward(self, x, mask=None):
        stacked = torch.cat([self.query.weight, self.key.weight, self.value.weight])
        return with_einsum(*F.linear(x, stacked).chunk(3, dim=-1), mask)


@right
class InDouble(SelfAttentionReference):
    def forward(self, x, mask=None):
        self.double()
        return attention_reference(self.query(x.double()), self.key(x.double()), self.value(x.double()), mask)


@right
class TokenByToken(SelfAttentionReference):
    def forward(self, x, mask=None):
        return query_by_query(self.query(x), self.key(x), self.value(x), mask)
