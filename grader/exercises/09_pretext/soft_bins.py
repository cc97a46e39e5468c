"""A colour, spread over its neighbours

Each colour is a point in the plane (a, b), each class a bin with a centre in it. Share a colour out over
the k bins nearest to it, by exp(−d² / 2σ²), d its distance to the centre; the k shares sum to 1, all other
bins get 0. A colour may lie far from every bin.
"""

import torch

from grader.exercise import Function


def soft_bins(ab, bins, k, sigma):
    """ab: (M, 2), colours; bins: (Q, 2), centres; k, sigma: numbers -> shares (M, Q)"""
    offset = ab[:, None] - bins  # (M, Q, 2)
    square = offset.square().sum(dim=-1)  # (M, Q)
    near, nearest = square.topk(k, largest=False)  # (M, k) each
    shares = (-near / (2 * sigma**2)).softmax(dim=-1)
    return torch.zeros_like(square).scatter(1, nearest, shares)


def by_the_sum(ab, bins, k, sigma):
    square = (ab[:, None] - bins).square().sum(dim=-1)
    near, nearest = square.topk(k, largest=False)
    near = near - near[:, :1]  # the nearest first: exp cannot vanish for all
    weights = (-near / (2 * sigma**2)).exp()
    shares = weights / weights.sum(dim=-1, keepdim=True)
    return torch.zeros_like(square).scatter(1, nearest, shares)


def _case(k=None, apart=1.0, sigma=None, square=False):
    def case(draw):
        M, Q = draw.integer(3, 6), draw.integer(7, 10)
        M = Q if square else M
        return dict(
            ab=apart * draw.normal(M, 2),
            bins=apart * draw.normal(Q, 2),
            k=k or draw.integer(3, 5),
            sigma=sigma or draw.choice((0.7, 1.5, 2.0)),
        )

    return case


exercise = Function(
    soft_bins,
    cases={
        "some colours": _case(),
        "as many colours as bins": _case(square=True),
        "far from every bin": _case(apart=30.0),
        "the nearest bin alone": _case(k=1),
        "two bins": _case(k=2),
        "a wide Gaussian": _case(sigma=9.0),
    },
    without=["gradient"],
    words={"offset": "the offsets", "square": "the squared distances", "shares": "the shares"},
    slips={
        "offset.square().sum(dim=-1) -> offset.square().sum(dim=-1).sqrt()": "The distance itself stands in "
        "the exponent; its square does.",
        "-near / (2 * sigma**2) -> -near / (2 * sigma)": "σ has to be squared.",
        "-near / (2 * sigma**2) -> -near / sigma**2": "The 2 in front of σ² is missing.",
        "_x.softmax(dim=-1) -> _x.exp() / _x.exp().sum(dim=-1, keepdim=True)": "Far from every bin all k "
        "numbers exp(−d² / 2σ²) are rounded to 0, and 0 / 0 is no share: subtract the smallest d² first.",
        "_x.softmax(dim=-1) -> _x.exp()": "The shares of a colour do not sum to 1.",
        "_x.softmax(dim=-1) -> _x.exp() / (-square / (2 * sigma**2)).exp().sum(dim=-1, keepdim=True)": "They "
        "are divided by the sum over all bins and not by that over the k nearest.",
        "square.topk(k, largest=False) -> square.topk(k)": "These are the k bins that are farthest.",
        "(-near / (2 * sigma**2)).softmax(dim=-1) -> torch.ones_like(near) / k": "All k bins get the "
        "same share, however far they are.",
    },
    also_right=[by_the_sum],
    points=4,
    difficulty=3,
    minutes=9,
    hints=[
        "ab[:, None] − bins is (M, Q, 2). Square, sum over the last axis, and `topk(k, largest=False)`.",
        "torch.zeros(M, Q).scatter(1, nearest, shares) writes shares (M, k) to the columns in `nearest`.",
    ],
    may_not_call=["course.ssl"],
)
