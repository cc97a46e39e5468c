"""Two numbers for a sphere

Wang and Isola (2020) measure embeddings of length 1 by

- **alignment**: the mean over the images of ‖z₁ − z₂‖², twin against twin;
- **uniformity**: log of the mean of exp(−2‖x − y‖²) over all *pairs of different rows* of z₁. The more
  negative, the more evenly they lie.

Both inputs have rows of any length: make each of them length 1 first.
"""

import torch
from torch.nn import functional as F

from grader.exercise import Function


def on_the_sphere(z1, z2):
    """z1, z2: (N, D), row by row of one image -> alignment, uniformity: numbers"""
    u, v = F.normalize(z1, dim=-1), F.normalize(z2, dim=-1)
    alignment = (u - v).square().sum(dim=-1).mean()
    apart = (u[:, None] - u).square().sum(dim=-1)  # (N, N)
    others = ~torch.eye(len(u), dtype=torch.bool)
    uniformity = (-2 * apart)[others].exp().mean().log()
    return alignment, uniformity


def by_pdist(z1, z2):
    u, v = F.normalize(z1, dim=-1), F.normalize(z2, dim=-1)
    return (u - v).norm(dim=-1).pow(2).mean(), torch.pdist(u).pow(2).mul(-2).exp().mean().log()


def _case(scale=1.0, near=1.0):
    def case(draw):
        N, D = draw.sizes(2)
        z1 = draw.normal(N, D)
        return dict(z1=z1, z2=scale * (z1 + near * draw.normal(N, D)))

    return case


exercise = Function(
    on_the_sphere,
    cases={"long embeddings": _case(scale=20.0), "twins close together": _case(near=0.1)},
    without=["gradient"],  # two numbers to read: Python's own will do
    points=3,
    difficulty=2,
    minutes=8,
    words={"apart": "the squared distances", "others": "the pairs of different rows"},
    slips={
        "F.normalize(z1, dim=-1), F.normalize(z2, dim=-1) -> z1, z2": "The rows keep their lengths: make "
        "each of them 1 first.",
        "F.normalize(_x, dim=-1) -> F.normalize(_x, dim=0)": "The *columns* are made length 1; "
        "each embedding, a row, is to be.",
        "-2 * apart -> -apart": "The 2 in the exponent is missing.",
        "-2 * apart -> -2 * apart.sqrt()": "The distance in the exponent is not squared.",
        "(u - v).square().sum(dim=-1).mean() -> (u * v).sum(dim=-1).mean()": "This is the mean cosine of the "
        "twins; the squared distance is 2 − 2 cos.",
        "u[:, None] - u -> torch.cat([u, v])[:, None] - torch.cat([u, v]) ;; torch.eye(len(u), "
        "dtype=torch.bool) -> torch.eye(2 * len(u), dtype=torch.bool)": "The views of both inputs are "
        "compared; uniformity is that of z₁ alone.",
        "return alignment, uniformity -> return uniformity, alignment": "The two have changed places: "
        "alignment comes first.",
        "(-2 * apart)[others] -> (-2 * apart)": "Each row is compared with itself, too, at distance 0.",
        "(-2 * apart)[others].exp().mean().log() -> (-2 * apart)[others].mean()": "This is the mean of the "
        "exponents: it is exp that is averaged, and the logarithm taken of that.",
        "(-2 * apart)[others].exp().mean().log() -> (-2 * apart)[others].exp().sum().log()": "exp is added "
        "up; "
        "its mean is asked for.",
        "(u - v).square().sum(dim=-1).mean() -> (u - v).square().mean()": "The squares are averaged over "
        "the "
        "features, too; a squared distance adds them up.",
        "(u - v).square().sum(dim=-1).mean() -> (u - v).square().sum(dim=-1).sqrt().mean()": "A root is "
        "taken: "
        "the squared distance is asked for.",
    },
    also_right=[
        by_pdist,
        "return alignment, uniformity -> return alignment.item(), uniformity.item()",
    ],
    hints=[
        "F.normalize both. A squared distance of rows is (u − v).square().sum(dim=-1).",
        "u[:, None] − u has all differences, (N, N, D). ~torch.eye(N, dtype=torch.bool) picks different "
        "rows.",
    ],
)
