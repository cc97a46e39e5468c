"""Which shape comes out?

Two tensors of different shapes meet in a sum. Their shapes are written below each
other, **the last sizes in one line**; where one is shorter, ones are thought in front
of it; a size of 1 is stretched to the other. (Here they always fit.)
"""

from grader.site.rung import Rung


def broadcast_shape(a, b):
    """The shape of the sum of two tensors. a, b: lists of sizes -> a list"""
    longest = max(len(a), len(b))
    a = [1] * (longest - len(a)) + a
    b = [1] * (longest - len(b)) + b
    return [max(one, other) for one, other in zip(a, b)]


def shapes(draw, first, second):
    sizes = dict(zip("ABCD", draw.sizes(4)), o=1)
    return {"a": [sizes[name] for name in first], "b": [sizes[name] for name in second]}


rung = Rung(
    broadcast_shape,
    before="centre_rows",
    cases={
        "as many axes": lambda draw: shapes(draw, "AoC", "oBC"),
        "one has more axes": lambda draw: shapes(draw, "ABC", "oC"),
        "the other has more": lambda draw: shapes(draw, "A", "DoA"),
    },
    slips={
        "[1] * (longest - len(a)) + a -> a + [1] * (longest - len(a))": (
            "The ones stand behind: shapes are lined up at their last sizes, so the ones belong in front."
        ),
        "[max(one, other) for one, other in zip(a, b)] -> [min(one, other) for one, other in "
        "zip(a, b)]": "A 1 wins here; it is the 1 that is stretched to the other size.",
        "[max(one, other) for one, other in zip(a, b)] -> [one * other for one, other in zip(a, b)]": (
            "Sizes are multiplied: a sum of two tensors is as large as the larger one along each axis."
        ),
    },
    also_right=[
        "[max(one, other) for one, other in zip(a, b)] -> [other if one == 1 else one for one, "
        "other in zip(a, b)]",
    ],
    hints=[
        "Write [8, 1, 3] above [5, 3], flush right. What stands above what?",
        "[1] * n is a list of n ones, and lists are joined by +.",
    ],
)
