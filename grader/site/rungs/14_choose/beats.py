"""Does one run beat the other?

A run is [cost, accuracy]. It **beats** another if it costs no more and is no worse,
and is cheaper or better. Two equal runs do not beat each other. Return True or False.
"""

from grader.site.rung import Rung


def beats(one, other):
    """one, other: [cost, accuracy] -> whether the first beats the second"""
    no_worse = one[0] <= other[0] and one[1] >= other[1]
    return no_worse and one != other


def run_pair(draw, cheaper, better):
    cost, right = draw.integer(20, 40), draw.integer(50, 80)
    gains = draw.integer(1, 9), draw.integer(1, 9)
    return {"one": [cost - cheaper * gains[0], right + better * gains[1]], "other": [cost, right]}


rung = Rung(
    beats,
    before="frontier",
    cases={
        "cheaper and better": lambda draw: run_pair(draw, 1, 1),
        "cheaper, and as good": lambda draw: run_pair(draw, 1, 0),
        "better, at the same cost": lambda draw: run_pair(draw, 0, 1),
        "cheaper, and worse": lambda draw: run_pair(draw, 1, -1),
        "dearer, and better": lambda draw: run_pair(draw, -1, 1),
        "equal": lambda draw: run_pair(draw, 0, 0),
    },
    slips={
        "no_worse and one != other -> no_worse": (
            "Two equal runs beat each other here: one of the two must be cheaper or better."
        ),
        "no_worse and one != other -> one[0] < other[0] and one[1] > other[1]": (
            "It has to be cheaper *and* better here; one of the two is enough, if the other is equal."
        ),
        "no_worse and one != other -> one[0] < other[0] or one[1] > other[1]": (
            "Cheaper or better is enough here, at whatever price; it must not be worse in the other."
        ),
        "no_worse and one != other -> one[1] > other[1] or (one[1] == other[1] and one[0] < other[0])": (
            "The cost counts only between equals here: a better run that is dearer beats nobody."
        ),
        "one[0] <= other[0] -> one[0] >= other[0]": "The dearer run wins here.",
    },
    also_right=[
        "no_worse and one != other -> no_worse and (one[0] < other[0] or one[1] > other[1])",
    ],
    hints=[
        "Two conditions must both hold: no dearer, no worse.",
        "And they must not be equal.",
    ],
)
