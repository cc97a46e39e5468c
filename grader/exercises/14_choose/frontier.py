"""Which runs are worth their price?

A run is **beaten** where another one costs no more and is no worse, and is cheaper or better. Which runs
are not beaten? Return a tensor of booleans, one for each run. (Economists call the unbeaten ones the Pareto
frontier. Two runs with the same cost and accuracy do not beat each other.)
"""

import torch

from grader.exercise import Function


def frontier(cost, right):
    """cost: (R,), right: (R,), counts -> (R,), True where no run beats it"""
    no_dearer = cost <= cost[:, None]  # (R, R): [i, j], j costs no more than i
    no_worse = right >= right[:, None]
    truly = (cost < cost[:, None]) | (right > right[:, None])
    beaten = (no_dearer & no_worse & truly).any(dim=1)
    return ~beaten


def _case(kind):
    def case(draw):
        R = draw.integer(6, 9)
        cost, right = (torch.tensor([draw.integer(10, 60) for _ in range(R)]) for _ in range(2))
        if kind == "twins":
            cost[1], right[1] = cost[0], right[0]
            cost[2], right[2] = cost[0] * 2, right[0] - 5
        if kind == "one price":
            cost = cost[:1].expand(R).clone()
        if kind == "one accuracy":
            right = right[:1].expand(R).clone()
        if kind == "the dearer, the better":
            cost, right = cost.sort().values, right.sort().values
            order = draw.shuffled(range(R))
            cost, right = cost[order], right[order]
        return dict(cost=cost, right=right)

    return case


exercise = Function(
    frontier,
    cases={
        "any runs": _case("any"),
        "two runs alike": _case("twins"),
        "all cost the same": _case("one price"),
        "all are as good": _case("one accuracy"),
        "the dearer, the better": _case("the dearer, the better"),
    },
    without=["gradient"],
    words={
        "no_dearer": "who costs no more",
        "no_worse": "who is no worse",
        "truly": "who is cheaper or better",
    },
    slips={
        "no_dearer & no_worse & truly -> no_dearer & no_worse": "Each run beats itself: it costs no more, "
        "and is no worse.",
        "no_dearer & no_worse & truly -> (cost < cost[:, None]) & (right > right[:, None])": "Only who is "
        "cheaper *and* better beats; at the same price the better one does, too.",
        "right >= right[:, None] -> right <= right[:, None]": "Accuracy is taken for an error: the lower, "
        "the better.",
        "cost <= cost[:, None] -> cost >= cost[:, None]": "It is the dearer ones that beat.",
        "(no_dearer & no_worse & truly).any(dim=1) -> (no_dearer & no_worse & truly).any(dim=0)": "The "
        "table is read along the other axis: it finds who beats nobody.",
        "return ~beaten -> return beaten": "It marks the ones that are beaten.",
        "return ~beaten -> return right == right.max()": "Only the best run of all is left; a cheap one "
        "that is nearly as good is worth its price, too.",
    },
    points=3,
    difficulty=3,
    minutes=8,
    hints=[
        "Compare each run with each: cost <= cost[:, None] is a table in which row i tells who costs no "
        "more than i.",
        "Three tables joined with &, then .any along a row. Does a run beat itself in yours?",
    ],
)
