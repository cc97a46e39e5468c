"""A test that knows the pitfalls

Write a test of `loss(z1, z2, tau)`, which claims to be NT-Xent. You need no second implementation: choose
embeddings whose loss you can work out, or two sets that must have the same.
"""

import math

import torch
from torch.nn import functional as F

from grader.exercise import PropertyTest


def test_contrast(loss):
    """Raise AssertionError unless loss(z1, z2, tau) is NT-Xent."""
    same = torch.ones(4, 3)
    assert math.isclose(float(loss(same, same, 0.5)), math.log(7), rel_tol=1e-4)
    z1, z2 = torch.randn(4, 3), torch.randn(4, 3)
    lengths = torch.tensor([[1.0], [7.0], [0.2], [3.0]])  # and the halves exchanged
    assert torch.isclose(loss(z1, z2, 0.5), loss(lengths * z2, z1, 0.5), rtol=1e-4)
    apart = torch.eye(2)  # each view: its twin at cosine 1, two others at 0
    for tau in (0.5, 2.0):
        e = math.exp(1 / tau)
        assert math.isclose(float(loss(apart, apart, tau)), -math.log(e / (e + 2)), rel_tol=1e-4)


def base(z1, z2, tau):
    z = torch.cat([z1, z2])
    unit = F.normalize(z, dim=-1)
    logits = unit @ unit.T / tau
    logits = logits.masked_fill(torch.eye(len(z), dtype=torch.bool), -torch.inf)
    twin = torch.arange(len(z)).roll(len(z1))
    return F.cross_entropy(logits, twin)


def by_exponentials(z1, z2, tau):
    u, v = F.normalize(z1, dim=-1), F.normalize(z2, dim=-1)
    z, found = torch.cat([u, v]), torch.cat([(u * v).sum(-1), (v * u).sum(-1)]) / tau
    e = ((z @ z.T - 1) / tau).exp()
    return (e.sum(dim=1) - e.diagonal()).log().add(1 / tau).sub(found).mean()


def negatives_only(z1, z2, tau):
    """The temperature divides the negatives and not the twin."""
    z = F.normalize(torch.cat([z1, z2]), dim=-1)
    cosines = z @ z.T
    twins = torch.eye(len(z), dtype=torch.bool).roll(len(z1), 0)
    logits = torch.where(twins, cosines, cosines / tau)
    logits = logits.masked_fill(torch.eye(len(z), dtype=torch.bool), -torch.inf)
    return F.cross_entropy(logits, twins.float().argmax(dim=1))


def twin_left_out(z1, z2, tau):
    z = F.normalize(torch.cat([z1, z2]), dim=-1)
    logits, N = z @ z.T / tau, len(z1)
    twin = torch.arange(2 * N).roll(N)
    own = logits[torch.arange(2 * N), twin]
    gone = torch.eye(2 * N, dtype=torch.bool) | torch.eye(2 * N, dtype=torch.bool).roll(N, 0)
    return (logits.masked_fill(gone, -torch.inf).logsumexp(dim=1) - own).mean()


exercise = PropertyTest(
    test_contrast,
    base=base,
    right={"adds up exponentials itself": by_exponentials},
    wrong={
        "The test does not look at who is among the candidates; equal embeddings tell it: ln(2N − 1).": {
            "lets a view find itself": "logits.masked_fill(torch.eye(len(z), dtype=torch.bool), "
            "-torch.inf) -> "
            "logits",
            "compares across the two halves only": "F.cross_entropy(logits, twin) -> "
            "F.cross_entropy(logits[: len(z1), len(z1) :], twin[: len(z1)] - len(z1))",
            "leaves the twin out of the sum": twin_left_out,
        },
        "The test does not notice that embeddings keep their lengths.": {
            "takes products for cosines": "F.normalize(z, dim=-1) -> z"
        },
        "The test does not notice a wrong temperature.": {
            "leaves the temperature out": "unit @ unit.T / tau -> unit @ unit.T",
            "multiplies by it": "unit @ unit.T / tau -> unit @ unit.T * tau",
            "divides the negatives only": negatives_only,
        },
        "The test does not notice that only one half looks for its twins.": {
            "asks the first views only": "F.cross_entropy(logits, twin) -> "
            "F.cross_entropy(logits[: len(z1)], twin[: len(z1)])"
        },
        "The test does not notice who is taken for the twin.": {
            "takes the next row for the twin": "torch.arange(len(z)).roll(len(z1)) -> "
            "torch.arange(len(z)).roll(1)"
        },
    },
    points=3,
    difficulty=3,
    minutes=10,
    hints=[
        "What is the loss if all embeddings are the same? You have that formula. Whom does it unmask?",
        "A cosine does not change when an embedding is made 7 times as long, and which view comes first "
        "should "
        "be no matter.",
        "torch.eye(2) as z1 and as z2: the twin has a cosine of 1, the two others of 0. Which loss, at "
        "which τ?",
    ],
)
