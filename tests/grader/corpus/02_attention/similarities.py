"""Answers to `similarities`; with each wrong one, what was once said of it by hand."""

import math

import torch
from torch.nn import functional as F

from tests.grader.corpus.collection import Collection

answers = Collection()
wrong, right = answers.wrong, answers.right


@wrong(
    "This compares columns with columns: (d, d) instead of (L, L). It is how alike two features are, not "
    "two patches."
)
def features_compared(x):
    return x.T @ x


@wrong("These are cosines: every row was first made one long. A dot product also counts length.")
def cosines(x):
    unit = F.normalize(x, dim=-1)
    return unit @ unit.T


@wrong("These are affinities: the division by √d comes one step later.")
def already_scaled(x):
    return x @ x.T / math.sqrt(x.shape[-1])


@wrong("Each number is multiplied by itself in place: x * x never brings two different rows together.")
def elementwise(x):
    return x * x


@wrong("Each row is compared with itself only: these are the L numbers of the diagonal.")
def diagonal_only(x):
    return (x * x).sum(-1)


@wrong("These are distances between rows: alike rows get a small number here, not a large one.")
def distances(x):
    return torch.cdist(x, x)


@wrong("The rows have gone through a softmax already; similarities are the raw dot products.")
def already_softmaxed(x):
    return (x @ x.T).softmax(-1)


@wrong("The diagonal is zero: a row has a similarity with itself as well.")
def without_diagonal(x):
    return (x @ x.T).fill_diagonal_(0)


@wrong("The products are averaged over the d features; a dot product is their sum.")
def averaged(x):
    return x @ x.T / x.shape[-1]


@wrong("The sign is lost: a dot product may be negative.")
def absolute(x):
    return (x @ x.T).abs()


@wrong("Everything is multiplied with itself and summed to a single number; a table is asked for.")
def one_number(x):
    return (x * x).sum()


@wrong("These are negative squared distances: the largest they can be is 0, whatever the rows' lengths.")
def negative_squared_distances(x):
    return -((x[:, None] - x[None]) ** 2).sum(-1)


@wrong("These are squared distances between rows: alike rows get a small number here.")
def squared_distances(x):
    return ((x[:, None] - x[None]) ** 2).sum(-1)


@wrong("The last row and the last column are never filled in: the loops stop one row short.")
def one_row_short(x):
    out = x @ x.T
    out[-1], out[:, -1] = 0, 0
    return out


@wrong("Only the pairs above the diagonal are filled in; the table has a diagonal and a lower half.")
def strictly_upper_half(x):
    return (x @ x.T).triu(1)


@wrong("Only the pairs below the diagonal are filled in; the table has a diagonal and an upper half.")
def strictly_lower_half(x):
    return (x @ x.T).tril(-1)


@wrong("The upper half is left at zero: row i compares with later rows as well.")
def lower_half(x):
    return (x @ x.T).tril()


@wrong("The lower half is left at zero: row i compares with earlier rows as well.")
def upper_half(x):
    return (x @ x.T).triu()


@wrong("Every pair of rows is multiplied, but the products are summed over a row, not over d.")
def summed_over_rows(x):
    return (x[:, None] * x[None]).sum(0)


@wrong("Every pair of rows is multiplied, and the d products of each pair are not summed.")
def never_summed(x):
    return x[:, None] * x[None]


@wrong("The mean row is subtracted first: these are covariances, not plain dot products.")
def centred(x):
    x = x - x.mean(0)
    return x @ x.T


@wrong("The mean of each row is subtracted first; a dot product takes the numbers as they are.")
def rows_centred(x):
    x = x - x.mean(-1, keepdim=True)
    return x @ x.T


@wrong("The columns have gone through a softmax already; similarities are the raw dot products.")
def softmaxed_columns(x):
    return (x @ x.T).softmax(0)


@wrong("Each row is divided by its sum; similarities are the raw dot products.")
def rows_as_shares(x):
    table = x @ x.T
    return table / table.sum(-1, keepdim=True)


@wrong("The products of each pair are weighted and gathered already: a table (L, L) is asked for.")
def gathered(x):
    return x @ x.T @ x


@wrong("This is a whole soft look-up: the table of similarities, (L, L), is only its first step.")
def whole_look_up(x):
    return (x @ x.T).softmax(-1) @ x


@wrong("The sign is turned: alike rows get a small number here, not a large one.")
def negated(x):
    return -(x @ x.T)


@wrong("Negative similarities are set to zero; a dot product may be negative.")
def without_negative_ones(x):
    return (x @ x.T).relu()


@wrong("The similarities are squared: their sign is lost, and large ones count too much.")
def squared(x):
    return (x @ x.T) ** 2


@wrong("Only one side was made one long: a dot product takes both rows as they are.")
def one_side_normalised(x):
    return F.normalize(x, dim=-1) @ x.T


@wrong("Only the right side was made one long: a dot product takes both rows as they are.")
def other_side_normalised(x):
    return x @ F.normalize(x, dim=-1).T


@wrong("Each column was made one long first; a dot product takes the numbers as they are.")
def columns_normalised(x):
    unit = F.normalize(x, dim=0)
    return unit @ unit.T


@wrong("These are correlations: each row less its mean, and made one long.")
def correlations(x):
    return torch.corrcoef(x)


@wrong("These are covariances of the rows: each less its mean, and divided by d − 1.")
def covariances(x):
    return torch.cov(x)


@wrong("The first row alone is compared with all rows: one row of the table.")
def first_row_only(x):
    return x @ x[0]


@wrong("The numbers of a row are summed before they are multiplied; a dot product multiplies first.")
def sums_multiplied(x):
    return x.sum(-1)[:, None] * x.sum(-1)


@wrong("The rows are added in pairs where they should be multiplied.")
def added_in_pairs(x):
    return (x[:, None] + x[None]).sum(-1)


@wrong("The similarities are summed over each row: one number for each row, and a table is asked for.")
def table_summed(x):
    return (x @ x.T).sum(-1)


@wrong("This is the exponential of the similarities, a first half of a softmax.")
def exponentials(x):
    return (x @ x.T).exp()


@wrong("The similarities are divided by √d and have gone through a softmax; they come before both.")
def weights_already(x):
    return (x @ x.T / math.sqrt(x.shape[-1])).softmax(-1)


@wrong("There is an axis too many in front; a table (L, L) is asked for.")
def table_with_batch_axis(x):
    return (x @ x.T)[None]


@wrong("The similarities are rounded to whole numbers.", lambda x: (x @ x.T).round())
def rounded_down(x):
    return (x @ x.T).int()


@wrong("Every entry is divided by the number of rows; a dot product is a plain sum.")
def over_the_rows(x):
    return x @ x.T / len(x)


@right
def similarities_einsum(x):
    return torch.einsum("id,jd->ij", x, x)


@right
def similarities_loops(x):
    L = len(x)
    out = torch.zeros(L, L)
    for i in range(L):
        for j in range(L):
            out[i, j] = torch.dot(x[i], x[j])
    return out


@right
def similarities_broadcast(x):
    return (x[:, None] * x[None, :]).sum(-1)


@right
def similarities_double(x):
    return x.double() @ x.double().T


@right
def similarities_linear(x):
    return F.linear(x, x)


@right
def similarities_transposed(x):
    return torch.matmul(x, x.transpose(0, 1)).T  # symmetric, and not contiguous
