"""What a stack of layers holds

`widths` are the widths of a network of fully connected layers, from its input to its
output: [4, 8, 2] is a layer from 4 to 8 and one from 8 to 2. Each has a weight for
every pair of input and output, and a bias for every output. How many numbers are that
in all?
"""

from grader.site.rung import Rung


def count_weights(widths):
    """widths: a list of at least two -> how many weights and biases"""
    total = 0
    before = widths[0]
    for after in widths[1:]:
        total += before * after + after
        before = after
    return total


def stack(draw, n):
    return {"widths": [4 * draw.integer(1, 12) + n for n in range(n)]}


rung = Rung(
    count_weights,
    before="vit_parameters",
    cases={
        "one layer": lambda draw: stack(draw, 2),
        "four layers": lambda draw: stack(draw, 5),
    },
    slips={
        "before * after + after -> before * after": "The biases are missing: one for every output.",
        "before * after + after -> before * after + before": (
            "A bias belongs to every output; here there is one for every input."
        ),
        "before * after + after -> before * after + 1": (
            "There is one bias a layer here; there is one for every output."
        ),
        "before * after + after -> before * after + before + after": (
            "Inputs have no biases of their own; outputs alone do."
        ),
    },
    also_right=[
        "before * after + after -> (before + 1) * after",
    ],
    hints=[
        "A layer from 4 to 8: 4 · 8 weights and 8 biases.",
        "Go through the widths, and remember the one before.",
    ],
)
