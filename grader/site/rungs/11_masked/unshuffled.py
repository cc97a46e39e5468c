"""Back where they came from

The values of some patches were taken in an order of their own: `values[n]` belongs to
patch `order[n]`. Put each where its patch is; every patch occurs once. With values
[7, 8, 9] and order [2, 0, 1]: [8, 9, 7].
"""

from grader.site.rung import Rung


def unshuffled(values, order):
    """values, order: N each -> the values by patch, a list"""
    places = [None] * len(values)
    for value, patch in zip(values, order):
        places[patch] = value
    return places


def mixed(draw, N):
    order = [*range(1, N), 0] if draw.integer(0, 1) else [N - 1, *range(N - 1)]
    first, *others = order
    return {"values": [draw.integer(10, 99) for _ in order], "order": [*others[1:], first, others[0]]}


rung = Rung(
    unshuffled,
    before="back_in_place",
    cases={
        "four patches": lambda draw: mixed(draw, 4),
        "seven patches": lambda draw: mixed(draw, 7),
    },
    slips={
        "return places -> return [values[place] for place in order]": (
            "It takes by the order again, which mixes them a second time: put *at* place order[n], "
            "do not take from it."
        ),
        "return places -> return sorted(values)": (
            "The values are sorted by their size; by their patches they should be."
        ),
    },
    also_right=[
        "return places -> return [values[order.index(patch)] for patch in range(len(order))]",
    ],
    hints=[
        "Begin with a list of N empty places.",
        "for value, patch in zip(values, order): where does the value go?",
    ],
)
