"""A histogram of three pixels, by hand

A cell has three pixels at which the brightness changes: their gradients (∂x, ∂y) are (a, b), (−2a, −2b) and
(c, −d), with the values in `given`. Each votes with the length of its gradient, for one of nine bins of 20°,
the first from 0° on: they fill 180°, as an edge from dark to light counts as the one from light to dark. Then
the histogram is divided by its length, the root of its summed squares. What stands in **the bin of the first
pixel**?
"""

from grader.exercise import Number

SLIPS = {
    "sqrt(a**2 + b**2) / sqrt(5 * (a**2 + b**2) + c**2 + d**2)": "The first two pixels have bins of their "
    "own here: their gradients are opposite, so they share one.",
    "3 * sqrt(a**2 + b**2) / (3 * sqrt(a**2 + b**2) + sqrt(c**2 + d**2))": "The histogram is divided by its "
    "sum; its length is the root of the summed squares.",
    "3 * sqrt(a**2 + b**2)": "The histogram is not divided by its length yet.",
    "2 / sqrt(5)": "Each pixel votes with 1; it votes with the length of its gradient.",
    "sqrt(c**2 + d**2) / sqrt(9 * (a**2 + b**2) + c**2 + d**2)": "This is the other bin, the third pixel's.",
    "sqrt(a**2 + b**2) / sqrt((a**2 + b**2) + c**2 + d**2)": "Opposite votes are taken off each other: "
    "lengths have no sign, and add up to three.",
}


def given(draw):
    """Two directions that share no bin: below 45°, and above 135°."""
    b, d = draw.integer(1, 4), draw.integer(1, 4)
    return {"a": draw.integer(5, 8), "b": b, "c": draw.integer(9, 14), "d": d}


exercise = Number(
    given=given,
    value="3 * sqrt(a**2 + b**2) / sqrt(9 * (a**2 + b**2) + c**2 + d**2)",
    slips=SLIPS,
    points=2,
    difficulty=2,
    minutes=8,
    hints=[
        "How many bins have got votes? The second gradient is the first, turned round and twice as long.",
        "The first bin has 1 + 2 = 3 lengths of (a, b); the other one length of (c, d).",
    ],
)
