"""All four at once

An encoder gives a token for CLS and one for each of N patches. On these: `relations`, your `PairLogits`
with nine heads; `distances` and `angles`, two layers, each a `PairLogits` with one head; `places`,
`nn.Linear(d, N)`, which tells of a patch at which of the N places it is. `forward(tokens, labels,
distances, angles)` gives four losses in one tensor: your `relation_loss`; the mean squared error of the
distances, and of the angles, against their tables; the cross-entropy of patch i with place i. CLS is at no
place: it is left out of all four.
"""

import torch
import torch.nn.functional as F
from torch import nn

from grader.catalogue import reference
from grader.exercise import Module

PairLogits = reference("PairLogits")
relation_loss = reference("relation_loss")


class FourTasks(nn.Module):
    """tokens: (B, 1 + N, d), CLS first; the three tables: (N, N) each -> (4,)"""

    def __init__(self, d, N):
        super().__init__()
        ### BEGIN SOLUTION
        self.relations = PairLogits(d, 9)
        self.distances = PairLogits(d, 1)
        self.angles = PairLogits(d, 1)
        self.places = nn.Linear(d, N)

    def forward(self, tokens, labels, distances, angles):
        z = tokens[:, 1:]  # (B, N, d)
        B, N, _ = z.shape
        relation = relation_loss(self.relations(z), labels)
        distance = (self.distances(z)[:, 0] - distances).pow(2).mean()
        angle = (self.angles(z)[:, 0] - angles).pow(2).mean()
        logits = self.places(z)  # (B, N, N), which patch and then which place
        place = F.cross_entropy(logits.flatten(0, 1), torch.arange(N).repeat(B))
        return torch.stack([relation, distance, angle, place])
        ### END SOLUTION


def _case(B, N, d):
    def case(draw):
        inputs = {"tokens": draw.normal(B, 1 + N, d), "labels": draw.normal(9, N, N).argmax(dim=0)}
        inputs |= {"distances": draw.normal(N, N), "angles": draw.normal(N, N)}
        return {"init": {"d": d, "N": N}, "inputs": inputs}

    return case


exercise = Module(
    FourTasks,
    cases={"a batch": _case(3, 4, 18), "one image": _case(1, 6, 11), "more images": _case(5, 3, 10)},
    slips={
        "z = tokens[:, 1:] -> z = tokens[:, :-1]": "The last patch is left out: CLS is token 0.",
        "torch.arange(N).repeat(B) -> torch.arange(N).repeat_interleave(B)": "The places stand in the wrong "
        "order: images follow each other, and in each one all places.",
        "(self.angles(z)[:, 0] - angles) -> (self.distances(z)[:, 0] - angles)": "One layer answers for "
        "distances and for angles: each has its own.",
        "(self.distances(z)[:, 0] - distances).pow(2) -> (self.distances(z)[:, 0] - distances).abs()": "The "
        "error of the distances is taken as it is: the distances want squares, as the angles do.",
        "(self.angles(z)[:, 0] - angles).pow(2) -> (self.angles(z)[:, 0] - angles).abs()": "The error of the "
        "angles is taken as it is: the angles want squares, as the distances do.",
        "_x.pow(2) -> _x.abs()": "The errors of distances and angles are taken as they are: the squared ones "
        "are asked for.",
        "_x.pow(2).mean() -> _x.pow(2).sum()": "The squared errors are added up: their mean is asked for.",
        "_x.pow(2).mean() -> _x.pow(2).mean().sqrt()": "A root is taken of the mean squared error.",
        "logits = self.places(z) -> logits = self.places(z).mT": "Patches and places are mixed up: "
        "cross_entropy takes axis 1 for the classes, and there stand the patches.",
        "logits.flatten(0, 1) -> logits.flatten(0, 1).softmax(dim=-1)": "A softmax comes before "
        "cross_entropy, which has one itself.",
        "self.places(z) -> self.places(tokens[:, :-1])": "The places are asked of CLS and without the last "
        "patch.",
    },
    also_right=["logits.flatten(0, 1) -> logits.reshape(B * N, N)"],
    points=5,
    difficulty=3,
    minutes=16,
    hints=[
        "Four lines, a loss each, then torch.stack. Which of the tokens is no patch?",
        "`distances` gives (B, 1, N, N), a head of one, and its table is (N, N), the same for each image.",
        "Patch i of each image belongs to place i: torch.arange(N), B times.",
    ],
    may_not_call=["course.ssl"],
)
