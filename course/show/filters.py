"""What a first layer looks for: the filters of a patch embedding or of a convolution, as small images.

    as they are       each filter w_d of (C, P, P), zero as the middle of the scale
    in components     the directions along which the D filters differ most, the first principal components
                      of {w_d}                        Dosovitskiy et al. 2021, figure 7, left

What people usually get wrong: scaling each filter by its own range hides that some do nothing; a component's
sign means nothing; a few filters chosen for their looks say nothing about the rest.
"""

import math
import textwrap
from typing import Any

import numpy as np

from course.show import checks
from course.show.style import figure, new, palette

COLUMNS = 7
TILE = 1.15  # inches
LETTER = 0.082  # inches, on average
NOISE = 1e-8  # share of the variance below which a component is rounding


def filters(weights: Any, count: int = 28) -> None:
    """Show the first `count` filters, in order, all on one scale.

    weights: (D, C, P, P), of C = 1 channel (blue below zero, red above) or 3 (mid-grey is zero)
    """
    found = _checked(weights)
    most = float(np.abs(found).max()) or 1.0
    strength = np.sqrt((found**2).mean(axis=(1, 2, 3)))  # (D,)
    count = min(count, len(found))
    zero = "mid-grey is zero" if found.shape[1] == 3 else "blue below zero, red above"
    _tiles(
        found[:count] / most,
        [str(number) for number in range(count)],
        f"{zero}; colours from −{most:.2g} to {most:.2g}, the same in all",
        f"The first {count} of {len(found)} filters, {_size(found)}. Their root mean square lies "
        f"between {strength.min():.2g} (filter {strength.argmin()}) and {strength.max():.2g} "
        f"(filter {strength.argmax()}).",
    )


def components(weights: Any, count: int = 28) -> None:
    """Show the first principal components of the filters, with the share of the variance each explains.

    weights: (D, C, P, P), C = 1 or 3
    """
    found = _checked(weights)
    directions, share = principal(found.reshape(len(found), -1))
    count = min(count, int((share > NOISE).sum()))
    images = directions[:count].reshape(count, *found.shape[1:])
    _tiles(
        images / np.abs(images).max(axis=(1, 2, 3), keepdims=True),
        [f"{100 * part:.1f} %" for part in share[:count]],
        "above each: its share of the variance; each scaled by its largest entry, its sign free",
        f"The first {count} principal components of {len(found)} filters, {_size(found)}. The first explains "
        f"{100 * share[0]:.1f} % of the variance, all {count} explain {100 * share[:count].sum():.1f} %.",
    )


def principal(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Principal components: (N, D) -> directions (K, D) of length one, shares of variance (K,), K = min(N, D)

    A component's sign is arbitrary; here its largest entry is positive. Raises ValueError where all
    rows agree.
    """
    _, singular, directions = np.linalg.svd(rows - rows.mean(axis=0), full_matrices=False)  # (K,), (K, D)
    variance = singular.astype(np.float64) ** 2
    if not variance.sum():
        raise ValueError(f"principal components need rows that differ; got {len(rows)} that are all alike")
    largest = np.take_along_axis(directions, np.abs(directions).argmax(axis=1)[:, None], axis=1)  # (K, 1)
    return directions * np.sign(largest), variance / variance.sum()


def _checked(weights: Any) -> np.ndarray:
    found = checks.array("filters", weights)
    if found.ndim != 4 or found.shape[1] not in (1, 3) or found.size == 0:
        raise ValueError(
            f"filters must have shape (count, 1 or 3 channels, height, width); got {found.shape}"
        )
    return found


def _size(found: np.ndarray) -> str:
    _, C, height, width = found.shape
    return f"each of {C} × {height} × {width}"


def _tiles(images: np.ndarray, titles: list[str], caption: str, alt: str) -> None:
    """Images of entries from −1 to 1, (K, C, P, P), in rows of seven, each under its title."""
    columns = min(COLUMNS, len(images))
    rows = math.ceil(len(images) / columns)
    width = max(4.5, columns * TILE)
    lines = textwrap.wrap(caption, int(width / LETTER))
    fig, axes = new(rows, columns, width=width, height=rows * (TILE + 0.15) + 0.2 * len(lines) + 0.15)
    for ax in np.ravel(axes):
        ax.set_axis_off()
    for ax, image, title in zip(np.ravel(axes), images, titles):
        if len(image) == 1:
            ax.imshow(image[0], cmap=palette.diverging, vmin=-1, vmax=1)
        else:
            ax.imshow(np.moveaxis((image + 1) / 2, 0, -1))
        ax.set_title(title, weight="normal", loc="center", fontsize=11)
    fig.supxlabel("\n".join(lines), fontsize=11)
    figure(fig, alt=alt)
