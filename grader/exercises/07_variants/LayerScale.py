"""A branch that starts small

One parameter, `gamma`, of d numbers, all 1e-5 at first: what a branch of a deep network adds is
multiplied by it, each channel by its own.
"""

import torch
from torch import nn

from grader.exercise import Module


class LayerScale(nn.Module):
    """gamma · x, a factor a channel. x: (..., d) -> (..., d)"""

    def __init__(self, d):
        super().__init__()
        ### BEGIN SOLUTION
        self.gamma = nn.Parameter(torch.full((d,), 1e-5))  # (d,)

    def forward(self, x):
        return self.gamma * x  # (..., d)
        ### END SOLUTION


exercise = Module(
    LayerScale,
    inputs="x: (*, L, d)",
    starts={"gamma": 1e-5},
    words={"gamma": "the factors"},
    slips={
        "self.gamma * x -> x + self.gamma * x": "x is added here already: the sum is made where the branch "
        "joins, outside.",
        "self.gamma * x -> x": "The factors are not used.",
    },
    points=2,
    difficulty=1,
    minutes=4,
    hints=[
        "nn.Parameter makes a tensor something that is trained. Of which shape, if each channel has one?",
        "A vector (d,) times (…, d) broadcasts over everything in front.",
    ],
    may_not_call=["course.layers"],
)
