"""A contact sheet: the first images of a set in rows, each with its class or its text under it.

What people usually get wrong: never looking. Labels shifted by one, channels in the wrong order, images
lying on their side and a class that is all of one photographer are seen at a glance and in no loss curve.
"""

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

from course import expect
from course.show import checks
from course.show.style import figure, new

if TYPE_CHECKING:
    from course.data.image_set import ImageSet

LETTER = 0.088  # inches, on average
LINE = 0.19  # inches


def contact_sheet(
    images: "ImageSet", rows: int = 4, columns: int = 8, texts: Sequence[str] | None = None
) -> None:
    """Show the first rows × columns images of a set, as they are, in their order.

    `texts`, one for each image, stand under them in place of the class's name.
    """
    expect.whole(rows=rows, columns=columns)
    if len(images) == 0:
        raise ValueError("there is nothing to show: the set has no images")
    if texts is not None and len(texts) != len(images):
        raise ValueError(f"{len(images)} images need as many texts; got {len(texts)}")
    count = min(len(images), rows * columns)
    columns = min(columns, count)
    rows = -(-count // columns)
    names = [images.classes[number] for number in images.labels[:count].tolist()]
    _, C, H, W = images.images.shape
    width = max(4.5, min(11.0, columns * max(1.0, W / H)))
    cell = width / columns
    letters = max(6, int(cell / LETTER))
    under = [textwrap.wrap(name, letters) for name in (names if texts is None else texts[:count])]
    lines = max(map(len, under))
    height = rows * (cell * H / W + LINE * lines + 0.1) + 0.3
    fig, axes = new(rows, columns, width=width, height=height)
    flat = [axes] if count == 1 else list(axes.flat)
    for ax in flat:
        ax.set(xticks=[], yticks=[])
        ax.spines[:].set_visible(False)
        ax.set_facecolor("none")
    for ax, image, words in zip(flat, images.images, under):
        ax.imshow(checks.image(image), vmin=0, vmax=255)
        ax.set_xlabel("\n".join(words))
    some = ", ".join(sorted(set(names))[:10]) + (", …" if len(set(names)) > 10 else "")
    figure(
        fig,
        alt=f"A contact sheet: the first {count} of {len(images):,} images, each of {C} × {H} × {W}, "
        f"from {len(images.classes)} classes. Seen here: {some}.",
    )
