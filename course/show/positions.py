"""Positional encodings as images: their entries, and how similar each position is to every other.

    similarity(i, j) = ⟨p_i, p_j⟩ / (‖p_i‖ ‖p_j‖)

For a grid of patches, as in ViT (Dosovitskiy et al. 2021, figure 7, centre), each patch gets a small map of
its similarities, laid out where the patch lies.

What people usually get wrong: the CLS token's position is not on the grid, and with it in front every map is
shifted by one patch; a similarity is not a distance, so maps of two models compare in shape, not in size.
"""

import math
from typing import Any

import numpy as np

from course.show import checks
from course.show.matrices import paint, scale
from course.show.style import figure, new, palette

TICKS = 5  # at most, along each side
FINE = 12  # dots of the image along a small map, at least, so that the gap of one dot is narrow


def similarity(table: Any) -> np.ndarray:
    """Cosine of the angle between every two positions: (L, D) -> (L, L), float32

    Raises ValueError for a position without a direction, all of whose entries are zero.
    """
    found = checks.array("positions", table)
    if found.ndim != 2 or 0 in found.shape:
        raise ValueError(f"positions must have shape (length, width); got {found.shape}: drop the batch")
    lengths = np.linalg.norm(found, axis=1, keepdims=True)  # (L, 1)
    if (lengths == 0).any():
        nothing = int((lengths == 0).argmax())
        raise ValueError(f"position {nothing} is all zeros, and so is similar to nothing")
    directions = found / lengths  # (L, D)
    return np.clip(directions @ directions.T, -1, 1).round(6)  # (L, L); a rounding error is not below zero


def encoding(table: Any, title: str = "encoding") -> None:
    """Show an encoding (L, D) as an image, a row for each position, and its similarity map (L, L)."""
    alike = similarity(table)
    found = checks.array("positions", table)
    L, D = found.shape
    most = float(np.abs(found).max())
    fig, (left, right) = new(cols=2, width=8.6, height=3.4)
    fig.set_layout_engine("constrained", wspace=0.08)
    image = left.imshow(found, cmap=palette.diverging, vmin=-most, vmax=most, aspect="auto")
    left.set(title=title, xlabel="channel", ylabel="position")
    fig.colorbar(image, ax=left, label="entry")
    image = paint(right, alike, *scale([alike], top=1.0))
    right.set(title="similarity", xlabel="position", ylabel="position")
    fig.colorbar(image, ax=right, label="cosine")
    for axis, length in [(left.xaxis, D), (left.yaxis, L), (right.xaxis, L), (right.yaxis, L)]:
        axis.set_ticks(_ticks(length))
    steps = [step for step in (1, 2, 4, 8, 16, 32, 64, 128, 256) if step < L]
    told = ", ".join(f"{np.diagonal(alike, step).mean():.2f} {step} apart" for step in steps)
    figure(
        fig,
        alt=f"Left: {L} positions, one a row, of {D} channels, entries from {found.min():.2g} to "
        f"{found.max():.2g}. Right: the cosine of every two positions"
        + (f", on average {told}." if told else "."),
    )


def grid_similarity(table: Any, grid: tuple[int, int], extra: int = 0, title: str = "") -> None:
    """Show, for each patch of a grid, a map of how similar its position is to that of every patch.

    table: (extra + H·W, D), the `extra` tokens in front; they are left out
    grid: (H, W)
    """
    found = checks.array("positions", table)
    checks.tokens("positions", len(found) if found.ndim else 0, grid, extra)
    alike = similarity(found[extra:])
    H, W = grid
    width = min(7.0, 5.6 * (W / H) ** 2)  # inches, of all maps side by side; each is W wide and H high
    fig, ax = new(width=width + 1.6, height=width * (H / W) ** 2 + 0.9)
    fig.set_layout_engine("compressed")
    fine = math.ceil(FINE / max(H, W))
    image = paint(ax, _tiled(alike, H, W, fine), *scale([alike], top=1.0))
    for axis, length in [(ax.xaxis, W), (ax.yaxis, H)]:
        middles = [place * (fine * length + 1) + (fine * length - 1) / 2 for place in _ticks(length)]
        axis.set_ticks(middles, [str(place) for place in _ticks(length)])
    ax.set(xlabel="column of the patch", ylabel="row of the patch", title=title)
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    fig.colorbar(image, ax=ax, label="cosine", shrink=0.85)
    figure(
        fig,
        alt=f"{H} × {W} maps, one a patch: the cosine of its position with that of each patch. "
        f"{_told(alike, H, W)}",
    )


def _tiled(alike: np.ndarray, H: int, W: int, fine: int) -> np.ndarray:
    """Maps, each entry `fine` dots wide and high, beside and below each other with a blank line between.

    (H·W, H·W) -> (H·(fine·H + 1) − 1, W·(fine·W + 1) − 1)
    """
    maps = alike.reshape(H, W, H, W).repeat(fine, axis=2).repeat(fine, axis=3)
    spaced = np.pad(
        maps, [(0, 0), (0, 0), (0, 1), (0, 1)], constant_values=np.nan
    )  # (H, W, f·H + 1, f·W + 1)
    return spaced.transpose(0, 2, 1, 3).reshape(H * (fine * H + 1), W * (fine * W + 1))[:-1, :-1]


def _told(alike: np.ndarray, H: int, W: int) -> str:
    """How much a patch has in common with its row, its column and the rest, on average."""
    row, column = np.divmod(np.arange(H * W), W)
    same_row, same_column = row[:, None] == row, column[:, None] == column
    parts = {
        "others in its row": same_row & ~same_column,
        "others in its column": same_column & ~same_row,
        "all the rest": ~same_row & ~same_column,
    }
    told = [f"{alike[part].mean():.2f} with {name}" for name, part in parts.items() if part.any()]
    return f"On average {', '.join(told)}." if told else "There is one patch."


def _ticks(length: int) -> list[int]:
    step = next(
        step
        for size in (1, 10, 100, 1000, 10_000)
        for step in (size, 2 * size, 5 * size)
        if length <= TICKS * step
    )
    return list(range(0, length, step))
