"""Neighbours vote

Of which class is an unseen image? Its **k nearest** labelled ones vote, nearness being the cosine of the
features, and a neighbour's vote weighs **exp(cosine / τ)**. Return each class's share of all votes cast for
an image.
"""

import torch
from torch.nn import functional as F

from grader.exercise import Function


def weighted_knn(train, labels, test, k, tau, classes):
    """train: (N, D), labels: (N,), test: (M, D); k, classes: ints
    -> each class's share of the votes, (M, classes)
    """
    train = F.normalize(train, dim=1)
    test = F.normalize(test, dim=1)
    cosine = test @ train.T  # (M, N)
    near, nearest = cosine.topk(k, dim=1)  # (M, k) each
    weights = (near / tau).softmax(dim=1)
    chosen = labels[nearest]  # (M, k), their classes
    return torch.zeros(len(test), classes).scatter_add(1, chosen, weights)


def _case(N=None, M=None, k=None, tau=None, unequal=False):
    def case(draw):
        n, m, D, classes = N or draw.integer(10, 14), M or draw.integer(3, 6), draw.integer(4, 8), 3
        train = draw.normal(n, D)
        if unequal:
            train = train * (2 * draw.normal(n, 1)).exp()
        return dict(
            train=train,
            labels=draw.normal(n, classes).argmax(dim=1),
            test=draw.normal(m, D),
            k=k or draw.integer(4, 7),
            tau=tau or draw.choice((0.2, 0.5, 0.7)),
            classes=classes + draw.integer(0, 1),
        )

    return case


exercise = Function(
    weighted_knn,
    cases={
        "some images": _case(),
        "features of very different lengths": _case(unequal=True),
        "as many unseen as labelled": _case(N=9, M=9),
        "all of them vote": _case(N=8, k=8),
        "one neighbour": _case(k=1),
        "a small τ": _case(tau=0.005),
    },
    without=["gradient"],
    words={
        "cosine": "the cosines",
        "near": "the largest cosines",
        "weights": "the votes",
        "chosen": "classes",
    },
    slips={
        "train = F.normalize(train, dim=1) -> ;; test = F.normalize(test, dim=1) ->": "The features keep "
        "their lengths: long ones are everybody's neighbours.",
        "F.normalize(train, dim=1) -> F.normalize(train, dim=0) ;; F.normalize(test, dim=1) -> "
        "F.normalize(test, dim=0)": "Each feature is normalised over all images; each *image* has length 1.",
        "(near / tau).softmax(dim=1) -> torch.ones_like(near) / k": "All k neighbours weigh the same.",
        "(near / tau).softmax(dim=1) -> (near * tau).softmax(dim=1)": "The cosine is multiplied by τ: a "
        "small τ must favour the nearest.",
        "(near / tau).softmax(dim=1) -> (near / tau).exp()": "These are votes, not shares: a row does not "
        "sum to 1, and at a small τ exp overflows.",
        "cosine.topk(k, dim=1) -> cosine.topk(k, dim=1, largest=False)": "The k farthest vote.",
        "_x.scatter_add(1, chosen, weights) -> _x.scatter(1, chosen, weights)": "Of several neighbours of "
        "one class only one is counted: votes are to be added up.",
    },
    also_right=[
        "torch.zeros(len(test), classes).scatter_add(1, chosen, weights) -> (weights[..., None] * "
        "F.one_hot(chosen, classes)).sum(dim=1)",
    ],
    points=4,
    difficulty=3,
    minutes=9,
    hints=[
        "F.normalize(x, dim=1), a product, `topk`: that is who votes, and how near they are.",
        "torch.zeros(M, classes).scatter_add(1, chosen, weights) adds weights (M, k) up in the columns "
        "`chosen`.",
        "exp(x / τ) over its sum is a function that you know; it does not overflow.",
    ],
    may_not_call=["course.evaluate"],
)
