"""Every one with every one, a whole batch at once

Row i of x and row j of y have a dot product. Write the table of all of them, `[..., i, j]`, without a loop.
"""

from grader.exercise import Function


def overlaps(x, y):
    """Dot products of rows. x: (..., N, d), y: (..., M, d) -> (..., N, M)"""
    columns = y.transpose(-2, -1)  # (..., d, M)
    return x @ columns  # (..., N, M)


exercise = Function(
    overlaps,
    points=2,
    difficulty=1,
    minutes=4,
    inputs="x: (*, N, d)  y: (*, M, d)",
    say={"one": "two tables: entry [i, j] is row i of x times row j of y"},
    words={"columns": "y turned", "x @ columns": "the table"},
    slips={
        "y.transpose(-2, -1) -> y.T": "`.T` turns all axes around, those of the batch as well; only the "
        "last two "
        "are to change places: `.mT` or `.transpose(-2, -1)`.",
        "y.transpose(-2, -1) -> y.reshape(*y.shape[:-2], y.shape[-1], y.shape[-2])": "`reshape` cuts the "
        "numbers "
        "into new rows in the order in which they lie; it does not turn the table.",
        "x @ columns -> y @ x.transpose(-2, -1)": "The table lies on its side: the rows are those of y.",
        "x @ columns -> x * y": "This multiplies entry by entry: no row ever meets another one.",
        "x @ columns -> torch.cdist(x, y)": "These are distances: alike rows get a small number here.",
    },
    also_right=[
        "y.transpose(-2, -1) -> y.mT",
        "x @ columns -> torch.einsum('...nd,...md->...nm', x, y)",
        "x @ columns -> (x[..., :, None, :] * y[..., None, :, :]).sum(dim=-1)",
    ],
    hints=[
        "`@` multiplies the last two axes as matrices, and goes over all axes before them as over a batch.",
        "(N, d) @ (d, M) gives (N, M). What has to happen to y, (M, d)?",
        "The last two axes of y change places, those in front stay: transpose takes the numbers of two axes.",
    ],
)
