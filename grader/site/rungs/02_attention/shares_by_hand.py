"""From scores to shares

Softmax of a list: e to the power of each score, divided by the sum of them all. Write it
so that [1000, 1000] gives [0.5, 0.5] and not an error: the shares stay the same when the
same number is taken from every score.
"""

import math

from grader.site.rung import Rung


def shares_by_hand(scores):
    """Softmax of a list of scores -> a list of positive numbers that sum to one"""
    largest = max(scores)
    powers = [math.exp(score - largest) for score in scores]
    return [power / sum(powers) for power in powers]


def around(draw, middle, *others):
    return {"scores": [middle + draw.integer(-4, 4) / 2 for _ in range(3)] + list(others)}


rung = Rung(
    shares_by_hand,
    before="softmax_rows",
    cases={
        "four scores": lambda draw: around(draw, 0.0, 2.5),
        "large scores": lambda draw: around(draw, 1000.0, 1003.5, 999.0),
    },
    slips={
        "power / sum(powers) -> power": "The powers are not divided by their sum.",
        "[power / sum(powers) for power in powers] -> [score / sum(scores) for score in scores]": (
            "The scores themselves are divided by their sum: without the power of e, a negative score "
            "gets a negative share."
        ),
        "power / sum(powers) -> power / len(powers)": (
            "Divided by how many there are, where it should be their sum."
        ),
        "score - largest -> largest - score": (
            "The sign is turned round: the largest score gets the smallest share."
        ),
    },
    also_right=["sum(powers) -> sum([math.exp(other - largest) for other in scores])"],
    hints=[
        "math.exp(1000) is too large for a number. math.exp(0) is 1.",
        "Take the largest score from each before math.exp: then none of them is above 0.",
    ],
)
