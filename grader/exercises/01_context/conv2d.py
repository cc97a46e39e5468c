"""The whole convolution

Lay the kernel down at every place, `stride` pixels from one place to the next, on the image with `padding`
zeros around it. Each of the D kernels has a layer for each of the C channels and gives one channel of the
result. Write it for images with any number of axes in front.
"""

import torch
from torch.nn import functional as F

from grader.exercise import Function


def conv2d(x, weight, bias, stride=1, padding=0):
    """Every kernel at every place of the image.

    x: (..., C, H, W), weight: (D, C, k, k), bias: (D,) -> (..., D, H', W')
    """
    k = weight.shape[-1]
    x = F.pad(x, (padding, padding, padding, padding))  # left, right, above, below
    windows = x.unfold(-2, k, stride).unfold(-2, k, stride)  # (..., C, H', W', k, k)
    sums = torch.einsum("...chwij,dcij->...dhw", windows, weight)
    return sums + bias[:, None, None]


def by_shifts(x, weight, bias, stride=1, padding=0):
    k = weight.shape[-1]
    x = F.pad(x, (padding, padding, padding, padding))
    rows, columns = ((size - k) // stride * stride + 1 for size in x.shape[-2:])
    result = bias[:, None, None]
    for i in range(k):
        for j in range(k):
            pixels = x[..., i : i + rows : stride, j : j + columns : stride]  # (..., C, H', W')
            result = result + torch.einsum("...chw,dc->...dhw", pixels, weight[:, :, i, j])
    return result


def _asked(axes, stride, padding):
    """Channels, kernels and sides all differ; the stride leaves a rest somewhere."""

    def case(draw):
        C, D, batch = draw.shuffled([2, 3, 4])
        k, H, W = draw.choice([(3, 7, 10), (3, 8, 6), (2, 6, 9), (4, 9, 7)])
        x = draw.normal(*[batch, 2][:axes], C, H, W)
        weight, bias = draw.normal(D, C, k, k), draw.normal(D)
        return dict(x=x, weight=weight, bias=bias, stride=stride, padding=padding)

    return case


exercise = Function(
    conv2d,
    cases={
        "one image": _asked(0, 1, 0),
        "zeros around it": _asked(0, 1, 1),
        "a stride of 2": _asked(0, 2, 0),
        "a stride of 3, and zeros around it": _asked(0, 3, 2),
        "a batch": _asked(1, 1, 1),
        "two axes in front": _asked(2, 2, 1),
    },
    points=6,
    difficulty=3,
    minutes=15,
    words={"windows": "the windows", "weight": "the kernels", "sums": "the sums"},
    slips={
        "torch.einsum(_s, windows, weight) -> torch.einsum(_s, windows, weight.mT)": "Each "
        "kernel is transposed: its rows lie on the image's columns.",
        "torch.einsum(_s, windows, weight) -> torch.einsum(_s, windows, weight.flip(-1, -2))": "Each "
        "kernel is turned by 180°.",
        "sums + bias[:, None, None] -> sums": "The bias is missing: one number a kernel, added everywhere.",
        "F.pad(x, (padding, padding, padding, padding)) -> F.pad(x, (padding, padding))": "Zeros are put to "
        "the left and to the right only; above and below there are none.",
        "x.unfold(-2, k, stride).unfold(-2, k, stride) -> x.unfold(-2, k, 1).unfold(-2, k, 1)"
        "[..., : (x.shape[-2] - k) // stride + 1, : (x.shape[-1] - k) // stride + 1, :, :]": "The stride "
        "says how many places there are, but each is one pixel from the next, not `stride`.",
    },
    also_right=[by_shifts],
    may_not_call=["F.conv2d", "F.conv3d", ".Conv2d", "F.conv_transpose2d"],
    hints=[
        "Begin with one place: which piece of x lies under a kernel whose upper left corner is at row r, "
        "column c? It is (C, k, k), as a kernel is.",
        "The sum over all places at once can be k·k steps: for each i, j the pixels that lie under "
        "weight[:, :, i, j] are a shifted copy of the image, x[..., i : … : stride, j : … : stride].",
        "`x.unfold(-2, k, stride)` cuts an axis into windows k long and puts them last; twice, and you have "
        "(..., C, H', W', k, k). Then sum over C and both k: torch.einsum says it in one line.",
    ],
)
