"""Tiles: cut out of images, put back together, standardised one by one. What the tasks on patches share."""

import torch
from torch import Tensor

from course import expect


def cut(images: Tensor, rows: int, columns: int) -> Tensor:
    """A grid of tiles, row by row: (B, C, H, W) -> (B, rows · columns, C, H/rows, W/columns)"""
    check_images(images)
    H, W = images.shape[-2:]
    expect.divisible("height", H, "rows", rows)
    expect.divisible("width", W, "columns", columns)
    x = images.unflatten(3, (columns, -1)).unflatten(2, (rows, -1))  # (B, C, rows, h, columns, w)
    return x.permute(0, 2, 4, 1, 3, 5).flatten(1, 2)  # (B, N, C, h, w)


def join(tiles: Tensor, rows: int, columns: int) -> Tensor:
    """The image that a grid of tiles makes, `cut` undone: (B, rows · columns, C, h, w) -> (B, C, H, W)"""
    check_tiles(tiles)
    expect.whole(rows=rows, columns=columns)
    if tiles.shape[1] != rows * columns:
        raise ValueError(f"{tiles.shape[1]} tiles do not fill a grid of {rows} × {columns}")
    x = tiles.unflatten(1, (rows, columns)).permute(0, 3, 1, 4, 2, 5)  # (B, C, rows, h, columns, w)
    return x.flatten(4, 5).flatten(2, 3)  # (B, C, H, W)


def windows(images: Tensor, top: Tensor, left: Tensor, size: int) -> Tensor:
    """Square windows at these rows and columns: (B, C, H, W), (B, N) twice -> (B, N, C, size, size)"""
    check_images(images)
    expect.whole(size=size)
    for name, corner in (("top", top), ("left", left)):
        if corner.dim() != 2 or len(corner) != len(images):
            raise ValueError(f"{name} must have shape ({len(images)}, windows); got {tuple(corner.shape)}")
    offset = torch.arange(size, device=images.device)
    image = torch.arange(len(images), device=images.device)[:, None, None, None]  # (B, 1, 1, 1)
    y = (top[..., None] + offset)[..., :, None]  # (B, N, size, 1)
    x = (left[..., None] + offset)[..., None, :]  # (B, N, 1, size)
    return images[image, :, y, x].movedim(-1, 2)  # (B, N, size, size, C) -> (B, N, C, size, size)


def standardise(tiles: Tensor, eps: float = 1e-4) -> Tensor:
    """Each channel of each tile with mean 0 and standard deviation 1; a flat one becomes 0: (…, C, h, w)"""
    expect.floating("tiles", tiles)
    centred = tiles - tiles.mean(dim=(-2, -1), keepdim=True)
    return centred / (tiles.std(dim=(-2, -1), correction=0, keepdim=True) + eps)


def shuffle(tiles: Tensor, order: Tensor) -> Tensor:
    """Tile order[b, i] of image b comes to place i: (B, N, …), order (B, N) -> (B, N, …)"""
    if order.shape != tiles.shape[:2]:
        raise ValueError(f"order must have shape {tuple(tiles.shape[:2])}; got {tuple(order.shape)}")
    return tiles[torch.arange(len(tiles), device=tiles.device)[:, None], order]


def check_images(images: Tensor) -> None:
    expect.floating("images", images)
    if images.dim() != 4:
        raise ValueError(
            f"images must have shape (batch, channels, height, width); got {tuple(images.shape)}"
        )


def check_tiles(tiles: Tensor) -> None:
    expect.floating("tiles", tiles)
    if tiles.dim() != 5:
        shape = tuple(tiles.shape)
        raise ValueError(f"tiles must have shape (batch, tiles, channels, height, width); got {shape}")
