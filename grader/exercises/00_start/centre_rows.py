"""Each row less its own mean

Take from every number the mean of the row in which it stands, for tables with any number of axes in front.
"""

from grader.exercise import Function


def centre_rows(x):
    """Each row minus its own mean. x: (..., R, C) -> (..., R, C)"""
    means = x.mean(dim=-1, keepdim=True)  # (..., R, 1)
    return x - means


exercise = Function(
    centre_rows,
    points=2,
    difficulty=1,
    minutes=4,
    inputs="x: (*, R, C)",
    say={"one": "each row of a table ends with mean 0"},
    words={"means": "the means", "x.mean(dim=-1, keepdim=True)": "the mean of each row"},
    slips={
        "x.mean(dim=-1, keepdim=True) -> x.mean(dim=-1)": "The means have lost their axis: shapes are "
        "aligned from the right, so "
        "row i is given the mean of another row, or nothing fits.",
        "x.mean(dim=-1, keepdim=True) -> x.mean(dim=-2, keepdim=True)": "This takes the mean of each "
        "column away: the dim that is named is the one that goes.",
        "x.mean(dim=-1, keepdim=True) -> x.mean()": "One mean of all numbers is taken away, not one a row.",
        "x - means -> means": "These are the means themselves; the rows are still to be centred.",
        "x - means -> x / means": "Each row is divided by its mean; it is to be taken away.",
        "x - means -> means - x": "The signs are turned: the mean is taken from the numbers, not they from "
        "it.",
    },
    also_right=[
        "x.mean(dim=-1, keepdim=True) -> x.mean(-1)[..., None]",
        "x.mean(dim=-1, keepdim=True) -> x.sum(dim=-1, keepdim=True) / x.shape[-1]",
        "x.mean(dim=-1, keepdim=True) -> torch.einsum('...c->...', x).unsqueeze(-1) / x.shape[-1]",
    ],
    hints=[
        "Print x.mean(dim=-1).shape for an x of (3, 5), and write it under (3, 5), aligned to the right.",
        "The means must be (3, 1): an axis of length one is stretched, and a missing one is added in front.",
        "keepdim=True leaves an axis of length one where the mean was taken.",
    ],
)
