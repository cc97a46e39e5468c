"""Where does it lie?

Patches are numbered row by row in a grid of W columns. Where does patch i lie **as
seen from** patch j? 0 1 2 if above (left, straight, right), 3 4 5 in the same row, 6
7 8 below; 4 is the same patch. Only the signs of the way count, not how far it is.
"""

from grader.site.rung import Rung


def as_seen_from(i, j, W):
    """i, j: numbers of patches, W: columns -> 0 … 8"""
    down = i // W - j // W
    right = i % W - j % W
    row = (down > 0) - (down < 0)
    column = (right > 0) - (right < 0)
    return 3 * (row + 1) + column + 1


def two_of(draw, down, right):
    W = draw.integer(5, 7)
    j = 2 * W + 2
    return {"i": j + draw.integer(1, 2) * down * W + draw.integer(1, 2) * right, "j": j, "W": W}


rung = Rung(
    as_seen_from,
    before="relations_of",
    cases={
        "above, and to the left": lambda draw: two_of(draw, -1, -1),
        "in the same row": lambda draw: two_of(draw, 0, draw.choice([-1, 1])),
        "below": lambda draw: two_of(draw, 1, draw.integer(-1, 1)),
    },
    slips={
        "down = i // W - j // W -> down = j // W - i // W": (
            "Above and below have changed places: the way leads from j to i."
        ),
        "right = i % W - j % W -> right = j % W - i % W": (
            "Left and right have changed places: the way leads from j to i."
        ),
        "3 * (row + 1) + column + 1 -> 3 * (column + 1) + row + 1": (
            "Rows and columns have changed places: 0 1 2 are those above."
        ),
        "3 * (row + 1) + column + 1 -> 8 - (3 * (row + 1) + column + 1)": (
            "It is turned round: this is where j lies as seen from i."
        ),
        "3 * (row + 1) + column + 1 -> 3 * row + column": (
            "The numbers begin at −4; they are to begin at 0."
        ),
        "3 * (row + 1) + column + 1 -> 3 * (down + 1) + right + 1": (
            "How far it is counts here; only the signs of the way should."
        ),
    },
    also_right=[
        "3 * (row + 1) + column + 1 -> 3 * row + column + 4",
    ],
    hints=[
        "Row and column of a patch: i // W and i % W.",
        "(x > 0) - (x < 0) is the sign of x: −1, 0 or 1.",
    ],
)
