"""Boxes that nobody drew

Whoever renders a line of text knows where each character's ink is: `ink[i]` is True on character i's pixels.
Its box: left, top, right, bottom; right and bottom are the first column and row **behind** the ink. A space
has no ink: its box is 0, 0, 0, 0.
"""

import torch

from grader.exercise import Function


def text_boxes(ink):
    """ink: (L, H, W) bool -> (L, 4) whole numbers: left, top, right, bottom"""
    boxes = torch.zeros(len(ink), 4, dtype=torch.int64)
    for number, one in enumerate(ink):
        columns = one.any(dim=0).nonzero()  # (w, 1), from the left
        rows = one.any(dim=1).nonzero()
        if len(rows):
            left, top = columns[0], rows[0]
            right, bottom = columns[-1] + 1, rows[-1] + 1
            boxes[number] = torch.cat([left, top, right, bottom])
    return boxes


def _case(spaces=False, square=False, holes=False, parts=False):
    def case(draw):
        L = draw.integer(3, 5)
        H, W = (10, 10) if square else (draw.integer(8, 10), draw.integer(14, 18))
        ink = torch.zeros(L, H, W, dtype=torch.bool)
        for number, one in enumerate(ink[1:] if spaces else ink):
            top, left = draw.integer(0, 4), draw.integer(0, 5)
            bottom, right = top + draw.integer(3 if parts else 2, H - 5), left + draw.integer(3, W - 6)
            one[top:bottom, left:right] = True
            if holes:
                one[top + 1 : bottom - 1, left + 1 : right - 1] = False
                one[top, left] = one[bottom - 1, right - 1] = False
            if parts and number % 2:  # a quotation mark: an empty column in it
                one[:, (left + right) // 2] = False
            elif parts:  # an i: an empty row below its dot
                one[(top + bottom) // 2] = False
        return {"ink": ink}

    return case


exercise = Function(
    text_boxes,
    cases={
        "a line": _case(),
        "a line with a space": _case(spaces=True),
        "as wide as high": _case(square=True),
        "letters with holes": _case(holes=True),
        'letters in parts, as i, j and "': _case(parts=True),
    },
    words={"rows": "the rows with ink", "columns": "the columns with ink", "boxes": "the boxes"},
    slips={
        "columns[-1] + 1 -> left + len(columns) ;; rows[-1] + 1 -> top + len(rows)": "Columns and rows with "
        "ink are counted: a letter in parts, such as i, has empty ones in between.",
        "columns[-1] + 1 -> left + len(columns)": "The columns with ink are counted: a mark in parts, such "
        'as ", has an empty one in between.',
        "rows[-1] + 1 -> top + len(rows)": "The rows with ink are counted: a letter in parts, such as i, has "
        "an empty one in between.",
        "columns[-1] + 1 -> columns[-1] ;; rows[-1] + 1 -> rows[-1]": "Right and bottom are the last pixels "
        "with ink, not the first behind it: each box loses a row and a column.",
        "[left, top, right, bottom] -> [top, left, bottom, right]": "x and y are exchanged: left comes "
        "first.",
        "[left, top, right, bottom] -> [left, top, right - left, bottom - top]": "These are width and "
        "height, not right and bottom.",
    },
    points=3,
    difficulty=2,
    minutes=8,
    hints=[
        "`one.any(dim=0)` says of each *column* whether there is ink in it; `nonzero` gives their numbers.",
        "First and last of them are the ends. Add 1 to the last. And where there are none?",
    ],
)
