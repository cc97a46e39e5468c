"""A layer of your own

Your own layer: `given.L`, `given.d` and `given.n` are three numbers that only you have. **How many GFLOPs
does layer (b) take at these sizes?** Let Python compute it; one GFLOP is 10⁹ FLOPs.
"""

from grader.catalogue import find
from grader.exercise import Number

# No two slips cost the same anywhere: never L = d, 2d or 3d/2, nor n = 2d, d/3 or d/4, or nearly so.
LENGTHS = (50, 197, 785, 1297)  # patches + CLS
WIDTHS = (192, 384, 768, 1024)
UNITS = (320, 640, 1280, 2560)

exercise = Number(
    points=2,
    difficulty=2,
    minutes=4,
    given=lambda draw: {"L": draw.choice(LENGTHS), "d": draw.choice(WIDTHS), "n": draw.choice(UNITS)},
    value="(8*L*d*n + 4*L**2*n) / 1e9",
    unit="GFLOPs",
    terms_of=find("cost_table").formulas["FLOPs of (b)"],
    slips={
        "4*L*d*n / 1e9": "This is the price of layer (a), the MLP; or that of the projections alone, in "
        "multiply–adds.",
        "4*d*n / 1e9": "This is the number of weights (divided by 10⁹), not that of the FLOPs.",
        "3*(8*L*d*n + 4*L**2*n) / 1e9": "This is a forward and a backward pass; only the forward one is "
        "asked for.",
        "(8*L*d*n + 4*L**2*n) / 2**30": "Giga is 2³⁰ here; for FLOPs it is 10⁹ (2³⁰ is for memory).",
        "(4*L*d*n + 2*L**2*n) / 1e9": "This is in multiply–adds: each of them is two FLOPs.",
    },
    hints=[
        "It is the last formula of your table, with your three numbers in place of the letters. Let Python "
        "do the arithmetic.",
        "Giga is 10⁹: divide by 1e9 at the end.",
    ],
)
