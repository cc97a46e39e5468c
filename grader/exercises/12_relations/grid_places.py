"""Where is patch i?

Patches are numbered row by row: 0, 1, 2, … Give the row and the column of each, both counted from 0, as a
tensor of floats.
"""

import torch

from grader.exercise import Function


def grid_places(H, W):
    """H, W: ints, patches -> (H·W, 2), floats: row, then column"""
    number = torch.arange(H * W, dtype=torch.float64)
    row = (number / W).floor()  # (H·W,)
    column = number - row * W
    return torch.stack([row, column], dim=1)


def _case(H, W):
    return lambda draw: {"H": H, "W": W}


exercise = Function(
    grid_places,
    cases={
        "3 × 3": _case(3, 3),
        "two rows of five": _case(2, 5),
        "six rows of four": _case(6, 4),
        "one row": _case(1, 7),
        "one column": _case(5, 1),
    },
    gives="floats",
    words={"row": "the row", "column": "the column"},
    slips={
        "number / W -> number / H ;; row * W -> row * H": "A row is taken to be H patches long: a row has W "
        "of them.",
        "number / W -> number / H ;; number - row * W -> number % W": "A row is taken to be H patches long: "
        "a row has W of them.",
        "number / W -> number / H ;; row * W -> row * H ;; torch.stack([row, column], dim=1) -> "
        "torch.stack([column, row], dim=1)": "Patches are numbered column by column: row by row is "
        "asked for.",
        "(number / W).floor() -> number / W ;; number - row * W -> number % W": "A row is number / W with a "
        "fraction: it is to be a whole number.",
        "torch.stack([row, column], dim=1) -> torch.stack([column, row], dim=1)": "The column stands first: "
        "the row comes first, as everywhere in images.",
        "torch.stack([row, column], dim=1) -> torch.stack([row, column], dim=0)": "Places lie in columns, "
        "(2, H·W): a row for each patch is asked for.",
    },
    also_right=[
        "(number / W).floor() -> number // W",
        "number - row * W -> number % W",
        "(number / W).floor() -> torch.arange(H).double().repeat_interleave(W) ;; "
        "number - row * W -> torch.arange(W).double().repeat(H)",
    ],
    points=1,
    difficulty=1,
    minutes=5,
    hints=[
        "Patch 7 of a grid with rows of 5: how many whole rows lie before it, and what is left?",
        "`//` and `%` work on tensors. torch.stack needs to be told which axis is new.",
    ],
    may_not_call=["course.ssl"],
)
