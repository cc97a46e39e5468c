"""A branch that is sometimes not there

Stochastic depth: a residual block adds its branch for some images of the batch and leaves it out for the
others. `kept` says for which it is there; each is left out with probability `rate`. Scale the branch so that
what is added is, **on average over the draws**, the branch itself. Nothing is drawn here, and it is no
dropout: an image's branch is there whole, or not at all.
"""

from grader.exercise import Function


def drop_path(x, branch, kept, rate):
    """x, branch: (B, L, d), kept: (B,) bool, rate: a float, 0 … below 1 -> (B, L, d)"""
    factor = kept / (1 - rate)  # (B,): 0, or more than 1
    return x + factor[:, None, None] * branch


def _case(rate=None, kept=None, cubic=False):
    def case(draw):
        B, L, d = draw.sizes(3)
        B, L, d = (4, 4, 4) if cubic else (B, L, d)
        there = draw.normal(B) > 0
        return {
            "x": draw.normal(B, L, d),
            "branch": draw.normal(B, L, d),
            "kept": there if kept is None else there | kept,
            "rate": draw.integer(2, 7) / 10 if rate is None else rate,
        }

    return case


exercise = Function(
    drop_path,
    cases={
        "some are left out": _case(),
        "all axes of one size": _case(cubic=True),
        "none is left out": _case(kept=True),
        "a rate of 0": _case(rate=0.0, kept=True),
    },
    words={"factor": "the factor of the branch"},
    slips={
        "kept / (1 - rate) -> kept": "Nothing is scaled: in training the branch is smaller on average than "
        "at evaluation, where all are there.",
        "kept / (1 - rate) -> kept / kept.float().mean()": "It is divided by how many *were* kept in this "
        "batch: an image then depends on the others, and where none is kept, on 0. Take the probability.",
        "kept / (1 - rate) -> kept * (1 - rate)": "It is multiplied where it should be divided: what is "
        "there must make up for what is left out.",
        "kept / (1 - rate) -> kept / rate": "Divide by the probability of being *there*, 1 − rate.",
        "x + factor[:, None, None] * branch -> factor[:, None, None] * (x + branch)": "x is left out and "
        "scaled, too: the image would be gone, where only the branch should be.",
        "x + factor[:, None, None] * branch -> factor[:, None, None] * branch": "The residual, x, is "
        "missing.",
        "factor[:, None, None] -> factor": "The factor is laid along the channels, not along the images.",
        "kept / (1 - rate) -> ~kept / (1 - rate)": "True means that the branch is there.",
    },
    points=3,
    difficulty=1,
    minutes=6,
    hints=[
        "With probability rate it adds 0, else c · branch. For which c is the mean the branch?",
        "One factor an image: kept is (B,), the branch (B, L, d).",
    ],
    may_not_call=["course.layers", "F.dropout", "torch.dropout"],
)
