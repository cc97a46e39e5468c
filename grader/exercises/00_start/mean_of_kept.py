"""The mean of some

`keep` says, True or False, which of the L vectors count. Return the mean of those. At least one is kept.
"""

from grader.exercise import Function


def mean_of_kept(x, keep):
    """The mean of what is kept. x: (..., L, d), keep: (..., L), boolean -> (..., d)"""
    chosen = x * keep[..., None]  # (..., L, d), zeros where not kept
    count = keep.sum(dim=-1, keepdim=True)  # (..., 1)
    return chosen.sum(dim=-2) / count  # (..., d)


exercise = Function(
    mean_of_kept,
    points=2,
    difficulty=2,
    minutes=5,
    inputs="x: (*, L, d)  keep: bool (*, L)",
    say={"one": "one sequence of vectors, some of them kept"},
    words={"chosen": "the vectors that are kept", "count": "how many are kept"},
    slips={
        "keep.sum(dim=-1, keepdim=True) -> keep.shape[-1]": "The sum is divided by all L, kept or not.",
        "x * keep[..., None] -> x": "The mask is read for the count only: vectors that are not kept are "
        "added, too.",
        "keep[..., None] -> ~keep[..., None]": "The mask is read upside down: True means that a vector "
        "counts.",
        "chosen.sum(dim=-2) -> chosen.sum(dim=-1)": "The sum runs over the d numbers of a vector, not over "
        "the L "
        "vectors.",
        "chosen.sum(dim=-2) / count -> chosen.sum(dim=-2)": "This is the sum; nothing divides it by how many "
        "there are.",
    },
    also_right=[
        "x * keep[..., None] -> x.masked_fill(~keep[..., None], 0)",
        "x * keep[..., None] -> torch.where(keep.unsqueeze(-1), x, 0.0)",
        "chosen.sum(dim=-2) -> (keep[..., None, :].to(x.dtype) @ x)[..., 0, :]",
    ],
    hints=[
        "x has one axis more than keep. Where does keep need one of length 1, so that (..., L, d) and it "
        "fit?",
        "True counts as 1 and False as 0, in a product as in a sum.",
        "Three steps: zero what is not kept, add up over the axis of length L, divide by how many are kept.",
    ],
)
