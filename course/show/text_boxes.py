"""Lines of text with a box around each character, as a function finds them in its ink.

What people usually get wrong: boxes drawn through the outermost pixels. A box ends behind the last column of
ink, and is drawn between pixels.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from course.data.text_lines import TextLines
from course.show.style import figure, new, palette

DIFFERENT = 40  # of 255: a pixel that far from the paper is ink


def inked(lines: TextLines, number: int) -> Tensor:
    """Which pixels are each character's ink, in one of the lines: (L, H, W), bool"""
    image = lines.images[number, 0].int()  # (H, W)
    ink = (image - image.median()).abs() > DIFFERENT
    each = torch.zeros(len(lines.boxes[number]), *image.shape, dtype=torch.bool)
    for one, (left, top, right, bottom) in zip(each, lines.boxes[number].tolist()):
        one[top:bottom, left:right] = ink[top:bottom, left:right]
    return each


def boxed(lines: TextLines, find: Callable[[Tensor], Tensor]) -> None:
    """Show the lines, with the boxes that `find` gives for their ink: (L, H, W) bool -> (L, 4)"""
    from matplotlib.patches import Rectangle

    fig, axes = new(rows=len(lines), width=7.5, height=1.7 * len(lines))
    for number, ax in enumerate(axes if len(lines) > 1 else [axes]):
        ax.imshow(lines.images[number, 0], cmap="gray", vmin=0, vmax=255)
        for left, top, right, bottom in find(inked(lines, number)).tolist():
            size = right - left, bottom - top
            ax.add_patch(Rectangle((left - 0.5, top - 0.5), *size, fill=False, color=palette.second))
        ax.set_axis_off()
    figure(fig, alt=f"Lines of text with a box around each character: {'; '.join(lines.texts)}.")
