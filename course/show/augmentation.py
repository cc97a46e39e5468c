"""An augmentation bench: a picture, sliders, and beside it the label that training would see.

Crop, turn, mirror and hue leave the label as it is, whatever they do to the picture: whether it is still true
is for the reader to see. MixUp and CutMix share it out. RandAugment's pictures are made here, by the
library; all else is computed under the reader's hand.

What people usually get wrong: looking at the augmented picture alone. The pair of picture and label is what
is learnt from.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from course.augment import RandAugment
from course.show import checks
from course.show.block import Block
from course.show.interactive import interactive
from course.show.style import new
from course.show.weights import beside, css_and_body

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ROUNDS = (0, 1, 2)  # RandAugment's n
STRENGTHS = (0, 2, 4, 6, 8, 10)  # and its m


def augmentation_bench(pictures: Mapping[str, tuple[Any, str]], seed: int = 0) -> Block:
    """The figure, as the last line of a cell, with nothing changed at first.

    pictures: by name, at least two: an image (H, W) or (3, H, W) of one size, square, bytes or from 0 to 1;
        and its label. seed: of RandAugment's draws.

    Raises ValueError for pictures that do not fit.
    """
    if len(pictures) < 2:
        raise ValueError(f"a bench needs two pictures or more, to mix them; got {len(pictures)}")
    images = [checks.image(image) for image, _ in pictures.values()]  # (H, W, 3) each, uint8
    shapes = {image.shape[:2] for image in images}
    if len(shapes) > 1 or len(set(shapes.copy().pop())) > 1:
        raise ValueError(f"all pictures must be squares of one size; got {sorted(shapes)}")
    changed = _rand_augmented(np.stack(images), seed)  # (P, n, m, S, S, 3)
    P, n, m, S = changed.shape[:4]
    css, body = css_and_body("augmentation.html")
    return interactive(
        beside("weights.js") + beside("augmentation.js"),
        {
            "images": changed.reshape(P, n, m, S, S, 3),
            "names": list(pictures),
            "classes": [label for _, label in pictures.values()],
        },
        body=body,
        css=css,
        height=470,
        alt="Sliders that crop, turn, recolour and mix pictures, and bars: the share of each class in the "
        "label that training would see.",
        fallback=_still(images, list(pictures.values())),
    )


def _rand_augmented(images: np.ndarray, seed: int) -> np.ndarray:
    """Each picture by n operations of strength m, one draw for all m: (P, S, S, 3) -> (P, n, m, S, S, 3)"""
    floats = torch.from_numpy(images).permute(0, 3, 1, 2).float() / 255  # (P, 3, S, S)
    by_round = []
    for n in ROUNDS:
        noise = torch.rand(len(images), 2 * max(n, 1), generator=torch.Generator().manual_seed(seed))
        each = [RandAugment(n, m)(floats, noise=noise) if n else floats for m in STRENGTHS]
        by_round.append(torch.stack(each, dim=1))  # (P, m, 3, S, S)
    bytes_ = (torch.stack(by_round, dim=1) * 255).round().to(torch.uint8)  # (P, n, m, 3, S, S)
    return bytes_.movedim(3, -1).numpy()


def _still(images: list[np.ndarray], pictures: list[tuple[Any, str]]) -> "Figure":
    """Two pictures, mixed by halves, and one in the corner of the other."""
    one, other = images[0].astype(float), images[1].astype(float)
    S = len(one)
    cut = one.copy()
    cut[: S // 2, : S // 2] = other[: S // 2, : S // 2]
    fig, axes = new(cols=4, width=8, height=2.5)
    labels = [pictures[0][1], pictures[1][1]]
    titles = [
        labels[0],
        labels[1],
        f"0.50 {labels[0]}, 0.50 {labels[1]}",
        f"0.75 {labels[0]}, 0.25 {labels[1]}",
    ]
    for ax, image, title in zip(axes, (one, other, (one + other) / 2, cut), titles):
        ax.imshow(image.round().astype(np.uint8))
        ax.set_title(title, fontsize=10)
        ax.set_axis_off()
    return fig
