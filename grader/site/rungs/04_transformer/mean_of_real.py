"""The mean over real tokens

A batch's sentences are filled up with token 0, the padding. Of each token there is a
loss; return the mean of those whose token is **not** 0.
"""

from grader.site.rung import Rung


def mean_of_real(losses, tokens):
    """losses: L numbers, tokens: L ints, 0 = padding -> the mean over the real ones"""
    real = [loss for loss, token in zip(losses, tokens) if token != 0]
    return sum(real) / len(real)


def sentence(draw, real, padding):
    tokens = [draw.integer(1, 9) for _ in range(real)] + [0] * padding
    return {"losses": [draw.integer(1, 40) / 8 for _ in tokens], "tokens": tokens}


rung = Rung(
    mean_of_real,
    before="padded_loss",
    cases={
        "some padding": lambda draw: sentence(draw, 4, 3),
        "no padding": lambda draw: sentence(draw, 5, 0),
    },
    slips={
        "sum(real) / len(real) -> sum(real) / len(losses)": (
            "The sum is right, and is divided by all tokens: divide by how many are real."
        ),
        "sum(real) / len(real) -> sum(losses) / len(losses)": "The padding counts as well.",
        "sum(real) / len(real) -> sum(real)": "This is the sum; the mean is asked for.",
        "token != 0 -> token == 0": "These are the losses of the padding alone.",
    },
    also_right=[
        "[loss for loss, token in zip(losses, tokens) if token != 0] -> [losses[n] for n in "
        "range(len(tokens)) if tokens[n]]",
    ],
    hints=[
        "First collect the losses that count.",
        "Then divide their sum by how many they are.",
    ],
)
