"""Where a captioner looked for each of its words: the picture again and again, lit where the weights are."""

from collections.abc import Sequence
from math import ceil
from typing import TYPE_CHECKING

import numpy as np
from torch import Tensor

from course.show.style import new
from course.show.word_looks import lit

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ACROSS = 5  # panels a line


def word_maps(image: Tensor, words: Sequence[str], weights: Tensor, title: str) -> "Figure":
    """A panel a word: image (3, H, W), 0 … 1; weights (L, N) of the L words over N places, a square grid.

    In each panel the place that is looked at most is as light as the picture, and one with no weight dark.
    """
    lines = ceil((1 + len(words)) / ACROSS)
    fig, axes = new(lines, ACROSS, width=1.7 * ACROSS, height=2.0 * lines + 0.5)
    fig.suptitle(title, x=0.01, ha="left", weight="bold", fontsize=12)
    pixels = image.permute(1, 2, 0).numpy()  # (H, W, 3)
    panels = [("the picture", pixels)]
    lights = lit(weights, image.shape[1:])  # (L, H, W)
    panels += [(word, pixels * light[..., None].numpy()) for word, light in zip(words, lights, strict=True)]
    drawn = np.ravel(axes)
    for ax, (name, shown) in zip(drawn, panels):
        ax.imshow(shown.clip(0, 1))
        ax.set_title(name, fontsize=11, weight="normal")
    for ax in drawn:
        ax.set_axis_off()
    return fig
