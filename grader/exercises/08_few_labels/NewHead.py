"""A new head

Features (B, d) of a network that learnt something else, and K new classes. Three parts: `mean` and `std`, d
numbers each, which are **not trained** (buffers, or parameters with `requires_grad=False`) and begin as 0 and
as 1: whoever uses the head puts in those of the labelled images' features; and `head`, a linear layer from d
to K, with bias. `forward`: take `mean` away, divide by `std`, then the linear layer.
"""

import torch
from torch import nn

from grader.exercise import Module


class NewHead(nn.Module):
    """A linear layer on standardised features. features: (B, d) -> logits (B, K)"""

    def __init__(self, d, K):
        super().__init__()
        ### BEGIN SOLUTION
        self.mean = nn.Parameter(torch.zeros(d), requires_grad=False)
        self.std = nn.Parameter(torch.ones(d), requires_grad=False)
        self.head = nn.Linear(d, K)

    def forward(self, features):
        standard = (features - self.mean) / self.std  # (B, d)
        return self.head(standard)
        ### END SOLUTION


def _case(batch=None):
    def case(draw):
        B, d, K = draw.sizes(3)
        return dict(init=dict(d=d, K=K), inputs=dict(features=draw.normal(batch or B + 1, d)))

    return case


exercise = Module(
    NewHead,
    cases={"a batch": _case(), "one image": _case(batch=1)},
    starts={"mean": 0.0, "std": 1.0},
    fixed=["mean", "std"],
    words={"standard": "the standardised features"},
    slips={
        "(features - self.mean) / self.std -> (features - features.mean(dim=0)) / features.std(dim=0)": (
            "Mean and deviation are those of the batch that comes: an image would be called something else "
            "beside other images."
        ),
        "(features - self.mean) / self.std -> features": "The features are not standardised.",
        "(features - self.mean) / self.std -> features / self.std - self.mean": "The mean is taken away "
        "after the division; it belongs to the features as they come.",
    },
    also_right=[
        "self.mean = nn.Parameter(torch.zeros(d), requires_grad=False) -> self.register_buffer('mean', "
        "torch.zeros(d)) ;; self.std = nn.Parameter(torch.ones(d), requires_grad=False) -> "
        "self.register_buffer('std', torch.ones(d))",
    ],
    points=3,
    difficulty=2,
    minutes=7,
    hints=[
        'self.register_buffer("mean", torch.zeros(d)) belongs to the module, and no optimiser moves it.',
        "Vectors (d,) broadcast over a batch (B, d).",
    ],
)
