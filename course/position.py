"""Where a token stands: to attention a sequence is a set, so positions must be put into it.

    sinusoidal    PE[pos, 2i] = sin(pos / 10000^(2i/D)), PE[pos, 2i+1] = cos(…)    Vaswani et al. 2017
    learned       a parameter a position, resized for another resolution           Dosovitskiy et al. 2021
    conditional   a depthwise convolution of the tokens themselves (PEG)           Chu et al. 2021

What people usually get wrong
- in the paper sine and cosine alternate channel by channel; MAE's 2-D encoding has all sines, then all
  cosines, and its first half of channels encodes the *column*, not the row;
- when the image grows, the grid of learned positions is resized, and the CLS token's is not;
- PEG works by its *zero* padding: a border that looks different is where absolute position comes from.
"""

import torch
from torch import Tensor, nn

from course import expect


def sinusoidal(L: int, dim: int, base: float = 10_000.0) -> Tensor:
    """The encoding of the Transformer paper, sine and cosine in turn: -> (L, dim), float32

    The frequencies fall geometrically from 1 to almost 1/base. PE[pos + k] is a rotation of PE[pos] by
    angles that depend on k alone, which is what lets a layer attend "k tokens back".
    """
    expect.whole(L=L)
    _check_multiple(dim, 2)
    angles = _angles(torch.arange(L), dim // 2, base)  # (L, dim / 2)
    return torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(1).float()  # (L, dim)


def sinusoidal_2d(H: int, W: int, dim: int, base: float = 10_000.0) -> Tensor:
    """The encoding of MAE for a grid, row by row: -> (H·W, dim), float32

    The first half of the channels encodes the column, the second half the row; within each half all sines
    come first, then all cosines.
    """
    expect.whole(H=H, W=W)
    _check_multiple(dim, 4)
    row, column = torch.meshgrid(torch.arange(H), torch.arange(W), indexing="ij")  # (H, W) each
    halves = [_angles(axis.flatten(), dim // 4, base) for axis in (column, row)]  # (H·W, dim / 4) each
    return torch.cat([wave for half in halves for wave in (half.sin(), half.cos())], dim=1).float()


def _angles(position: Tensor, frequencies: int, base: float) -> Tensor:
    """position · base^(−i / frequencies), in float64: (L,) -> (L, frequencies)"""
    if not isinstance(base, int | float) or base <= 1:
        raise ValueError(f"base must be above 1, so that the frequencies fall; got {base!r}")
    exponent = torch.arange(frequencies, dtype=torch.float64) / frequencies
    return position.double()[:, None] * base**-exponent


class LearnedPosition(nn.Module):
    """One learned vector a token, added: x: (B, extra + H·W, dim) -> the same shape

    `grid` (H, W) is the resolution it is made for; `extra` tokens (CLS, distillation) stand in front.
    Pass another `grid` to the forward and the grid's part is resized to it. Parameters: (extra + H·W) · dim.
    """

    def __init__(self, grid: tuple[int, int], dim: int, extra: int = 0):
        super().__init__()
        expect.whole(dim=dim)
        _check_grid("grid", grid)
        _check_extra(extra)
        self.grid, self.extra = grid, extra
        self.table = nn.Parameter(torch.empty(1, extra + grid[0] * grid[1], dim))
        nn.init.trunc_normal_(self.table, std=0.02)

    def forward(self, x: Tensor, grid: tuple[int, int]) -> Tensor:
        expect.tokens("x", x, self.table.shape[-1], self.table)
        _check_filled(x, grid, self.extra)
        position: Tensor = self.table
        if grid != self.grid:
            extra, patches = position[:, : self.extra], position[:, self.extra :]
            patches = interpolate(patches, self.grid, grid)  # (1, H·W, dim)
            position = torch.cat([extra, patches], dim=1)  # (1, extra + H·W, dim)
        return x + position.to(x.dtype)


def interpolate(position: Tensor, grid: tuple[int, int], new_grid: tuple[int, int]) -> Tensor:
    """Positions of a grid, resized bicubically to another: (1, H·W, dim) -> (1, H'·W', dim)

    As in DeiT. (DINO's original asks for the same by a scale factor with a small offset, which moves the
    samples by a fraction of a pixel.)
    """
    _check_grid("grid", grid)
    _check_grid("new_grid", new_grid)
    H, W = grid
    expect.floating("position", position)
    if position.dim() != 3 or position.shape[1] != H * W:
        shape = tuple(position.shape)
        raise ValueError(f"position must have shape (1, {H * W}, dim), a grid of {H} × {W}; got {shape}")
    image = position.transpose(1, 2).unflatten(2, (H, W))  # (1, dim, H, W)
    resized = nn.functional.interpolate(image.float(), size=new_grid, mode="bicubic", antialias=False)
    return resized.to(position.dtype).flatten(2).transpose(1, 2)  # (1, H'·W', dim)


class ConditionalPosition(nn.Module):
    """PEG: each token gets a position from its neighbourhood, x + depthwise 3 × 3 convolution of x.

    x: (B, extra + H·W, dim) -> the same shape. The `extra` tokens in front pass it by untouched. Any
    resolution will do, and away from the border it moves with the image. Parameters: dim · kernel² + dim.
    """

    def __init__(self, dim: int, kernel: int = 3, extra: int = 0):
        super().__init__()
        expect.whole(dim=dim, kernel=kernel)
        _check_extra(extra)
        if kernel % 2 == 0:
            raise ValueError(f"kernel must be odd, so that it has a middle; got {kernel}")
        self.extra = extra
        self.convolution = nn.Conv2d(dim, dim, kernel, padding=kernel // 2, groups=dim)

    def forward(self, x: Tensor, grid: tuple[int, int]) -> Tensor:
        expect.tokens("x", x, self.convolution.in_channels, self.convolution.weight)
        _check_filled(x, grid, self.extra)
        extra, patches = x[:, : self.extra], x[:, self.extra :]
        image = patches.transpose(1, 2).unflatten(2, grid)  # (B, dim, H, W)
        image = image + self.convolution(image)
        return torch.cat([extra, image.flatten(2).transpose(1, 2)], dim=1)  # (B, extra + H·W, dim)


def _check_grid(name: str, grid: tuple[int, int]) -> None:
    if not isinstance(grid, tuple) or len(grid) != 2:
        raise ValueError(f"{name} must be a pair, (height, width); got {grid!r}")
    expect.whole(**{f"the height of {name}": grid[0], f"the width of {name}": grid[1]})


def _check_filled(x: Tensor, grid: tuple[int, int], extra: int) -> None:
    _check_grid("grid", grid)
    H, W = grid
    if x.shape[1] != extra + H * W:
        raise ValueError(f"x has {x.shape[1]} tokens, which are not {extra} and a grid of {H} × {W} patches")


def _check_extra(extra: int) -> None:
    if not isinstance(extra, int) or extra < 0:
        raise ValueError(f"extra, the tokens in front of the patches, must be 0 or more; got {extra!r}")


def _check_multiple(dim: int, of: int) -> None:
    expect.whole(dim=dim)
    if dim % of:
        raise ValueError(f"dim must be a multiple of {of}, for as many sines as cosines; got {dim}")
