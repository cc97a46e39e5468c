"""A quarter turn

An image as a list of rows. Turn it by 90° **against the clock**, as `torch.rot90`
does: what was the last column becomes the first row.
"""

from grader.site.rung import Rung


def quarter_turn(rows):
    """rows: H lists of W numbers -> W lists of H numbers"""
    columns = []
    for x in range(len(rows[0])):
        columns.append([row[x] for row in rows])
    return list(reversed(columns))


def image(draw, H, W):
    return {"rows": [[draw.integer(10, 99) for _ in range(W)] for _ in range(H)]}


rung = Rung(
    quarter_turn,
    before="test_turns",
    cases={
        "two rows of three": lambda draw: image(draw, 2, 3),
        "three rows of three": lambda draw: image(draw, 3, 3),
    },
    slips={
        "list(reversed(columns)) -> columns": (
            "Rows have become columns: that is a mirror on the diagonal, not a turn."
        ),
        "list(reversed(columns)) -> [list(reversed(column)) for column in columns]": (
            "It is turned with the clock."
        ),
        "list(reversed(columns)) -> [list(reversed(row)) for row in reversed(rows)]": (
            "That is half a turn."
        ),
        "list(reversed(columns)) -> list(reversed(rows))": (
            "It stands on its head, in a mirror: nothing is turned."
        ),
    },
    also_right=[
        "list(reversed(columns)) -> [columns[len(columns) - 1 - n] for n in range(len(columns))]",
    ],
    hints=[
        "Write [[1, 2], [3, 4]] on paper, and turn the paper: [[2, 4], [1, 3]].",
        "Column x of the image is [row[x] for row in rows].",
    ],
)
