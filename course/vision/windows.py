"""Local windows: the k × k pixels around each pixel, gathered so that it can attend to them.

    x (B, C, H, W)  →  windows (B, C, k², N)        N = ⌈H/stride⌉ · ⌈W/stride⌉ windows, row by row

Entry [b, c, j, n] is channel c of the pixel that lies j // k − ⌊k/2⌋ rows below and j % k − ⌊k/2⌋ columns to
the right of the middle of window n. `unfold` copies: each pixel is held k² times, which a kernel written for
local attention would avoid.

Beyond the border there are zeros, which are *not* pixels. `inside` says which entries are, and the softmax
must run over those alone: where k = 7 a window in the corner has 16 pixels of 49, and would spend the better
part of its attention on nothing.
"""

import torch
from torch import Tensor
from torch.nn.functional import unfold

from course import expect


def windows(x: Tensor, kernel: int, stride: int = 1) -> Tensor:
    """The window of each pixel, or of every stride-th: (B, C, H, W) -> (B, C, kernel², N)"""
    check_kernel(kernel)
    flat = unfold(x, kernel, padding=kernel // 2, stride=stride)  # (B, C · kernel², N)
    return flat.unflatten(1, (x.shape[1], kernel**2))


def inside(H: int, W: int, kernel: int, stride: int = 1, device: torch.device | None = None) -> Tensor:
    """Which entries of each window are pixels of an image of H × W: -> (N, kernel²), boolean"""
    pixels = torch.ones(1, 1, H, W, device=device)
    return windows(pixels, kernel, stride)[0, 0].T > 0


def check_kernel(kernel: int) -> None:
    """Windows are as wide as they are high, and have a middle."""
    expect.whole(kernel=kernel)
    if kernel % 2 == 0:
        raise ValueError(f"kernel must be odd, so that it has a middle; got {kernel}")
