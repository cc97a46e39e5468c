"""Who is in the window?

n places in a line, numbered from 0. Place i sees the window of k places around it (k
is odd), itself in the middle; what would lie outside the line is not there. Return
the places that it sees, in order.
"""

from grader.site.rung import Rung


def window_of(i, n, k):
    """i: 0 … n - 1, n, k: ints -> a list of places"""
    reach = k // 2
    return list(range(max(0, i - reach), min(n, i + reach + 1)))


def at(draw, where):
    n = draw.integer(7, 9)
    return {"i": {"left": 1, "middle": 3, "right": n - 1}[where], "n": n, "k": draw.choice([5, 7])}


rung = Rung(
    window_of,
    before="window_pairs",
    cases={
        "in the middle": lambda draw: {"i": draw.integer(3, 5), "n": 9, "k": 3},
        "near the left end": lambda draw: at(draw, "left"),
        "at the right end": lambda draw: at(draw, "right"),
    },
    slips={
        "max(0, i - reach) -> i - reach": ("There are no places below 0: at the left end the window is cut."),
        "min(n, i + reach + 1) -> i + reach + 1": (
            "There are no places from n on: at the right end the window is cut."
        ),
        "min(n, i + reach + 1) -> min(n, i + reach)": (
            "The last place of the window is missing: `range` ends before its second number."
        ),
        "k // 2 -> k": "k places to each side; k is the whole window, so k // 2 to each side.",
        "list(range(max(0, i - reach), min(n, i + reach + 1))) -> list(range(max(0, min(i - "
        "reach, n - k)), min(n, max(0, i - reach) + k)))": (
            "The window is moved back into the line where it should be cut."
        ),
    },
    also_right=[
        "list(range(max(0, i - reach), min(n, i + reach + 1))) -> [j for j in range(n) if abs(i "
        "- j) <= reach]",
    ],
    hints=[
        "A window of 5 reaches 2 to each side.",
        "max(0, …) and min(n, …) cut it.",
    ],
)
