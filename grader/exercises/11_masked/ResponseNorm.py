"""Channels that compete

GRN, global response normalisation, is ConvNeXt V2's norm. In each image, the strength of a channel is the
root of the sum of its squares **over all places**. Divide it by (mean + 1e-6), where the mean is that of the
strengths of the image's channels. x times that, times `gamma`, plus `beta`, is **added to x**. `gamma` and
`beta` are two parameters of shape (d,), a number for each channel; both begin at 0.
"""

import torch
from torch import nn

from grader.exercise import Module


class ResponseNorm(nn.Module):
    """x: (B, H, W, d), channels last -> (B, H, W, d)"""

    def __init__(self, d):
        super().__init__()
        ### BEGIN SOLUTION
        self.gamma = nn.Parameter(torch.zeros(d))
        self.beta = nn.Parameter(torch.zeros(d))

    def forward(self, x):
        strength = x.square().sum(dim=(1, 2), keepdim=True).sqrt()  # (B, 1, 1, d)
        relative = strength / (strength.mean(dim=-1, keepdim=True) + 1e-6)
        return x + self.gamma * (x * relative) + self.beta  # (B, H, W, d)
        ### END SOLUTION


def dark(draw):
    """The second image is zero everywhere: only the 1e-6 keeps it so."""
    H, W, d = draw.sizes(3)
    x = draw.normal(2, H, W, d)
    x[1] = 0
    return dict(init=dict(d=d), inputs=dict(x=x))


exercise = Module(
    ResponseNorm,
    inputs="x: (B, H, W, d)",
    cases={"an image of zeros": dark},
    starts={"gamma": 0.0, "beta": 0.0},
    words={"gamma": "the factors", "beta": "the shifts", "strength": "the strengths"},
    slips={
        "x + self.gamma * (x * relative) + self.beta -> self.gamma * (x * relative) + self.beta": "x is not "
        "added: at the start, with γ = β = 0, nothing would come through.",
        "x.square().sum(dim=(1, 2), keepdim=True) -> x.square().sum(dim=-1, keepdim=True)": "Channels do not "
        "compete, x is multiplied by 1 everywhere: the strength is each channel's, over all places.",
        "x.square().sum(dim=(1, 2), keepdim=True) -> x.square().sum(dim=(0, 1, 2), keepdim=True)": "All "
        "images of the batch are summed together: each has its own strengths.",
        "strength.mean(dim=-1, keepdim=True) -> strength.sum(dim=-1, keepdim=True)": "It is divided by the "
        "sum over the channels, not by their mean: relative strengths then are 1/d on average, and not 1.",
        "strength.mean(dim=-1, keepdim=True) -> strength.mean()": "One mean for the whole batch: each image "
        "has its own.",
        "strength.mean(dim=-1, keepdim=True) + 1e-6 -> strength.mean(dim=-1, keepdim=True)": "The 1e-6 is "
        "left out: an image of zeros becomes NaN.",
        "x.square().sum(dim=(1, 2), keepdim=True) -> x.square().sum(dim=(2, 3), keepdim=True) ;; "
        "strength.mean(dim=-1, keepdim=True) -> strength.mean(dim=1, keepdim=True)": "The second axis is "
        "taken for the channels: they come last.",
        "x.square().sum(dim=(1, 2), keepdim=True).sqrt() -> x.abs().sum(dim=(1, 2), keepdim=True)": "The "
        "strength is the sum of absolute values; it is the root of the sum of squares.",
        "x + self.gamma * (x * relative) + self.beta -> x + self.gamma * (x * relative + self.beta)": "β is "
        "multiplied by γ as well.",
        "self.gamma * (x * relative) -> self.gamma * relative": "γ multiplies the relative strengths alone: "
        "it multiplies x times them.",
        "self.gamma * (x * relative) -> self.gamma * (x / relative)": "Strong channels are made weaker: they "
        "are multiplied by their relative strength.",
    },
    also_right=["x.square().sum(dim=(1, 2), keepdim=True).sqrt() -> x.norm(dim=(1, 2), keepdim=True)"],
    points=4,
    difficulty=3,
    minutes=12,
    hints=[
        "Which two axes are places? keepdim=True leaves (B, 1, 1, d), which broadcasts over x.",
        "The mean over the channels of the strengths is dim=-1. What is `relative` if all are equally "
        "strong?",
    ],
    may_not_call=["course.norm"],
)
