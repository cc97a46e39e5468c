"""How large is the result?

A row of n pixels, p zeros at each end, a kernel k wide, s pixels from one place to the next. **How many
places are there?** `floor(…)` rounds down.
"""

from grader.exercise import Formula

exercise = Formula(
    symbols={"n": "pixels in a row", "k": "width of the kernel", "s": "stride", "p": "zeros at each end"},
    unit="places",
    reference="floor((n + 2*p - k)/s) + 1",
    points=1,
    difficulty=1,
    minutes=3,
    slips={
        "(n + 2*p - k)/s + 1": "It is not rounded down: a place that would reach over the end is left out.",
        "floor((n + 2*p - k)/s)": "The first place is missing: it needs no step to be reached.",
        "floor((n + p - k)/s) + 1": "The zeros are counted at one end only.",
        "floor((n - k)/s) + 1": "The zeros at the ends are left out.",
        "floor((n + 2*p)/s)": "The kernel's width is left out: it must fit in whole.",
        "n + 2*p - k + 1": "The stride is left out.",
        "ceil((n + 2*p - k)/s) + 1": "It is rounded up: the last place would reach over the end.",
        "floor((n + 2*p - k + 1)/s)": "The 1 is divided by the stride, too: the first place is there "
        "whatever the stride.",
    },
    also_right=["floor((n + 2*p - k + s)/s)"],
    hints=[
        "How long is the row with its zeros, and how far can the kernel's left end move in it?",
        "The left end moves n + 2p − k pixels at most, s in each step. How many steps are that?",
        "Whole steps only, and one place more than steps.",
    ],
)
