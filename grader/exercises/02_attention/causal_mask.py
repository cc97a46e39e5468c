"""No looking ahead

Query i may look at itself and at everything before it.
"""

import torch

from grader.exercise import Function


def causal_mask(L):
    """Who may look at whom among L tokens: True where key j is not later than query i.

    L: int -> (L, L), boolean
    """
    return torch.ones(L, L, dtype=torch.bool).tril()


def by_comparison(L):
    places = torch.arange(L)
    queries, keys = places[:, None], places[None, :]
    return keys <= queries


exercise = Function(
    causal_mask,
    points=1,
    difficulty=1,
    minutes=4,
    inputs="L: int 1..9",
    say={"single": "a sequence of one token"},
    same_as="course.attention.causal_mask",
    slips={
        "_x.tril() -> _x.triu()": "It is upside down: each query sees itself and the *future*.",
        "_x.tril() -> _x.tril(-1)": "The diagonal is False: no token may look at itself, and the first may "
        "look nowhere.",
        "_x.tril() -> _x.triu(1)": "True marks what is forbidden here; in this course True means *may "
        "attend*.",
        "_x.tril() -> _x": "Nothing is forbidden: every token may look at every other.",
        "_x.tril() -> _x.tril(1)": "Each token sees one place ahead: the diagonal above the main one is "
        "True, too.",
        "_x.tril() -> torch.eye(L, dtype=torch.bool)": "Each token sees itself and nothing before it.",
        "_x.tril() -> torch.ones(L, dtype=torch.bool)": "This is one row, the last query's; each of the L "
        "queries has a row of its own.",
    },
    also_right=[by_comparison],
    hints=[
        "Row i belongs to query i. Which j may it look at? Draw the 3 × 3 case on paper first.",
        "Row i is True at 0, 1, …, i: a triangle that includes the diagonal.",
        "Begin with a square of True, and look in PyTorch for what keeps the lower triangle of a matrix.",
    ],
    may_not_call=["course.attention"],
)
