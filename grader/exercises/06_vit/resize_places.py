"""More places than were learnt

A larger image has more patches. Resize the **grid** of positions to `side` × `side` patches, as one resizes
an image with d channels: `F.interpolate(…, size=…, mode="bicubic")`. The position of CLS lies nowhere on the
grid: it stays as it is, in front. The old grid is square.
"""

import math

import torch
from torch.nn import functional as F

from grader.exercise import Function


def resize_places(position, side):
    """position: (1, 1 + N, d), CLS first; side: int, patches -> (1, 1 + side², d)"""
    cls, grid = position[:, :1], position[:, 1:]  # (1, 1, d) and (1, N, d)
    old = math.isqrt(grid.shape[1])
    image = grid.transpose(1, 2).unflatten(2, (old, old))  # (1, d, old, old)
    resized = F.interpolate(image, size=(side, side), mode="bicubic")  # (1, d, side, side)
    grid = resized.flatten(2).transpose(1, 2)  # (1, side², d)
    return torch.cat([cls, grid], dim=1)


def _case(old, new):
    return lambda draw: dict(position=draw.normal(1, 1 + old**2, draw.integer(5, 9)), side=new)


exercise = Function(
    resize_places,
    cases={
        "a finer grid": _case(3, 5),
        "twice as fine": _case(4, 8),
        "a coarser grid": _case(6, 4),
        "the same grid": _case(4, 4),
    },
    points=4,
    difficulty=3,
    minutes=10,
    words={"cls": "CLS", "image": "the grid as an image", "grid": "the grid"},
    slips={
        "grid.transpose(1, 2).unflatten(2, (old, old)) -> grid.reshape(1, -1, old, old)": "The grid is "
        "made an "
        "image by a reshape alone: a channel then holds numbers of many features. Turn the last two axes "
        "first.",
        "resized.flatten(2).transpose(1, 2) -> resized.flatten(2).reshape(1, side**2, -1)": "On the way "
        "back the "
        "axes are reshaped, not turned.",
        "torch.cat([cls, grid], dim=1) -> grid": "The position of CLS is lost.",
        "torch.cat([cls, grid], dim=1) -> torch.cat([grid, cls], dim=1)": "The position of CLS stands "
        "behind the "
        "grid; it comes first.",
        '"bicubic" -> "bilinear"': "The grid is resized bilinearly; bicubically is asked for.",
        'F.interpolate(image, size=(side, side), mode="bicubic") -> '
        'F.interpolate(image, size=(side, side), mode="bicubic", align_corners=True)': "Corners are aligned: "
        "without `align_corners` both images keep the same borders.",
    },
    also_right=["(side, side) -> [side, side]"],
    hints=[
        "Three pieces of work: CLS aside; the grid as an image (1, d, rows, columns) and resized; back and "
        "together.",
        "Patches are the middle axis, (1, N, d), and F.interpolate wants channels first. Turn, then "
        "unflatten.",
        "Back: flatten(2), turn the last two axes, torch.cat along dim 1 with CLS in front.",
    ],
)
