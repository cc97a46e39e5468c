"""Hide a bug behind another

A colleague splits heads with a reshape alone, `x.reshape(*front, heads, L, width)`, and forgets to transpose.
Write the merge that makes *their* round trip perfect: after their split, it gives x back to the last bit. It
is a bug too, and you are to find the one that hides theirs.
"""

from grader.exercise import Function


def undo_wrong_split(x):
    """x, as their split left it: (..., heads, L, width) -> (..., L, heads · width)"""
    *front, heads, L, width = x.shape
    return x.reshape(*front, L, heads * width)


exercise = Function(
    undo_wrong_split,
    inputs="x: (*, h, L, w)",
    without=["large"],
    points=2,
    difficulty=2,
    minutes=4,
    slips={
        "x.reshape(*front, L, heads * width) -> x.transpose(-3, -2).reshape(*front, L, -1)": "This "
        "is the *right* merge. After a wrong split it does not give x back: the two are no longer "
        "inverse.",
        "x.reshape(*front, L, heads * width) -> x.reshape(*front, heads * width, L).mT": "Numbers are "
        "transposed; their split moved none, it drew other lines between them.",
    },
    also_right=[
        "x.reshape(*front, L, heads * width) -> x.reshape(*front, L, -1)",
        "x.reshape(*front, L, heads * width) -> x.flatten(-3).unflatten(-1, (L, -1))",
        "x.reshape(*front, L, heads * width) -> x.contiguous().view(*front, L, heads * width)",
    ],
    hints=[
        "In which order do the numbers lie in memory after a reshape? Did their split move any of them?",
        "What undoes a reshape is another reshape. To which shape?",
    ],
)
