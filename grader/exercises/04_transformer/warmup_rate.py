"""A rate that rises, then falls

The paper trains with the learning rate d<sup>−1/2</sup> · min(s<sup>−1/2</sup>, s · w<sup>−3/2</sup>) at
step s, of which the first w are the warm-up; d is the model's width. Write its two branches, d's factor
included, the step at which they meet, and how high the rate is there. (`s**-0.5` and `1/sqrt(s)` are the
same.)
"""

from grader.exercise import Entry, Formulas

exercise = Formulas(
    symbols={"s": "step", "w": "steps of warm-up", "d": "width of a token"},
    entries={
        "rising": Entry(
            "s / (w*sqrt(w)*sqrt(d))",
            slips={"s / (w*sqrt(w))": "The factor d**-0.5 is missing."},
            also_right=["d**-0.5 * s * w**-1.5"],
        ),
        "falling": Entry(
            "1 / sqrt(s*d)",
            slips={"1 / sqrt(s)": "The factor d**-0.5 is missing."},
            also_right=["d**-0.5 * s**-0.5"],
        ),
        "where they meet": Entry("w", slips={"sqrt(w)": "s**1.5 = w**1.5, so s is w itself."}),
        "highest": Entry(
            "1 / sqrt(w*d)",
            slips={"1 / sqrt(w)": "The factor d**-0.5 is missing."},
            also_right=["(d*w)**-0.5"],
        ),
    },
    points=2,
    difficulty=2,
    minutes=5,
    hints=[
        "Which of the two is smaller at s = 1? That branch is the rising one.",
        "Set s**-0.5 = s * w**-1.5 and solve for s; then put that s into either branch.",
    ],
)
