"""A memory of one number

A recurrent network reads one number after the other. Its state begins at 0; at each
step it keeps a share of what it had and adds the number it reads: h ← keep · h + x.
Return all states, one a step.
"""

from grader.site.rung import Rung


def states_of(numbers, keep):
    """numbers: a list, keep: from 0 to 1 -> the state after each number, a list"""
    states = []
    state = 0.0
    for number in numbers:
        state = keep * state + number
        states.append(state)
    return states


def read(draw, n, keep):
    return {"numbers": [draw.integer(1, 9) for _ in range(n)], "keep": keep}


rung = Rung(
    states_of,
    before="recurrent_step",
    cases={
        "half is kept": lambda draw: read(draw, 4, 0.5),
        "nearly all is kept": lambda draw: read(draw, 6, 0.9),
    },
    slips={
        "keep * state + number -> keep * (state + number)": (
            "The number that is read fades at once; only what was there before it does."
        ),
        "keep * state + number -> state + number": (
            "Nothing fades: the old state is to be multiplied by keep."
        ),
        "keep * state + number -> keep * state + (1 - keep) * number": (
            "This is a moving average: here the number comes in whole."
        ),
        "keep * state + number -> keep + number": "keep stands alone; it multiplies the old state.",
    },
    also_right=[
        "keep * state + number -> number + state * keep",
    ],
    hints=[
        "After the first number the state is that number: what was there was 0.",
        "One line in the loop makes the new state of the old one, a second one appends it.",
    ],
)
