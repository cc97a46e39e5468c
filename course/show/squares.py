"""Squares of an image put into another order, by a slider, and what each of two networks says to it.

What people usually get wrong: shuffling the tokens behind the positions, where every ViT notices nothing, for
the positions travel along. Here the *image* is shuffled: what lies where changes, and the positions stay.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from course.show import checks
from course.show.block import Block
from course.show.interactive import interactive
from course.show.style import new
from course.show.weights import beside, css_and_body

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MODELS = 3  # there is room for


def shuffled_squares(images: Any, answers: Mapping[str, Any], classes: Sequence[str], label: int) -> Block:
    """The figure, as the last line of a cell, with nothing shuffled at first.

    images: (S + 1, H, W) or (S + 1, 3, H, W), bytes or from 0 to 1: as it is, and with more and more moved
    answers: what networks say to each, by their names, (S + 1, classes), rows of probabilities
    classes: their names; label: the number of the right one

    Raises ValueError for arrays that do not fit.
    """
    pictures = np.stack([checks.image(image) for image in images])  # (S + 1, H, W, 3), uint8
    found = {name: checks.array(name, values) for name, values in answers.items()}
    if not 1 <= len(found) <= MODELS:
        raise ValueError(f"there is room for 1 to {MODELS} networks; got {len(found)}")
    for name, values in found.items():
        if values.shape != (len(pictures), len(classes)):
            wanted = (len(pictures), len(classes))
            raise ValueError(f"{name} must have shape (images, classes), {wanted}; got {values.shape}")
    if not 0 <= label < len(classes):
        raise ValueError(f"label must be from 0 to {len(classes) - 1}; got {label}")
    css, body = css_and_body("squares.html")
    return interactive(
        beside("weights.js") + beside("squares.js"),
        {
            "images": pictures,
            "names": list(found),
            "answers": np.stack(list(found.values())),
            "classes": list(classes),
            "label": label,
        },
        body=body,
        css=css,
        height=420,
        alt=f"A slider that moves more and more squares of an image which shows {classes[label]}, and bars: "
        f"the probability that {' and '.join(found)} give to each class.",
        fallback=_still(pictures, found, label),
    )


def _still(pictures: np.ndarray, found: Mapping[str, np.ndarray], label: int) -> "Figure":
    """The image as it is and wholly shuffled, with the probability of the right class over the slider."""
    fig, axes = new(cols=3, width=8, height=2.7)
    for ax, image, title in zip(axes, (pictures[0], pictures[-1]), ("as it is", "shuffled")):
        ax.imshow(image)
        ax.set_title(title)
        ax.set_axis_off()
    for name, values in found.items():
        axes[2].plot(values[:, label], label=name)
    axes[2].set(xlabel="step of the slider", ylabel="right class", ylim=(0, 1.03))
    axes[2].legend()
    return fig
