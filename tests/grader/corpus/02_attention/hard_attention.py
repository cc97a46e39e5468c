"""Answers to `hard_attention`; with each wrong one, what was once said of it by hand."""

import math

import torch
from torch.nn import functional as F

from tests.grader.corpus.collection import Collection

answers = Collection()
wrong, right = answers.wrong, answers.right


@wrong("It returns the winning key; a look-up returns the value stored under it.")
def hard_returns_key(q, k, v):
    return k[(k @ q).argmax()]


@wrong("It returns the value of the *least* similar key.")
def hard_argmin(q, k, v):
    return v[(k @ q).argmin()]


@wrong("It returns the place of the best key, a number; the value stored there is asked for.")
def hard_returns_index(q, k, v):
    return (k @ q).argmax()


@wrong("It returns the largest similarity itself; the value stored under that key is asked for.")
def hard_returns_score(q, k, v):
    return (k @ q).max()


@wrong("This is soft attention: every value takes part. Hard attention takes one value, whole.")
def hard_is_soft(q, k, v):
    return (k @ q / math.sqrt(q.shape[-1])).softmax(0) @ v


@wrong("This is soft attention without the scale: every value takes part. Hard attention takes one, whole.")
def hard_is_soft_unscaled(q, k, v):
    return (k @ q).softmax(0) @ v


@wrong("It picks by cosine: the length of a key counts in a dot product.")
def hard_cosine(q, k, v):
    return v[(F.normalize(k, dim=-1) @ q).argmax()]


@wrong("It picks the nearest key; a long key further out can have the larger dot product.")
def hard_nearest(q, k, v):
    return v[(k - q).norm(dim=-1).argmin()]


@wrong("It picks the longest key and never looks at the query.")
def hard_longest(q, k, v):
    return v[k.norm(dim=-1).argmax()]


@wrong("The query is compared with the values; it is the keys that are searched.")
def hard_searches_values(q, k, v):
    return v[(v @ q).argmax()]


@wrong("The winning value is multiplied by its similarity; hard attention gives it weight one.")
def hard_times_score(q, k, v):
    return (k @ q).max() * v[(k @ q).argmax()]


@wrong("All values are averaged with equal weights: the query has no say.")
def hard_mean(q, k, v):
    return v.mean(0)


@wrong("It takes the largest dot product without its sign: a strongly *unlike* key can win.")
def hard_absolute(q, k, v):
    return v[(k @ q).abs().argmax()]


@wrong("It keeps an axis of length one: one value, (dv,), is asked for, not a table of one row.")
def hard_keeps_axis(q, k, v):
    return v[(k @ q).argmax()][None]


@wrong("The winning value is multiplied by its softmax weight; hard attention gives it weight one.")
def hard_times_weight(q, k, v):
    weights = (k @ q).softmax(0)
    return weights.max() * v[weights.argmax()]


@wrong(
    "The winning value is multiplied by its weight after scale and softmax; hard attention gives it weight "
    "one."
)
def hard_times_scaled_weight(q, k, v):
    weights = (k @ q / math.sqrt(len(q))).softmax(0)
    return weights.max() * v[weights.argmax()]


@wrong("q * k is never summed: one winner for each of the d columns, so d values come back.")
def hard_winner_per_column(q, k, v):
    return v[(q * k).argmax(0)]


@wrong("q * k is never summed over d: the largest single product decides, not the dot product.")
def hard_largest_product(q, k, v):
    return v[(q * k).argmax() // k.shape[1]]


@wrong("The place is one too small: the value before the winner's is returned.")
def hard_one_before(q, k, v):
    return v[(k @ q).argmax() - 1]


@wrong("The place is one too large: the value after the winner's is returned.")
def hard_one_after(q, k, v):
    return v[((k @ q).argmax() + 1) % len(v)]


@wrong("The search starts at a best of 0, so where all dot products are negative no key can win.")
def hard_from_zero(q, k, v):
    similarity = k @ q
    return v[similarity.argmax()] if similarity.max() > 0 else v[0]


@wrong("It returns from inside the loop: the first key with a positive dot product wins.")
def hard_first_positive(q, k, v):
    similarity = k @ q
    return v[(similarity > 0).int().argmax()]


wrong(
    "The search starts at a best of 0 and at no place: where all dot products are negative none is found.",
    lambda q, k, v: v[(k @ q).argmax()] if (k @ q).max() > 0 else torch.zeros(v.shape[-1]),
    lambda q, k, v: v[(k @ q).argmax()] if (k @ q).max() > 0 else v[None],
    lambda q, k, v: v[(k @ q).argmax()] if (k @ q).max() > 0 else v[-1],
)


wrong(
    "The last key better than 0 wins: the best so far is never kept.",
    lambda q, k, v: v[(k @ q > 0).nonzero()[-1, 0]] if (k @ q).max() > 0 else v[0],
)


wrong("It returns value and similarity as a pair; the value alone is asked for.")(
    lambda q, k, v: (v[(k @ q).argmax()], (k @ q).max())
)


wrong(
    "It returns value and place as a pair; the value alone is asked for.",
    lambda q, k, v: (v[(k @ q).argmax()], (k @ q).argmax()),
)


wrong("The first value is returned, whatever the query.", lambda q, k, v: v[0])


wrong("The last value is returned, whatever the query.", lambda q, k, v: v[-1])


wrong("All values are added up: the query has no say.", lambda q, k, v: v.sum(0))


wrong("The largest number of each column of v: the query has no say.", lambda q, k, v: v.amax(0))


wrong("These are similarities; the value of the best key is asked for.", lambda q, k, v: k @ q)


wrong(
    "These are weights; hard attention returns the value of one key.",
    lambda q, k, v: (k @ q).softmax(0),
    lambda q, k, v: (k @ q / math.sqrt(len(q))).softmax(0),
)


wrong(
    "This is a one for the best key and zeros; the value stored there is asked for.",
    lambda q, k, v: F.one_hot((k @ q).argmax(), len(k)),
    lambda q, k, v: F.one_hot((k @ q).argmax(), len(k)).float(),
)


wrong(
    "The similarities weight the values, and every value takes part; hard attention takes one value, whole.",
    lambda q, k, v: (k @ q) @ v,
    lambda q, k, v: (k @ q / math.sqrt(len(q))) @ v,
)


wrong("It returns the value of the second-best key.")(lambda q, k, v: v[(k @ q).sort().indices[-2]])


wrong("It picks the farthest key from the query.", lambda q, k, v: v[(k - q).norm(dim=-1).argmax()])


wrong(
    "It returns the key, and the nearest one; the value of the most similar key is asked for.",
    lambda q, k, v: k[(k - q).norm(dim=-1).argmin()],
)


wrong("It returns one number of the winning value, not all of it.", lambda q, k, v: v[(k @ q).argmax()][0])


wrong("The best two values are averaged; hard attention takes one.")(
    lambda q, k, v: v[(k @ q).topk(2).indices].mean(0)
)


@right
def hard_one_hot(q, k, v):
    return F.one_hot((k @ q).argmax(), len(k)).to(v.dtype) @ v


@right
def hard_loop(q, k, v):
    best, place = -math.inf, 0
    for i, key in enumerate(k):
        if (score := float(torch.dot(q, key))) > best:
            best, place = score, i
    return v[place].clone()


@right
def hard_sorted(q, k, v):
    return v[torch.mv(k, q).sort(descending=True).indices[0]]


@right
def hard_topk(q, k, v):
    return v.index_select(0, (q @ k.T).topk(1).indices).squeeze(0)


@right
def hard_double(q, k, v):
    return v.double()[torch.einsum("ld,d->l", k.double(), q.double()).argmax()]


@right
def hard_scaled(q, k, v):
    return v[(k @ q / math.sqrt(len(q))).softmax(0).argmax()]  # neither changes the winner
