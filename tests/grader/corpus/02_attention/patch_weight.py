"""Answers to `patch_weight`; with each wrong one, what was once said of it by hand."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from tests.grader.corpus.collection import Collection

answers = Collection()
wrong, right = answers.wrong, answers.right


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


for _wrong, _sentence in _WEIGHT_MISTAKES.items():
    wrong(_sentence, _wrong)


@right
def weight_as_sigmoid(query: Patch, key_a: Patch, key_b: Patch) -> float:
    return 1 / (1 + math.exp((_dot(query, key_b) - _dot(query, key_a)) / 2**0.5))


@right
def weight_with_torch(query: Patch, key_a: Patch, key_b: Patch) -> float:
    keys = torch.tensor([key_a, key_b], dtype=torch.float32)
    return (keys @ torch.tensor(query, dtype=torch.float32) / 2**0.5).softmax(0)[0].item()


@right
def weight_in_double(query: Patch, key_a: Patch, key_b: Patch) -> float:
    keys = torch.tensor([key_a, key_b], dtype=torch.float64)
    return float(torch.softmax((keys * torch.tensor(query)).sum(1) / math.sqrt(2), 0)[0])


@right
def weight_shifted(query: Patch, key_a: Patch, key_b: Patch) -> float:
    a, b = (_dot(query, key) * 2**-0.5 for key in (key_a, key_b))
    top = max(a, b)
    return math.exp(a - top) / (math.exp(a - top) + math.exp(b - top))


@right
def weight_rounded(query: Patch, key_a: Patch, key_b: Patch) -> float:
    return round(weight_by_hand(query, key_a, key_b), 5)


FORMS: list[Callable[[float], Any]] = [
    float,
    np.float64,
    np.float32,
    lambda x: torch.tensor(x),
    lambda x: float(f"{x:.4g}"),
]


def _in_form(form: Callable[[float], Any]) -> Callable[..., Any]:
    return lambda **given: form(weight_by_hand(**given))


for _form in FORMS:
    right(_in_form(_form))
