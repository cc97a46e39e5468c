"""How slow is the teacher?

Behind each step the teacher keeps the share `given.m` of itself and takes the rest of the student. **After
how many steps is only half of what it is now left in it?** (A number that need not be whole.)"""

from grader.exercise import Number

exercise = Number(
    given=lambda draw: {"m": draw.integer(9700, 9980) / 10000},
    value="log(0.5) / log(m)",
    unit="steps",
    slips={
        "1 / (1 - m)": "That is how long the mean remembers; half is gone earlier, by a factor of ln 2.",
        "0.5 / (1 - m)": "Each step takes its share of what is *left*: powers, not sums.",
        "log(0.5) / log(1 - m)": "m is what stays at each step, and 1 − m what goes.",
        "log(2) / log(m)": "The sign is turned: half is 0.5.",
    },
    points=1,
    difficulty=1,
    minutes=4,
    hints=["After one step m is left, after two steps m². After k?", "Solve m**k = 1/2 by logarithms."],
)
