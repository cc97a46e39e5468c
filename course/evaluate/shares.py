"""Few labels: parts of a labelled set, each within the next larger one.

What people usually get wrong: a part drawn without regard to classes, in which 1 % of 1,797 digits may show
no 4; and another draw for each share, so that a curve over shares also shows the luck of each draw.
"""

from collections.abc import Sequence

from course.data.image_set import ImageSet


def label_shares(
    data: ImageSet, shares: Sequence[float] = (0.01, 0.1, 1.0), seed: int = 0
) -> tuple[ImageSet, ...]:
    """A part for each share, about that share of every class but at least one image of it.

    With the same seed the images of a smaller share are among those of a larger one.
    """
    return tuple(data.split(share, seed=seed)[0] for share in shares)
