"""Channels that compete

GRN, ConvNeXt V2's norm (its paper found channels that were all alike). For each image, the strength of a
channel is the root of its squares, **summed over all places**. Divide it by the mean strength of the
channels plus 1e-6. x times that, times `gamma`, plus `beta`, is **added to x**. `gamma` and `beta` have a
number a channel, 0 at first.
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


exercise = Module(
    ResponseNorm,
    inputs="x: (B, H, W, d)",
    words={"gamma": "the factors", "beta": "the shifts", "strength": "the strengths"},
    slips={
        "x + self.gamma * (x * relative) + self.beta -> self.gamma * (x * relative) + self.beta": "x is not "
        "added: at the start, with γ = β = 0, nothing would come through.",
        "x.square().sum(dim=(1, 2), keepdim=True) -> x.square().sum(dim=-1, keepdim=True)": "The strength is "
        "taken of each place over its channels; it is of each channel over its places.",
        "x.square().sum(dim=(1, 2), keepdim=True) -> x.square().sum(dim=(0, 1, 2), keepdim=True)": "All "
        "images of the batch are summed together: each has its own strengths.",
        "strength.mean(dim=-1, keepdim=True) -> strength.sum(dim=-1, keepdim=True)": "It is divided by the "
        "sum "
        "over the channels, not by their mean: relative strengths then are 1/d on average, and not 1.",
        "strength.mean(dim=-1, keepdim=True) -> strength.mean()": "One mean for the whole batch.",
        "self.gamma * (x * relative) -> self.gamma * relative": "x is left out of what γ multiplies.",
        "self.gamma * (x * relative) -> self.gamma * (x / relative)": "Strong "
        "channels "
        "are made weaker: they are multiplied by their strength.",
    },
    also_right=["x.square().sum(dim=(1, 2), keepdim=True).sqrt() -> x.norm(dim=(1, 2), keepdim=True)"],
    points=4,
    difficulty=3,
    minutes=9,
    hints=[
        "Which two axes are places? keepdim=True leaves (B, 1, 1, d), which broadcasts over x.",
        "The mean over the channels of the strengths is dim=-1. What is `relative` if all are equally "
        "strong?",
    ],
    may_not_call=["course.norm"],
)
