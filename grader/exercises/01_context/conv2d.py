"""The whole convolution

Lay the kernel down at every place, `stride` pixels from one place to the next, on the image with `padding`
zeros around it. Each of the D kernels has a layer for each of the C channels and gives one channel of the
result. Write it for images with any number of axes in front.
"""

from functools import partial

import torch
from torch.nn import functional as F

from grader.exercise import Function


def conv2d(x, weight, bias, stride=1, padding=0):
    """x: (..., C, H, W), weight: (D, C, k, k), bias: (D,) -> (..., D, H', W')"""
    k = weight.shape[-1]
    x = F.pad(x, (padding, padding, padding, padding))  # left, right, above, below
    windows = x.unfold(-2, k, stride).unfold(-2, k, stride)  # (..., C, H', W', k, k)
    sums = torch.einsum("...chwij,dcij->...dhw", windows, weight)
    return sums + bias[:, None, None]


def _asked(axes, stride, padding, draw):
    """Channels, kernels and sides all differ; a stride leaves a rest somewhere."""
    C, D, batch = draw.shuffled([2, 3, 4])
    k, H, W = draw.choice([(3, 7, 10), (3, 8, 6), (2, 6, 9), (4, 9, 7)])
    x, weight = draw.normal(*[batch, 2][:axes], C, H, W), draw.normal(D, C, k, k)
    return dict(x=x, weight=weight, bias=draw.normal(D), stride=stride, padding=padding)


CASES = {"one image": (0, 1, 0), "zeros around it": (0, 1, 1), "a stride of 2": (0, 2, 0)}
CASES |= {"a stride of 3, with zeros": (0, 3, 2), "a batch": (1, 1, 1), "two axes in front": (2, 2, 1)}
exercise = Function(
    conv2d,
    cases={name: partial(_asked, *how) for name, how in CASES.items()},
    points=6,
    difficulty=3,
    minutes=15,
    slips={
        "weight -> weight.mT": "Each kernel is transposed: its rows lie on the image's columns.",
        "weight -> weight.flip(-1, -2)": "Each kernel is turned by 180°.",
        "sums + bias[:, None, None] -> sums": "The bias is missing: one number a kernel, added everywhere.",
        "F.pad(x, _p) -> F.pad(x, (padding, padding))": "Zeros are put left and right, none above and below.",
        "windows = _w -> windows = x[..., : (x.shape[-2] - k) // stride + k, : (x.shape[-1] - k) // stride "
        "+ k].unfold(-2, k, 1).unfold(-2, k, 1)": "The stride says how many places there are, but each is "
        "one pixel from the next, not `stride`.",
    },
    also_right=[
        "torch.einsum(_s, windows, weight) -> sum(torch.einsum('...chw,dc->...dhw', windows[..., i, j], "
        "weight[..., i, j]) for i in range(k) for j in range(k))"
    ],
    may_not_call=["F.conv2d", "F.conv3d", ".Conv2d", "F.conv_transpose2d"],
    hints=[
        "One place first: which piece of x, (C, k, k) as a kernel is, lies under it at row r, column c?",
        "All at once, in k·k steps: under weight[:, :, i, j] lies x[..., i : … : stride, j : … : stride].",
        "`x.unfold(-2, k, stride)`, twice, gives all windows: (..., C, H', W', k, k). Which axes are summed?",
    ],
)
