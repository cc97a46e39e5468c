"""How far apart are two patches?

Patches are numbered row by row in a square of `side` × `side`, from 0. How far apart,
in patches and in a straight line, are patch i and patch j?
"""

from grader.site.rung import Rung


def patch_distance(i, j, side):
    """i, j: numbers of patches, side: int -> their distance"""
    down = i // side - j // side
    right = i % side - j % side
    return (down**2 + right**2) ** 0.5


def two(draw, side):
    i, j = draw.shuffled(range(side * side))[:2]
    return {"i": i, "j": j, "side": side}


rung = Rung(
    patch_distance,
    before="attention_distance",
    cases={
        "four by four": lambda draw: two(draw, 4),
        "seven by seven": lambda draw: two(draw, 7),
    },
    slips={
        "(down**2 + right**2) ** 0.5 -> abs(down) + abs(right)": (
            "Along the rows and columns: the straight line is shorter."
        ),
        "(down**2 + right**2) ** 0.5 -> down**2 + right**2": "This is the square of the distance.",
        "(down**2 + right**2) ** 0.5 -> abs(i - j)": (
            "The difference of their numbers: the end of a row lies next to its last patch, not to "
            "the next row's first."
        ),
        "(down**2 + right**2) ** 0.5 -> max(abs(down), abs(right))": (
            "Only the longer of the two ways counts here."
        ),
    },
    also_right=[
        "i // side - j // side -> (i - i % side) / side - (j - j % side) / side",
    ],
    hints=[
        "Patch 5 of a 4 × 4 grid is in row 1, column 1: 5 // 4 and 5 % 4.",
        "Then Pythagoras.",
    ],
)
