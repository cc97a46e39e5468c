"""Positions from a convolution

`convolution`: 3 × 3, from d channels to d, **depthwise** (groups=d: each channel by its own kernel), with
bias and one zero around the image. In `forward(x, grid)`: take CLS, the first token, out; lay the
patches out as the image of H × W they came from, row by row; **add** the convolution to them; lay them back
in a row, behind CLS, which has not changed.
"""

import torch
from torch import nn

from grader.exercise import Module


class PEG(nn.Module):
    """x + convolution of its patches. x: (B, 1 + H·W, d), grid: (H, W) -> as x"""

    def __init__(self, d):
        super().__init__()
        ### BEGIN SOLUTION
        self.convolution = nn.Conv2d(d, d, 3, padding=1, groups=d)

    def forward(self, x, grid):
        cls, patches = x[:, :1], x[:, 1:]  # (B, 1, d), (B, H·W, d)
        image = patches.transpose(1, 2).unflatten(2, grid)  # (B, d, H, W)
        image = image + self.convolution(image)
        patches = image.flatten(2).transpose(1, 2)  # (B, H·W, d)
        return torch.cat([cls, patches], dim=1)
        ### END SOLUTION


def _case(square=False, batch=None):
    def case(draw):
        B, H, W, d = draw.sizes(4)
        W = H if square else W
        x = draw.normal(batch or B, 1 + H * W, d)
        return dict(init=dict(d=d), inputs=dict(x=x, grid=(H, W)))

    return case


exercise = Module(
    PEG,
    cases={"one image": _case(batch=1), "a batch": _case(), "a square grid": _case(square=True)},
    words={"convolution": "the kernels", "image": "the image of patches"},
    slips={
        "image + self.convolution(image) -> self.convolution(image)": "The patches are replaced by what the "
        "convolution says: it is added to them.",
        "patches.transpose(1, 2).unflatten(2, grid) -> patches.reshape(len(x), -1, *grid)": "Patches are "
        "reshaped without turning the axes: channels and places are mixed up.",
        "_x.unflatten(2, grid) -> _x.unflatten(2, grid[::-1])": "The grid is taken as (width, height): rows "
        "of the wrong length.",
        "self.convolution(image) -> F.conv2d(F.pad(image, (1, 1, 1, 1), mode='circular'), "
        "self.convolution.weight, self.convolution.bias, groups=len(self.convolution.weight))": "The image "
        "is taken to go round: no zeros come in at the border, and nothing tells one place from another.",
        "torch.cat([cls, patches], dim=1) -> torch.cat([cls + patches.mean(1, keepdim=True), patches], "
        "dim=1)": "CLS has changed: it is no place of the image.",
    },
    also_right=[
        "patches.transpose(1, 2).unflatten(2, grid) -> patches.mT.reshape(len(x), -1, *grid)",
    ],
    points=5,
    difficulty=3,
    minutes=10,
    hints=[
        "nn.Conv2d(d, d, 3, padding=1, groups=d). How many numbers has its kernel for each channel?",
        "A convolution wants (B, d, H, W): turn (B, H·W, d) round first, then `unflatten` its last axis.",
        "The way back is `flatten(2)`, then the same turn; CLS goes around all of it.",
    ],
    may_not_call=["course.position"],
)
