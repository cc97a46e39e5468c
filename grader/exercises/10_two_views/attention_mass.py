"""Sixty per cent of a look

To draw a mask from attention, take the **fewest** patches that together hold `mass` of the weight: the
heaviest first, until the mass is reached; the patch that reaches it is in. Rows need not sum to one."""

import torch

from grader.exercise import Function


def attention_mass(weights, mass):
    """weights: (..., N), none below 0, mass: 0 … 1 -> (..., N), bool, True: taken"""
    shares = weights / weights.sum(dim=-1, keepdim=True)
    heaviest, order = shares.sort(dim=-1, descending=True)
    before = heaviest.cumsum(dim=-1) - heaviest  # held by those in front of each
    taken = before < mass
    return torch.zeros_like(taken).scatter(-1, order, taken)


def _case(*front, mass=0.6, scale=1.0):
    def case(draw):
        N = draw.integer(9, 16)
        return dict(weights=scale * (1.5 * draw.normal(*front, N)).exp(), mass=mass)

    return case


exercise = Function(
    attention_mass,
    cases={
        "several heads, rows that do not sum to one": _case(3, 4, scale=0.3),
        "less than the heaviest patch": _case(mass=0.05),
    },
    points=3,
    difficulty=3,
    minutes=9,
    words={"shares": "the shares", "before": "what those in front hold", "taken": "who is in"},
    slips={
        "before < mass -> heaviest.cumsum(dim=-1) < mass": "The patch that reaches the mass is left out: "
        "what is "
        "taken holds less than was asked for.",
        "weights / weights.sum(dim=-1, keepdim=True) -> weights": "The rows are taken to sum to one; "
        "divide by "
        "their sum.",
        "torch.zeros_like(taken).scatter(-1, order, taken) -> taken": "The answer stands in the order of "
        "the "
        "weights: put each back in its patch's place.",
        "torch.zeros_like(taken).scatter(-1, order, taken) -> taken.gather(-1, order)": "gather is the "
        "wrong "
        "way round: `order` says where each *came from*, so scatter puts it back.",
        "shares.sort(dim=-1, descending=True) -> shares.sort(dim=-1)": "The lightest come first.",
    },
    hints=[
        "sort(descending=True) gives the values and where they came from; cumsum adds them up from the left.",
        "A patch is in if those *in front of it* do not yet hold the mass.",
        "zeros.scatter(-1, order, taken) puts the answers back into the patches' own order.",
    ],
    may_not_call=["course.checkpoints"],
)
