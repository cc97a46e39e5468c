"""Colours as tokens: an image in as many colours as a palette has, each pixel the number of its nearest.

    palette = the means that k-means finds among the pixels of many images
    token_i = argmin_c ‖pixel_i − palette_c‖          Chen et al. 2020 ("Generative Pretraining from Pixels")

What `course.vision.pixel` reads and writes. With 512 colours a pixel is one token, 9 bits of the 24 it had;
red, green and blue would be three, in a sequence three times as long.

What people usually get wrong
- the palette is found once, among the images to be trained on, and belongs to the model as a vocabulary does;
- k-means finds *a* minimum, not the lowest: another seed gives another palette, and some a better one.
"""

import torch
from torch import Tensor

from course import expect


def make_palette(images: Tensor, colours: int = 512, rounds: int = 20, seed: int = 0) -> Tensor:
    """The means that k-means finds among the pixels: images: (B, C, H, W) -> (colours, C)

    It starts from `colours` different pixels and repeats `rounds` times: each pixel to its nearest colour,
    each colour to the mean of its pixels. All distances of a round are held at once: B · H · W · colours.
    """
    expect.whole(colours=colours, rounds=rounds)
    _check_images(images)
    pixels = images.transpose(0, 1).flatten(1).T  # (B·H·W, C)
    different = pixels.unique(dim=0)
    found = len(different)
    if found < colours:
        raise ValueError(f"{colours} colours need as many different pixels; these images have {found}")
    order = torch.randperm(found, generator=torch.Generator().manual_seed(seed))
    palette = different[order[:colours].to(images.device)]
    for _ in range(rounds):
        nearest = torch.cdist(pixels, palette).argmin(dim=1)  # (B·H·W,)
        sums = torch.zeros_like(palette).index_add(0, nearest, pixels)
        counts = nearest.bincount(minlength=colours)[:, None]
        palette = torch.where(counts > 0, sums / counts.clamp(min=1), palette)
    return palette


def quantise(images: Tensor, palette: Tensor) -> Tensor:
    """The nearest colour of each pixel, row by row: (B, C, H, W), (colours, C) -> tokens (B, H·W)"""
    _check_images(images)
    _check_palette(palette)
    expect.images(images, palette.shape[1], palette)
    pixels = images.flatten(2).transpose(1, 2)  # (B, H·W, C)
    return torch.cdist(pixels, palette).argmin(dim=-1)


def dequantise(tokens: Tensor, palette: Tensor, grid: tuple[int, int]) -> Tensor:
    """The image of these colours: (B, H·W), (colours, C) -> (B, C, H, W), `grid` being (H, W)"""
    _check_palette(palette)
    expect.token_ids("tokens", tokens, len(palette), palette)
    H, W = grid
    if tokens.shape[1] != H * W:
        raise ValueError(f"{tokens.shape[1]} tokens do not fill an image of {H} × {W} pixels")
    return palette[tokens].transpose(1, 2).unflatten(2, grid)


def _check_images(images: Tensor) -> None:
    expect.floating("images", images)
    if images.dim() != 4:
        shape = tuple(images.shape)
        raise ValueError(f"images must have shape (batch, channels, height, width); got {shape}")


def _check_palette(palette: Tensor) -> None:
    expect.floating("palette", palette)
    if palette.dim() != 2:
        raise ValueError(f"palette must have shape (colours, channels); got {tuple(palette.shape)}")
