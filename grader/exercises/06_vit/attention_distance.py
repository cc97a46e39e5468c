"""How far does a head look?

The mean distance, in patches, between a patch and what it attends to, weighted by the attention. CLS lies
nowhere: leave its row and its column out, and make each row of the rest **sum to one again**. Then the
distance of two patches is the straight line between their places; average over all patches that ask.
"""

import torch

from grader.exercise import Function


def attention_distance(weights, side):
    """weights: (..., 1 + side², 1 + side²), CLS first; side: int -> (...)"""
    among = weights[..., 1:, 1:]  # (..., N, N)
    shares = among / among.sum(dim=-1, keepdim=True)
    place = torch.arange(side * side)
    row, column = place // side, place % side  # (N,) each
    apart = torch.hypot(row[:, None] - row + 0.0, column[:, None] - column + 0.0)  # (N, N)
    each = (shares * apart).sum(dim=-1)  # (..., N)
    return each.mean(dim=-1)


def by_cdist(weights, side):
    places = torch.cartesian_prod(torch.arange(side), torch.arange(side)).float()
    among = weights[..., 1:, 1:]
    return ((among * torch.cdist(places, places)).sum(-1) / among.sum(-1)).mean(-1)


def _case(side, *front, to_cls=0.0):
    def case(draw):
        N = side**2
        scores = 2 * draw.normal(*front, 1 + N, 1 + N)
        scores[..., 0] += to_cls
        return dict(weights=scores.softmax(dim=-1), side=side)

    return case


exercise = Function(
    attention_distance,
    cases={
        "one head": _case(3),
        "several heads": _case(4, 3),
        "layers of heads": _case(3, 2, 5),
        "a head that looks at CLS nearly alone": _case(3, to_cls=7.0),
    },
    points=4,
    difficulty=3,
    minutes=10,
    words={"among": "the weights among patches", "shares": "the shares", "apart": "the distances"},
    slips={
        "among / among.sum(dim=-1, keepdim=True) -> among": "The rows no longer sum to one once CLS is "
        "left out: "
        "divide each by its sum.",
        "among / among.sum(dim=-1, keepdim=True) -> among.softmax(dim=-1)": "They are weights already: "
        "divide each row by its sum, without a second softmax.",
        "among / among.sum(dim=-1, keepdim=True) -> among / among.sum(dim=-2, keepdim=True)": "The columns "
        "are "
        "made to sum to one; rows are asked for, what each patch gives away.",
        "torch.hypot(row[:, None] - row + 0.0, column[:, None] - column + 0.0) -> "
        "((row[:, None] - row).abs() + (column[:, None] - column).abs())": "Rows and columns are added up, "
        "as a "
        "taxi drives; the straight line is asked for.",
        "torch.hypot(row[:, None] - row + 0.0, column[:, None] - column + 0.0) -> "
        "((row[:, None] - row) ** 2 + (column[:, None] - column) ** 2)": "The distance is squared: the "
        "root is "
        "missing.",
        "torch.hypot(row[:, None] - row + 0.0, column[:, None] - column + 0.0) -> "
        "(place[:, None] - place).abs()": "This is the distance in the sentence; patches lie on a grid.",
        "each.mean(dim=-1) -> each.sum(dim=-1)": "The patches that ask are added up: take their mean.",
        "weights[..., 1:, 1:] -> weights[..., :-1, :-1]": "The last patch is left out, and CLS is kept: "
        "CLS comes "
        "first.",
    },
    also_right=[by_cdist],
    hints=[
        "Patch n lies in row n // side and column n % side.",
        "row[:, None] - row is the table of all differences, (N, N). Then the root of two squares.",
        "For each patch that asks: the sum over keys of share · distance. Then the mean over patches.",
    ],
)
