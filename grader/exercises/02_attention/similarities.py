"""All similarities at once

Write the table of all dot products: entry [i, j] compares row i of `x` with row j. One line is enough.
"""

from grader.exercise import Function


def similarities(x):
    """The dot product of every row of x with every row of x.

    x: (L, d) -> (L, L)
    """
    return x @ x.T  # (L, L)


def pair_by_pair(x):
    products = x[:, None] * x[None]  # (L, L, d)
    return products.sum(dim=-1)


exercise = Function(
    similarities,
    points=1,
    difficulty=1,
    minutes=3,
    inputs="x: (L, d)",
    say={"one": "every row is compared with every row"},
    words={"products": "the products of each pair", "x @ x.T": "the table"},
    slips={
        "x @ x.T -> x.T @ x": "This compares columns with columns: (d, d) instead of (L, L). It is how "
        "alike two features are, not two patches.",
        "x @ x.T -> F.normalize(x, dim=-1) @ F.normalize(x, dim=-1).T": "These are cosines: every row was "
        "first brought to unit length. A dot product also counts length.",
        "x @ x.T -> x @ x.T / math.sqrt(x.shape[-1])": "These are affinities: the division by √d comes one "
        "step later.",
        "x @ x.T -> (x * x).sum(-1)": "Each row is compared with itself only: these are the L numbers of "
        "the diagonal.",
        "x @ x.T -> torch.cdist(x, x)": "These are distances between rows: alike rows get a small number "
        "here, not a large one.",
        "x @ x.T -> (x @ x.T).fill_diagonal_(0)": "The diagonal is zero: a row has a similarity with itself "
        "as well.",
        "x @ x.T -> (x @ x.T).tril() + (x @ x.T).triu()": "The diagonal is counted twice: it belongs to the "
        "upper and to the lower triangle.",
        "x @ x.T -> (x - x.mean(0)) @ (x - x.mean(0)).T": "The mean row is subtracted first: these are "
        "covariances, not plain dot products.",
        "x @ x.T -> (x @ x.T).softmax(-1) @ x": "This is a whole soft look-up: the table of similarities, "
        "(L, L), is only its first step.",
        "x @ x.T -> ((x[:, None] - x[None]) ** 2).sum(-1)": "These are squared distances between rows: "
        "alike rows get a small number here.",
    },
    also_right=[pair_by_pair, "x @ x.T -> torch.einsum('id,jd->ij', x, x)"],
    hints=[
        "Entry [i, j] is the dot product of row i with row j: L rows against L rows.",
        "A matrix product takes the dot products of the rows of its left side with the columns of its right "
        "side.",
        "What has to stand on the right, so that its columns are the rows of x?",
    ],
)
