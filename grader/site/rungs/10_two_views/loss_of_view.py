"""Which of them is its twin?

A batch of two images has four views. `similarities` are those of view i with all
four, itself included; `twin` is the number of its twin. The loss of view i is −ln of
its twin's share in a softmax of similarity / t, in which **view i itself does not
stand**.
"""

import math

from grader.site.rung import Rung


def loss_of_view(similarities, i, twin, t):
    """similarities: 4 numbers, i, twin: places, t: temperature -> the loss of view i"""
    powers = [math.exp(similarity / t) for similarity in similarities]
    others = sum(power for place, power in enumerate(powers) if place != i)
    return -math.log(powers[twin] / others)


def view(draw, t):
    i, twin = draw.shuffled(range(4))[:2]
    near = [draw.integer(-6, 8) / 10 for _ in range(4)]
    near[i] = 1.0
    return {"similarities": near, "i": i, "twin": twin, "t": t}


rung = Rung(
    loss_of_view,
    before="contrast_logits",
    cases={
        "temperature one": lambda draw: view(draw, 1.0),
        "temperature one half": lambda draw: view(draw, 0.5),
    },
    slips={
        "sum(power for place, power in enumerate(powers) if place != i) -> sum(powers)": (
            "View i competes with its own twin: its similarity with itself, 1, must be left out."
        ),
        "similarity / t -> similarity * t": (
            "Multiplied by the temperature, where it should be divided: a small t makes differences large."
        ),
        "-math.log(powers[twin] / others) -> math.log(powers[twin] / others)": (
            "The sign: a loss is 0 at best, and else above it."
        ),
        "-math.log(powers[twin] / others) -> -math.log(powers[twin] / (others - powers[twin]))": (
            "The twin is missing below: it is one of those among whom it has to be found."
        ),
        "-math.log(powers[twin] / others) -> powers[twin] / others": (
            "This is the twin's share; the loss is −ln of it."
        ),
        "-math.log(powers[twin] / others) -> -math.log(powers[twin] / others, 2)": (
            "This is in bits; `math.log` alone is ln."
        ),
    },
    also_right=[
        "-math.log(powers[twin] / others) -> math.log(others) - similarities[twin] / t",
    ],
    hints=[
        "math.exp(similarity / t) for each; add up all but view i's.",
        "-math.log(the twin's power / that sum).",
    ],
)
