"""Masked images and what a model makes of them: masked | reconstructed | original, a row for each image.

What people usually get wrong: the loss counts hidden patches alone, so the visible ones of a reconstruction
are often worse, and are not what the model is judged by; a model that predicts *normalised* patches must have
each patch's mean and standard deviation put back before it can be looked at.
"""

import textwrap
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from course.show import checks
from course.show.style import figure, new, palette

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LETTERS_PER_INCH = 12.5  # of text in 11 points
OVERSHOOT = 0.5  # how far a reconstruction may leave 0 … 1 before something else must be wrong


def reconstructions(images: Any, reconstructed: Any, hidden: Any) -> None:
    """Show masked images, their reconstructions and the originals, with the error on the hidden patches.

    images: (n, C, H, W), from 0 to 1
    reconstructed: (n, C, H, W); what leaves 0 … 1 is clipped for the picture, but not for the error
    hidden: (n, rows, columns) boolean, True where a patch was hidden from the model

    Raises ValueError for arrays that do not fit.
    """
    originals = checks.array("images", images)
    guesses = checks.array("reconstructed", reconstructed)
    masks = np.asarray(hidden)
    if originals.ndim != 4 or originals.size == 0:
        raise ValueError(f"images must have shape (count, channels, height, width); got {originals.shape}")
    if guesses.shape != originals.shape:
        raise ValueError(f"reconstructed must have the images' shape, {originals.shape}; got {guesses.shape}")
    if guesses.min() < -OVERSHOOT or guesses.max() > 1 + OVERSHOOT:
        span = f"{guesses.min():.3g} … {guesses.max():.3g}"
        raise ValueError(f"reconstructed must lie about 0 to 1; got {span}: undo its normalisation")
    n, _, H, W = originals.shape
    _check_hidden(masks, n, H, W)
    errors = [_error(*each) for each in zip(originals, guesses, masks)]
    said = [f"squared error {error:.2g}" for error in errors]
    pictures = [checks.image(image, "images") for image in originals]
    columns = {"masked": pictures, "reconstructed": guesses.clip(0, 1), "original": pictures}
    fig = side_by_side(columns, hidden=masks, said=said)
    share = 100 * masks.mean()
    told = ", ".join(f"{error:.2g}" for error in errors)
    figure(
        fig,
        alt=f"{n} images of {H} × {W}: masked, reconstructed, original. {share:.0f} % of the patches are "
        f"hidden and hatched. Mean squared error on the hidden patches: {told}.",
    )


def side_by_side(
    columns: Mapping[str, Any], *, hidden: Any = None, said: Sequence[str] = (), caption: str = ""
) -> "Figure":
    """A row for each image, a column for each thing that became of it: {title: (n, C, H, W), from 0 to 1}

    hidden: (n, rows, columns) boolean; such patches of the first column are hatched
    said: n words each, below the second column
    caption: above all; its lines are broken here
    """
    pictures = {title: [checks.image(image, title) for image in images] for title, images in columns.items()}
    first = next(iter(pictures.values()))
    n, (H, W, _) = len(first), first[0].shape
    width = 2.1 * len(columns)
    lines = textwrap.wrap(caption, int(LETTERS_PER_INCH * width))
    height = 2.05 * n * H / W + 0.4 + 0.2 * len(lines)
    fig, axes = new(n, len(columns), width=width, height=height)
    drawn = np.reshape(axes, (n, len(columns)))
    for column, (title, images) in zip(drawn.T, pictures.items()):
        column[0].set_title(title, loc="center")
        for ax, image in zip(column, images):
            ax.imshow(image)
            ax.grid(False)
            ax.set(xticks=[], yticks=[])
            ax.spines[:].set_visible(False)
    for ax, words in zip(drawn[:, 1], said):
        ax.set_xlabel(words)
    for ax, mask in zip(drawn[:, 0], () if hidden is None else np.asarray(hidden)):
        _hatch(ax, mask, H, W)
    if lines:
        fig.suptitle("\n".join(lines), x=0.01, ha="left", fontsize=11)
    return fig


def _check_hidden(masks: np.ndarray, n: int, H: int, W: int) -> None:
    if masks.ndim != 3 or masks.dtype != np.bool_ or len(masks) != n or 0 in masks.shape:
        given = f"{masks.dtype} {masks.shape}"
        raise ValueError(
            f"hidden must be boolean, of shape ({n}, rows, columns), for {n} images; got {given}"
        )
    if H % masks.shape[1] or W % masks.shape[2]:
        raise ValueError(
            f"a grid of {masks.shape[1]} × {masks.shape[2]} patches does not divide {H} × {W} pixels"
        )
    if not masks.any(axis=(1, 2)).all():
        raise ValueError(f"nothing of image {int(masks.any(axis=(1, 2)).argmin())} is hidden")


def _error(image: np.ndarray, guess: np.ndarray, mask: np.ndarray) -> float:
    """Mean squared error over the pixels of hidden patches: (C, H, W) twice, (rows, columns) -> a number"""
    _, H, W = image.shape
    pixels = mask.repeat(H // mask.shape[0], axis=0).repeat(W // mask.shape[1], axis=1)  # (H, W)
    return float(((image - guess) ** 2)[:, pixels].mean())


def _hatch(ax: Any, mask: np.ndarray, H: int, W: int) -> None:
    """Hidden patches as hatched paper: no grey of an image looks like it."""
    from matplotlib.collections import PatchCollection
    from matplotlib.patches import Rectangle

    high, wide = H // mask.shape[0], W // mask.shape[1]
    patches = [Rectangle((j * wide - 0.5, i * high - 0.5), wide, high) for i, j in np.argwhere(mask)]
    ax.add_collection(
        PatchCollection(patches, facecolor=palette.paper, edgecolor=palette.muted, hatch="////", linewidth=0)
    )
