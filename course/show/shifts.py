"""A digit to be moved over its sheet, while several readers say what it is: live bars, as sure as each is.

Every reader is asked at every place beforehand, so the figure needs no kernel.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import torch
from torch import Tensor
from torch.nn import functional as F

from course import expect
from course.show.block import Block
from course.show.interactive import interactive
from course.show.style import new
from course.show.weights import beside, css_and_body

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ALT = (
    "A handwritten digit on a sheet, to be dragged or moved by the arrow keys. Beside it, for each reader "
    "({readers}), ten bars, one a class, that change as the digit moves; a sentence says who is right here, "
    "and at how many of the {places} places each reader is."
)


def shifts(
    images: Tensor, labels: Tensor, readers: Mapping[str, Callable[[Tensor], Tensor]], margin: int = 2
) -> Block:
    """The interactive figure. Images in the middle of a sheet with `margin` pixels of paper on each side.

    images: (n, H, W), 0 is paper; labels: (n,)
    readers: by name, each (B, 1, H + 2·margin, W + 2·margin) -> scores or log-probabilities (B, classes)

    Raises ValueError for shapes that do not fit.
    """
    expect.whole(margin=margin)
    if images.dim() != 3 or labels.shape != images.shape[:1] or len(images) == 0:
        raise ValueError(
            f"images must have shape (n, H, W), with n labels; got {tuple(images.shape)} "
            f"and {tuple(labels.shape)}"
        )
    shares = {name: read_everywhere(images, reader, margin) for name, reader in readers.items()}
    css, body = css_and_body("shifts.html")
    places = (2 * margin + 1) ** 2
    return interactive(
        beside("shifts.js"),
        {
            "images": (255 * images / images.amax()).round().to(torch.uint8).numpy(),
            "labels": labels.tolist(),
            "margin": margin,
            "readers": list(shares),
            "shares": [share.numpy() for share in shares.values()],
        },
        body=body,
        css=css,
        height=440,
        alt=ALT.format(readers=", ".join(shares), places=places),
        fallback=_still(images, margin),
    )


def read_everywhere(images: Tensor, reader: Callable[[Tensor], Tensor], margin: int) -> Tensor:
    """What a reader makes of each image at each place: (n, H, W) -> (n, 2m + 1, 2m + 1, classes), shares

    Place (i, j) is i rows below the topmost one, j columns to the right of the leftmost one.
    """
    sheet = F.pad(images, (0, 2 * margin, 0, 2 * margin))  # in the upper left corner
    side = range(2 * margin + 1)
    moved = torch.stack(
        [sheet.roll((down, right), dims=(1, 2)) for down in side for right in side], dim=1
    )  # (n, places, H + 2m, W + 2m)
    with torch.no_grad():
        scores = reader(moved.flatten(0, 1)[:, None])  # (n · places, classes)
    return scores.softmax(dim=-1).reshape(len(images), len(side), len(side), -1)


def _still(images: Tensor, margin: int) -> "Figure":
    """The first digit in the middle of its sheet, for viewers that remove scripts."""
    fig, ax = new(width=3, height=3)
    ax.imshow(F.pad(images[0], (margin,) * 4).numpy(), cmap="gray_r")
    ax.set(xticks=[], yticks=[])
    return fig
