"""A crop of its own for each image

Each image is cut to size × size pixels from its own corner (`top[i]`, `left[i]`); then those where `mirrored`
is True have left and right exchanged. Corners that fit are drawn for you.
"""

import torch

from grader.exercise import Function


def crop_and_flip(images, top, left, mirrored, size):
    """images: (B, C, H, W), top, left, mirrored: (B,) -> (B, C, size, size)"""
    steps = torch.arange(size)
    rows = top[:, None] + steps  # (B, size)
    columns = left[:, None] + steps
    columns = torch.where(mirrored[:, None], columns.flip(1), columns)
    which = torch.arange(len(images))[:, None, None]  # (B, 1, 1)
    cut = images[which, :, rows[:, :, None], columns[:, None, :]]  # (B, size, size, C)
    return cut.movedim(-1, 1)


def _case(mirrored=None, whole=False):
    def case(draw):
        B, C, H, W = draw.sizes(4)
        H, W = H + 4, W + 4
        size = min(H, W) - (0 if whole else 3)
        drawn = draw.normal(B) > 0
        return {
            "images": draw.normal(B, C, H, W),
            "top": (draw.normal(B).sigmoid() * (H - size + 1)).long(),
            "left": (draw.normal(B).sigmoid() * (W - size + 1)).long(),
            "mirrored": drawn if mirrored is None else torch.full((B,), mirrored),
            "size": size,
        }

    return case


exercise = Function(
    crop_and_flip,
    cases={
        "some are mirrored": _case(),
        "none is mirrored": _case(False),
        "all are mirrored": _case(True),
        "one side as it is": _case(whole=True),
    },
    words={"rows": "the rows", "columns": "the columns", "cut": "the crops"},
    slips={
        "top[:, None] + steps -> top[0] + steps.expand(len(top), -1)": "All images are cut at the first "
        "one's row.",
        "left[:, None] + steps -> left[0] + steps.expand(len(left), -1)": "All images are cut at the first "
        "one's column.",
        "torch.where(mirrored[:, None], columns.flip(1), columns) -> torch.where(mirrored[:, None], "
        "images.shape[-1] - 1 - columns, columns)": "It is mirrored before it is cut: the crop then comes "
        "from the other side of the image.",
        "torch.where(mirrored[:, None], columns.flip(1), columns) -> columns": "Nothing is mirrored.",
        "torch.where(mirrored[:, None], columns.flip(1), columns) -> columns.flip(1)": "All are mirrored.",
        "torch.where(mirrored[:, None], columns.flip(1), columns) -> torch.where(mirrored[:, None], columns, "
        "columns.flip(1))": "The ones that should stay are mirrored, and the others are not.",
        "columns = torch.where(mirrored[:, None], columns.flip(1), columns) -> rows = "
        "torch.where(mirrored[:, None], rows.flip(1), rows)": "Top and bottom are exchanged: that is another "
        "flip.",
        "cut.movedim(-1, 1) -> cut.movedim(-1, 1).mT": "Rows and columns of the crops are exchanged.",
    },
    points=4,
    difficulty=2,
    minutes=10,
    hints=[
        "First with a loop over the images, and torch.stack: that is right, too.",
        "`images[i, :, t : t + size, l : l + size]` is one crop; `.flip(-1)` mirrors it.",
    ],
    may_not_call=["course.augment"],
)
