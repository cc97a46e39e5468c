"""Sixty per cent of a look

To draw a mask from attention, take the **fewest** patches that together hold the share `mass` of their row's
whole weight: the heaviest first, until that is reached; the patch that reaches it is in. Of equal ones the
first in the row comes first, as `sort(stable=True)` has it. Rows need not sum to one."""

import torch

from grader.exercise import Function


def attention_mass(weights, mass):
    """weights: (..., N), none below 0, mass: 0 … 1 -> (..., N), bool, True: taken"""
    shares = weights / weights.sum(dim=-1, keepdim=True)
    heaviest, order = shares.sort(dim=-1, descending=True, stable=True)
    before = heaviest.cumsum(dim=-1) - heaviest  # held by those in front of each
    taken = before < mass
    return torch.zeros_like(taken).scatter(-1, order, taken)


def _case(*front, mass=0.6, scale=1.0):
    def case(draw):
        N = draw.integer(9, 16)
        return dict(weights=scale * (1.5 * draw.normal(*front, N)).exp(), mass=mass)

    return case


def _exact(mass):
    """Shares with which sums come out exactly, whatever their order."""

    def case(draw):
        halves = torch.tensor([8.0, 4.0, 2.0, 1.0, 1.0])
        rows = torch.stack([halves[draw.shuffled(range(5))] for _ in range(4)])
        return dict(weights=rows / draw.choice([4, 16, 64]), mass=mass)

    return case


def _equal(draw):
    weights = draw.choice([0.25, 1.0, 2.0]) * torch.ones(draw.integer(2, 4), 8)
    return dict(weights=weights, mass=draw.choice([0.25, 0.5, 0.75]))


exercise = Function(
    attention_mass,
    cases={
        "several heads, rows that do not sum to one": _case(3, 4, scale=0.3),
        "less than the heaviest patch": _case(mass=0.05),
        "the mass is reached exactly": _exact(0.75),
        "equal weights": _equal,
        "a mass of 0: no patch": _exact(0.0),
    },
    points=3,
    difficulty=3,
    minutes=9,
    words={"shares": "the shares", "before": "what those in front hold", "taken": "who is in"},
    slips={
        "before < mass -> heaviest.cumsum(dim=-1) <= mass": "The patch that passes the mass is left out: "
        "what is taken holds less than was asked for, but where it comes out exactly.",
        "weights / weights.sum(dim=-1, keepdim=True) -> weights / weights.amax(dim=-1, keepdim=True)": "The "
        "weights are divided by less than their sum: one patch alone holds the mass already.",
        "weights / weights.sum(dim=-1, keepdim=True) -> weights.softmax(dim=-1)": "A softmax is taken of "
        "what are weights already; divide them by their sum.",
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
        "before < mass -> before <= mass": "Where the mass is reached exactly, one more patch is taken: the "
        "fewest are asked for.",
        "torch.zeros_like(taken).scatter(-1, order, taken) -> shares >= heaviest.masked_fill(~taken, 2.0)"
        ".amin(dim=-1, keepdim=True)": "All that weigh as much as the last one needed are taken: of equal "
        "ones, only as many as the mass needs.",
        "before < mass -> heaviest > mass": "`mass` is used as a threshold for each patch alone; it is what "
        "the patches hold together.",
        "before < mass -> heaviest > mass * heaviest[..., :1]": "Each patch is held against a part of the "
        "heaviest; the mass is what they hold together.",
        "before < mass -> (torch.arange(heaviest.shape[-1]) < mass * heaviest.shape[-1])"
        ".expand_as(heaviest)": "This takes that share of the patches; as many as hold that share of the "
        "weight are asked for.",
    },
    also_right=["shares.sort(dim=-1, descending=True, stable=True) -> shares.sort(dim=-1, descending=True)"],
    hints=[
        "sort(descending=True) gives the values and where they came from; cumsum adds them up from the left.",
        "A patch is in if those *in front of it* do not yet hold the mass.",
        "zeros.scatter(-1, order, taken) puts the answers back into the patches' own order.",
    ],
    may_not_call=["course.checkpoints"],
)
