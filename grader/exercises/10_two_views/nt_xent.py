"""The loss of SimCLR

Each of the 2N views has to find its twin among the 2N − 1 others: a classification like any other, whose
logits are your `contrast_logits`. Return the mean cross-entropy over **all 2N** views."""

import torch
from torch.nn import functional as F

from grader.catalogue import reference
from grader.exercise import Function

contrast_logits = reference("contrast_logits")


def nt_xent(z1, z2, tau):
    """z1, z2: (N, D), row by row of the same images, tau: a float -> a scalar"""
    N = len(z1)
    logits = contrast_logits(z1, z2, tau)  # (2N, 2N)
    twin = torch.arange(2 * N).roll(N)  # (2N,): N, …, 2N − 1, 0, …, N − 1
    return F.cross_entropy(logits, twin)


def by_log_softmax(z1, z2, tau):
    log_p = contrast_logits(z1, z2, tau).log_softmax(dim=-1)
    N = len(z1)
    return -(log_p[:N, N:].diagonal().sum() + log_p[N:, :N].diagonal().sum()) / (2 * N)


def _case(same=False):
    def case(draw):
        N, D = draw.sizes(2)
        z1 = draw.normal(N, D)
        z2 = z1 + draw.normal(N, D)
        if same:  # nothing is learnt: ln(2N − 1)
            z1, z2 = z1[:1].expand(N, D), z1[:1].expand(N, D)
        return dict(z1=z1, z2=z2, tau=0.2)

    return case


exercise = Function(
    nt_xent,
    cases={
        "a batch": _case(),
        "all embeddings the same": _case(same=True),
    },
    points=4,
    difficulty=3,
    minutes=9,
    words={"twin": "the places of the twins", "logits": "the logits"},
    slips={
        "F.cross_entropy(logits, twin) -> (logits.masked_fill(torch.eye(2 * N, dtype=torch.bool).roll(N, 0), "
        "-torch.inf).logsumexp(dim=-1) - logits.gather(1, twin[:, None])[:, 0]).mean()": "The twin is left "
        "out of the sum below: it is one of the candidates.",
        'F.cross_entropy(logits, twin) -> F.cross_entropy(logits, twin, reduction="none")': "These are the "
        "losses of all views, one by one; their mean is asked for.",
        "torch.arange(2 * N).roll(N) -> torch.arange(2 * N)": "Each view is asked for itself, which is "
        "masked: "
        "the loss is infinite.",
        "torch.arange(2 * N).roll(N) -> torch.arange(2 * N) ^ 1": "The twin is sought next door, as if the "
        "views of an image stood in pairs: all of z1 come first, and it lies N rows away.",
        "F.cross_entropy(logits, twin) -> F.cross_entropy(logits[:N, N:], torch.arange(N))": "Only the first "
        "views look, and only among the N second ones: all 2N look, among 2N − 1 others.",
        "torch.arange(2 * N).roll(N) -> torch.arange(2 * N).roll(1)": "The twin is taken for a "
        "neighbouring row; it lies N rows away.",
        "F.cross_entropy(logits, twin) -> F.cross_entropy(logits[:N], twin[:N])": "Only the first views "
        "look "
        "for their twins; the second ones do, too.",
        "F.cross_entropy(logits, twin) -> (F.cross_entropy(logits[:N, N:], twin[:N] - N) + "
        "F.cross_entropy(logits[N:, :N], twin[N:])) / 2": "The views are compared across the two halves "
        "only: "
        "N − 1 negatives in place of 2N − 2.",
        'F.cross_entropy(logits, twin) -> F.cross_entropy(logits, twin, reduction="sum") / N': "The sum is "
        "divided by N; 2N views have looked.",
        'F.cross_entropy(logits, twin) -> F.cross_entropy(logits, twin, reduction="sum")': "The losses are "
        "added up; their mean is asked for.",
        "F.cross_entropy(logits, twin) -> F.cross_entropy(logits.softmax(dim=-1), twin)": "A softmax "
        "stands in "
        "front of the cross-entropy, which takes one itself.",
        "contrast_logits(z1, z2, tau) -> contrast_logits(z1, z2, tau) / tau": "The temperature divides "
        "twice: "
        "`contrast_logits` has done it.",
    },
    also_right=[by_log_softmax],
    hints=[
        "The right class of view i is the *row number* of its twin. Where lies the twin of row 0, of row N?",
        "torch.arange(2 * N).roll(N) turns the list round by N places. F.cross_entropy does the rest.",
    ],
    may_not_call=["course.ssl"],
)
