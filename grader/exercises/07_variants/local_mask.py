"""Attention that sees its neighbours

Your `attention` takes a mask: True where a query may look. Make the one with which each pixel of an H × W
image sees the k × k window around it (k odd), cut at the border. Pixels are numbered row by row, so that
pixel (row, column) is token row·W + column.
"""

import torch

from grader.exercise import Function


def local_mask(H, W, k):
    """H, W, k: ints, k odd -> boolean (H·W, H·W), True = may attend"""
    row = torch.arange(H).repeat_interleave(W)  # (H·W,), of each token
    column = torch.arange(W).repeat(H)
    down = (row[:, None] - row[None, :]).abs()  # (H·W, H·W)
    right = (column[:, None] - column[None, :]).abs()
    reach = k // 2
    return (down <= reach) & (right <= reach)


def _case(square=False, k=3, low=4):
    def case(draw):
        H = draw.integer(low, low + 3)
        return dict(H=H, W=H if square else H + draw.integer(1, 3), k=k)

    return case


exercise = Function(
    local_mask,
    cases={
        "a wide image, k = 3": _case(),
        "a square image, k = 3": _case(square=True),
        "k = 5": _case(k=5, low=6),
        "k = 1: each sees itself": _case(k=1),
        "a window larger than the image": _case(k=17),
    },
    words={"row": "the rows of tokens", "column": "the columns of tokens"},
    slips={
        "(down <= reach) & (right <= reach) -> (row[:, None] * W + column[:, None] - row * W - column).abs() "
        "<= reach": "The window is taken along the line of tokens: the last pixel of a row is made a "
        "neighbour of the first of the next, and the pixel above is none.",
        "(down <= reach) & (right <= reach) -> (down <= reach) | (right <= reach)": "A pixel may look where "
        "*either* the row or the column is near: that is a cross of bands, not a window.",
        "(down <= reach) & (right <= reach) -> (down + right) <= reach": "Rows and columns are added up: "
        "that is a diamond, without the corners of the window.",
        "(down <= reach) & (right <= reach) -> (down > reach) | (right > reach)": "The mask is upside down: "
        "here True means that a query may look.",
        "k // 2 -> k": "The window reaches k pixels to each side, and is 2k + 1 wide.",
        "torch.arange(H).repeat_interleave(W) -> torch.arange(H).repeat(W)": "Tokens are numbered row by "
        "row: the first W of them are all in row 0.",
    },
    also_right=["(down <= reach) & (right <= reach) -> torch.maximum(down, right) <= reach"],
    points=3,
    difficulty=3,
    minutes=8,
    hints=[
        "Which row and which column does token i stand in? Make both as vectors of H·W numbers: `i // W`, "
        "`i % W`.",
        "rows[:, None] - rows[None, :] are all differences at once. Who is near in rows *and* in columns?",
    ],
)
