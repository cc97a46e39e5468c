"""Four things that could be asked of a hidden patch, of one picture side by side.

pixels | pixels of each patch at its own scale | the strongest direction of edges in each cell | features

What people usually get wrong: normalised pixels are shown with the true mean and deviation put back, so
that a network looks as if it had known them; here they are shown as they are asked for, grey where a
patch's mean is.
"""

import math
from typing import Any

import numpy as np

from course.show import checks
from course.show.style import figure, new, palette

SPREAD = 2.5  # deviations from a patch's mean that are black and white


def four_targets(picture: Any, unit: Any, histograms: Any, features: Any, patch: int) -> None:
    """Draw the four targets of one picture.

    picture: (3, H, W), from 0 to 1
    unit: (N, patch² · 3), each patch with mean 0 and deviation 1, numbers in the order (row, column, colour)
    histograms: (rows, columns, bins), votes over 0 … 180° for each cell
    features: (N, d), a vector for each patch; its three main directions are shown as red, green and blue

    Raises ValueError for arrays that do not fit.
    """
    pixels = checks.image(checks.array("picture", picture), "picture")  # (H, W, 3)
    H, W, _ = pixels.shape
    grid = (H // patch, W // patch)
    patches, vectors = checks.array("unit", unit), checks.array("features", features)
    if patches.shape != (grid[0] * grid[1], patch * patch * 3):
        raise ValueError(
            f"unit must have shape ({grid[0] * grid[1]}, {patch * patch * 3}); got {patches.shape}"
        )
    if vectors.ndim != 2 or len(vectors) != len(patches):
        raise ValueError(f"features must have shape ({len(patches)}, width); got {vectors.shape}")
    votes = checks.array("histograms", histograms)
    if votes.ndim != 3 or H % votes.shape[0] or W % votes.shape[1]:
        raise ValueError(f"histograms must have shape (rows, columns, bins); got {votes.shape}")
    fig, axes = new(cols=4, width=8.6, height=2.5)
    own = patches.reshape(*grid, patch, patch, 3).transpose(0, 2, 1, 3, 4).reshape(H, W, 3)
    pictures = {
        "pixels": pixels,
        "each patch's own scale": (0.5 + own / (2 * SPREAD)).clip(0, 1),
        "HOG": np.ones((H, W, 3)),
        "features": main_directions(vectors).reshape(*grid, 3),
    }
    for ax, (title, shown) in zip(axes, pictures.items()):
        ax.imshow(shown, extent=(0, W, H, 0))
        ax.set_title(title, loc="center", fontsize=11)
        ax.set(xticks=[], yticks=[])
        ax.grid(False)
    _strokes(axes[2], votes, H, W)
    figure(
        fig,
        alt=f"One picture of {H} × {W} pixels, four times: as it is; each patch of {patch} × {patch} at its "
        "own "
        "scale, where the brightness and colour of flat patches are gone; the strongest direction of edges "
        "in "
        f"each of {votes.shape[0]} × {votes.shape[1]} cells; and the features of each patch as colours.",
    )


def main_directions(vectors: np.ndarray) -> np.ndarray:
    """The three directions in which vectors differ most, each from 0 to 1: (N, d) -> (N, 3)"""
    centred = vectors - vectors.mean(axis=0)
    _, _, directions = np.linalg.svd(centred, full_matrices=False)
    found = centred @ directions[:3].T  # (N, 3)
    low, high = found.min(axis=0), found.max(axis=0)
    return (found - low) / np.maximum(high - low, 1e-9)


def _strokes(ax: Any, votes: np.ndarray, H: int, W: int) -> None:
    """A line along the strongest edge of each cell that has one: at right angles to its gradient."""
    rows, columns, bins = votes.shape
    high, wide = H / rows, W / columns
    for i, j in np.argwhere(votes.max(axis=2) > 0):
        angle = (votes[i, j].argmax() + 0.5) * math.pi / bins + math.pi / 2
        dx, dy = 0.42 * wide * math.cos(angle), 0.42 * high * math.sin(angle)
        x, y = (j + 0.5) * wide, (i + 0.5) * high
        ax.plot([x - dx, x + dx], [y - dy, y + dy], color=palette.ink, linewidth=1.5, linestyle="-")
