"""A whole recurrence

Read a sequence with your `recurrent_step`, from a state of zeros on, and return the states after every token.
"""

import torch

from grader.catalogue import reference
from grader.exercise import Function

recurrent_step = reference("recurrent_step")


def recurrence(x, wx, wh, b):
    """The state after each token.

    x: (..., L, d), wx: (d, n), wh: (n, n), b: (n,) -> (..., L, n)
    """
    h = x.new_zeros(*x.shape[:-2], wh.shape[0])  # (..., n)
    states = []
    for token in x.unbind(dim=-2):  # (..., d) each
        h = recurrent_step(token, h, wx, wh, b)
        states.append(h)
    return torch.stack(states, dim=-2)  # (..., L, n)


exercise = Function(
    recurrence,
    inputs="x: (*, L, d)  wx: (d, n)  wh: (n, n)  b: (n)",
    without=["large"],
    points=3,
    difficulty=2,
    minutes=8,
    words={"states": "the states"},
    slips={
        "return torch.stack(states, dim=-2) -> return h": "Only the last state comes back; the states after "
        "all tokens are asked for.",
        "x.unbind(dim=-2) -> x.flip(-2).unbind(dim=-2)": "The sequence is read from its end.",
        "h = recurrent_step(token, h, wx, wh, b) -> "
        "h = recurrent_step(token, torch.zeros_like(h), wx, wh, b)": "Each step starts from a state of "
        "zeros: no token hears of those before it.",
        "x.new_zeros(_a, _b) -> x.new_ones(_a, _b)": "It starts from a state of ones, not of zeros.",
    },
    hints=[
        "A loop over the tokens, x[..., i, :] for i in range(L). What has to survive from one turn to the "
        "next?",
        "h starts as zeros of the shape (..., n); x.shape[:-2] is what stands in front. Keep each in a list.",
        "torch.stack(states, dim=-2) puts the list back into an axis, before the last.",
    ],
    may_not_call=[".RNN", ".RNNCell"],
)
