"""An image as a sentence

Cut each image into squares of P × P pixels, row by row from the top left, and lay each out as one vector:
first all of channel 0, row by row, then channel 1, … H and W are multiples of P.
"""

from torch.nn import functional as F

from grader.exercise import Function


def to_patches(images, P):
    """images: (B, C, H, W), P: int -> (B, N, C·P·P) with N = H/P · W/P"""
    cut = images.unflatten(2, (-1, P)).unflatten(4, (-1, P))  # (B, C, H/P, P, W/P, P)
    patches = cut.permute(0, 2, 4, 1, 3, 5)  # (B, H/P, W/P, C, P, P)
    return patches.flatten(1, 2).flatten(2)  # (B, N, C·P·P)


def by_unfolding(images, P):
    return F.unfold(images, P, stride=P).mT


def _case(square=False, channels=None, whole=False):
    def case(draw):
        B, C, P, rows, columns = draw.shuffled([2, 3, 4, 5, 6])
        rows, columns = (1, 1) if whole else (P, P) if square else (rows, columns)
        return dict(images=draw.normal(B, channels or C, rows * P, columns * P), P=P)

    return case


exercise = Function(
    to_patches,
    cases={
        "images that are wider or higher than square": _case(),
        "as many patches on a side as a patch has pixels on its own": _case(square=True),
        "grey images": _case(channels=1),
        "one patch, the whole image": _case(whole=True),
    },
    points=4,
    difficulty=3,
    minutes=10,
    words={"cut": "the cut image", "patches": "the patches"},
    slips={
        "cut.permute(0, 2, 4, 1, 3, 5) -> images.reshape(len(cut), cut.shape[2], cut.shape[4], -1, P, P)": (
            "The image is cut by a reshape alone: the shape is right, and a patch holds strips of the image, "
            "not a square of it."
        ),
        "cut.permute(0, 2, 4, 1, 3, 5) -> cut.permute(0, 4, 2, 1, 3, 5)": "The patches are counted column by "
        "column; they go row by row.",
        "cut.permute(0, 2, 4, 1, 3, 5) -> cut.permute(0, 2, 4, 3, 5, 1)": "In each patch the channel comes "
        "last: it must come first, as in the weight of a convolution.",
        "cut.permute(0, 2, 4, 1, 3, 5) -> cut.permute(0, 2, 4, 1, 5, 3)": "Each patch is transposed: its "
        "rows "
        "have become columns.",
        "images.unflatten(2, (-1, P)).unflatten(4, (-1, P)) -> "
        "images.unflatten(2, (P, -1)).unflatten(4, (P, -1))": "Each side is cut into P pieces; the pieces "
        "should be P pixels long.",
    },
    also_right=[by_unfolding],
    hints=[
        "Two steps: cut the two sides, so that there are six axes; then bring the axes into order.",
        "x.unflatten(2, (-1, P)) cuts axis 2 into pieces P long. Cut W the same way; which axis is it by "
        "then?",
        "Which two of the six axes say *which* patch it is, and must stand right behind B? The other three "
        "say "
        "where in the patch.",
    ],
)
