"""Where is patch n?

Patches are numbered row by row, from 0, in a grid of W columns. In which row and
which column is patch n? (Both are counted from 0.)
"""

from grader.site.rung import Rung


def row_and_column(n, W):
    """n: the number of a patch, W: columns -> [row, column]"""
    return [n // W, n % W]


def patch(draw, W):
    return {"n": 2 * W + draw.integer(1, W - 2) + W * draw.integer(0, 3), "W": W}


rung = Rung(
    row_and_column,
    before="grid_places",
    cases={
        "four columns": lambda draw: patch(draw, 4),
        "nine columns": lambda draw: patch(draw, 9),
    },
    slips={
        "[n // W, n % W] -> [n % W, n // W]": "Row and column have changed places.",
        "[n // W, n % W] -> [n // W + 1, n % W + 1]": "Both are counted from 1 here.",
        "n // W -> n / W": "The row is no whole number: round it down, `//`.",
    },
    also_right=[
        "[n // W, n % W] -> [(n - n % W) // W, n - n // W * W]",
    ],
    hints=[
        "With 4 columns patch 4 begins row 1.",
        "// and % are made for this.",
    ],
)
