"""Two boxes

A box is [left, top, right, bottom]. Intersection over union: the area in both boxes,
over the area in at least one of them. Boxes that do not meet have 0.
"""

from grader.site.rung import Rung


def iou_of_boxes(a, b):
    """a, b: [left, top, right, bottom] -> a number from 0 to 1"""
    width = max(0, min(a[2], b[2]) - max(a[0], b[0]))
    height = max(0, min(a[3], b[3]) - max(a[1], b[1]))
    both = width * height
    areas = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1])
    return both / (areas - both)


def boxes(draw, right, down):
    w, h = draw.integer(5, 9), draw.integer(10, 14)
    x, y = right + draw.integer(1, 3), down + draw.integer(1, 4)
    return {"a": [2, 3, 2 + w, 3 + h], "b": [2 + x, 3 + y, x + 14, y + 12]}


rung = Rung(
    iou_of_boxes,
    before="mean_class_iou",
    cases={
        "they overlap": lambda draw: boxes(draw, 0, 0),
        "side by side": lambda draw: boxes(draw, 30, 0),
        "one far below to the right": lambda draw: boxes(draw, 30, 40),
    },
    slips={
        "both / (areas - both) -> both / areas": (
            "What is in both boxes is counted twice below: take it away once."
        ),
        "max(0, min(a[2], b[2]) - max(a[0], b[0])) -> min(a[2], b[2]) - max(a[0], b[0])": (
            "Beside each other the boxes have a width in common below 0: it must be 0."
        ),
        "both / (areas - both) -> both / ((a[2] - a[0]) * (a[3] - a[1]))": (
            "Divided by the first box's area: this is how much of it is covered."
        ),
        "both / (areas - both) -> both": ("This is the area in both; divide by the area in at least one."),
    },
    also_right=[
        "both / (areas - both) -> both / areas * (1 / (1 - both / areas))",
    ],
    hints=[
        ("The common part begins at the larger of the lefts, and ends at the smaller of the rights."),
        "Union: both areas, less what was counted twice.",
    ],
)
