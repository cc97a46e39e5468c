"""The matrix that takes k steps

Write the matrix R with **PE(p + k) = R PE(p) for every p**. Each pair of channels (2i, 2i + 1) turns by its
own angle, w·k with w = 10,000^(−2i/d); pairs do not mix. d is even; k may be negative.
"""

import math

import torch

from grader.exercise import Function


def shift_rotation(k, d):
    """R with PE(p + k) = R PE(p), PE as a column. k, d: int -> (d, d)"""
    even = torch.arange(0, d, 2)
    turn = k / 10_000 ** (even / d)  # (d / 2,), the angle of each pair
    R = torch.zeros(d, d)
    R[even, even] = turn.cos()
    R[even, even + 1] = turn.sin()  # sin(a + b) = cos b · sin a + sin b · cos a
    R[even + 1, even] = -turn.sin()  # cos(a + b) = −sin b · sin a + cos b · cos a
    R[even + 1, even + 1] = turn.cos()
    return R


def by_blocks(k, d):
    turn = k * 10_000 ** (-torch.arange(0, d, 2) / d)
    c, s = turn.cos(), turn.sin()
    blocks = torch.stack([torch.stack([c, s], dim=-1), torch.stack([-s, c], dim=-1)], dim=-2)  # (d / 2, 2, 2)
    return torch.block_diag(*blocks)


def by_exponential(k, d):
    R = torch.eye(d)
    for i in range(0, d, 2):
        angle = k * torch.exp(torch.tensor(-math.log(10_000) * i / d))
        R[i, i], R[i, i + 1] = angle.cos(), angle.sin()
        R[i + 1, i], R[i + 1, i + 1] = -angle.sin(), angle.cos()
    return R


def _case(low, high):
    return lambda draw: dict(k=draw.integer(low, high), d=2 * draw.integer(2, 6))


exercise = Function(
    shift_rotation,
    cases={
        "some steps on": _case(2, 9),
        "one pair": lambda draw: dict(k=draw.integer(1, 9), d=2),
        "steps back": _case(-9, -2),
        "no step": _case(0, 0),
        "many steps": lambda draw: dict(k=draw.integer(500, 600), d=6),  # what float32 still tells apart,
    },
    points=4,
    difficulty=4,
    minutes=12,
    words={"turn": "the angles"},
    slips={
        "turn.sin() -> -turn.sin() ;; -turn.sin() -> turn.sin()": "It turns the wrong way: R PE(p) is "
        "PE(p − k), or R is meant for rows, PE(p) R.",
        "-turn.sin() -> turn.sin()": "Both sines are positive: that is no rotation. Look at cos(a + b).",
        "k / 10_000 ** (even / d) -> k / 10_000 ** (even / 2 / d)": "The exponent is i/d; it is 2i/d.",
        "k / 10_000 ** (even / d) -> 0 * even": "Nothing turns: it is the identity, whatever k is.",
        "k / 10_000 ** (even / d) -> k + 0 * even": "Every pair turns by the same angle; each has its own w.",
    },
    also_right=[by_blocks, by_exponential],
    hints=[
        "One pair first, d = 2. Write sin(p + k) with sin p and cos p; the two factors are R's first row.",
        "sin(a + b) = sin a cos b + cos a sin b, cos(a + b) = cos a cos b − sin a sin b.",
        "For more pairs: the same 2 × 2 block along the diagonal, each with its own angle. R[even, even + 1] "
        "reaches all upper right corners at once.",
    ],
)
