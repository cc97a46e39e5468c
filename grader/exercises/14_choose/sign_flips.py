"""If it were only luck

If two methods were equally good, each difference of a pair might as well have had the other sign. Go
through all 2ᴾ ways to choose the signs of P differences, none drawn at random, and return the share of them
whose mean is **at least as far from 0**, to either side, as the mean that was found. (Allow 1e-4: means that
are equal may differ in their last digit.) This is the exact sign-flip test.
"""

import torch

from grader.exercise import Function


def sign_flips(apart):
    """apart: (P,) differences, P from 2 to 10 -> the share, a number of 0 … 1"""
    P = len(apart)
    numbers = torch.arange(2**P)
    signs = 1 - 2 * (numbers[:, None] >> torch.arange(P) & 1)  # (2ᴾ, P), 1 or −1
    means = (signs * apart).mean(dim=-1)  # (2ᴾ,)
    far = means.abs() >= apart.mean().abs() - 1e-4
    return far.double().mean()


def by_product(apart):
    signs = torch.cartesian_prod(*[torch.tensor([1.0, -1.0])] * len(apart))
    return ((signs @ apart).abs() >= apart.sum().abs() - 1e-3).double().mean()


def _case(kind, least=3, most=7):
    def case(draw):
        P = draw.integer(least, most)
        size = 1 + torch.tensor(draw.shuffled(range(P)), dtype=torch.float32)
        sign = torch.ones(P)
        if kind == "mixed":
            sign[: 1 + P // 3] = -1
        if kind == "all lower":
            sign = -sign
        if kind == "ties":
            size, sign[0] = torch.full((P,), 2.0), -1
        return dict(apart=size * sign)

    return case


def _rounded(draw):
    """Tenths whose means are equal, and told apart by rounding."""
    while True:
        P = draw.integer(5, 7)
        signs = torch.tensor([draw.choice((-1.0, 1.0)) for _ in range(P)])
        apart = signs * torch.tensor([draw.integer(1, 9) for _ in range(P)]) / 10
        found = (torch.cartesian_prod(*[torch.tensor([1.0, -1.0])] * P) * apart).mean(dim=-1).abs()
        if (found >= apart.mean().abs()).double().mean() < sign_flips(apart) < 1:
            return dict(apart=apart)


exercise = Function(
    sign_flips,
    cases={
        "all in favour": _case("all higher"),
        "all against": _case("all lower"),
        "some in favour, some against": _case("mixed", least=5),
        "equal sizes": _case("ties", least=4),
        "tenths, which round": _rounded,
    },
    without=["gradient"],
    words={"means": "the means with other signs", "far": "the means that are as far from 0"},
    slips={
        "means.abs() >= apart.mean().abs() - 1e-4 -> means >= apart.mean() - 1e-4": "Only one side is "
        "counted; a difference as large the other way would have surprised as much.",
        "means.abs() >= apart.mean().abs() - 1e-4 -> means.abs() > apart.mean().abs() + 1e-4": "What was "
        "found is not counted itself: *at least* as far.",
        "means.abs() >= apart.mean().abs() - 1e-4 -> means.abs() >= apart.mean().abs()": "Equal means are "
        "told apart by their last digit; 1e-4 is to be allowed.",
        "far.double().mean() -> (far.double().sum() + 1) / (2**P + 1)": "One is added above and below: that "
        "is for flips drawn at random. All 2ᴾ are gone through here, and what was found is one of them.",
        "far.double().mean() -> 2 * far.double().mean()": "It is doubled; both sides are counted already.",
        "far.double().mean() -> far.double().sum()": "It counts them; the share is asked for.",
        "far.double().mean() -> 1 - far.double().mean()": "This is the share of those *nearer* to 0.",
        "means.abs() >= apart.mean().abs() - 1e-4 -> means.abs() >= apart.abs().mean() - 1e-4": "It "
        "compares with the mean of the sizes; the signs that were found are lost.",
    },
    also_right=[by_product],
    points=4,
    difficulty=4,
    minutes=10,
    hints=[
        "For P = 2 the signs are (+, +), (+, −), (−, +), (−, −). torch.cartesian_prod makes such a table.",
        "Both −2.1 and 2.1 are as far from 0 as 2.1. And what was found is one of the 2ᴾ.",
    ],
)
