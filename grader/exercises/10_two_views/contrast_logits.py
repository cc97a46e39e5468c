"""Every view against every other

`z1` holds one view of each image, `z2` the other, row by row. Put them under one another, make each row
**length 1**, and compare all with all: cosines divided by τ. A view must not find itself: on the diagonal
−∞."""

import torch
from torch.nn import functional as F

from grader.exercise import Function


def contrast_logits(z1, z2, tau):
    """z1, z2: (N, D), tau: a float -> (2N, 2N), first z1, then z2"""
    z = torch.cat([z1, z2])  # (2N, D)
    unit = F.normalize(z, dim=-1)
    cosines = unit @ unit.T  # (2N, 2N)
    itself = torch.eye(len(z), dtype=torch.bool)
    logits = cosines / tau
    return logits.masked_fill(itself, -torch.inf)


def _case(tau=None, square=False, scale=1.0):
    def case(draw):
        N, D = draw.sizes(2)
        D = 2 * N if square else D
        chosen = draw.integer(2, 9) / 10 if tau is None else tau
        return dict(z1=scale * draw.normal(N, D), z2=draw.normal(N, D), tau=chosen)

    return case


exercise = Function(
    contrast_logits,
    cases={
        "long embeddings": _case(scale=50.0),
        "a low temperature": _case(tau=0.05, square=True),
    },
    points=3,
    difficulty=2,
    minutes=7,
    words={"cosines": "the cosines", "unit": "the rows of length 1", "itself": "the diagonal"},
    slips={
        "F.normalize(z, dim=-1) -> z / z.norm()": "All is divided by one number, the length of the whole "
        "table; each row is by its own.",
        "torch.cat([z1, z2]) -> torch.stack([z1, z2], dim=1).flatten(0, 1)": "The views of an image stand "
        "next to one another; all of z1 come first, then all of z2.",
        "unit @ unit.T -> F.normalize(z1, dim=-1) @ F.normalize(z2, dim=-1).T ;; logits.masked_fill(itself, "
        "-torch.inf) -> logits": "Only the first views are compared with the second: (N, N). All 2N are, "
        "with all 2N.",
        "itself = torch.eye(len(z), dtype=torch.bool) -> itself = torch.eye(len(z), dtype=torch.bool) | "
        "torch.eye(len(z), dtype=torch.bool).roll(len(z1), 0)": "The twin is masked as well: it is the one "
        "to be found.",
        "logits.masked_fill(itself, -torch.inf) -> logits[~itself].view(len(z), -1)": "The diagonal is taken "
        "out of the table; it stays, and holds −∞.",
        "logits.masked_fill(itself, -torch.inf) -> logits": "A view finds itself: the diagonal is not "
        "masked.",
        "logits.masked_fill(itself, -torch.inf) -> logits.masked_fill(itself, 0.0)": "The diagonal is 0, "
        "which "
        "is a candidate like others after exp; it must be −∞.",
        "logits.masked_fill(itself, -torch.inf) -> logits.masked_fill(itself, torch.inf)": "On the diagonal "
        "stands +∞: then each view finds nothing but itself.",
        "F.normalize(z, dim=-1) -> F.normalize(z, dim=0)": "The *columns* are made length 1; a cosine wants "
        "each embedding, a row, to be.",
        "F.normalize(z, dim=-1) -> z": "The embeddings keep their lengths: these are products, not cosines.",
        "cosines / tau -> cosines * tau": "The cosines are multiplied by τ; they are divided by it.",
        "torch.cat([z1, z2]) -> torch.cat([z2, z1])": "The two halves are exchanged: z1 comes first.",
    },
    also_right=["F.normalize(z, dim=-1) -> z / z.norm(dim=-1, keepdim=True)"],
    hints=[
        "torch.cat, then F.normalize. The table of all cosines is one matrix product.",
        "torch.eye(2N, dtype=torch.bool) is where a view meets itself; masked_fill puts −∞ there.",
    ],
    may_not_call=["course.ssl"],
)
