"""A table of your own

x has the shape (`given.B`, `given.N`, `given.d`) and y (`given.B`, `given.M`, `given.d`), both float32.
How many MiB does the table `overlaps(x, y)` take?
"""

from grader.exercise import Number

exercise = Number(
    given=lambda draw: {
        "B": draw.integer(8, 40),
        "N": draw.integer(200, 900),
        "M": draw.integer(1000, 2000),
        "d": draw.integer(64, 512),
    },
    value="4 * B * N * M / 2**20",
    unit="MiB",
    points=1,
    difficulty=1,
    minutes=2,
    slips={
        "B * N * M / 2**20": "These are the numbers in it; each of them takes four bytes.",
        "4 * N * M / 2**20": "This is the table of one example; there are B of them.",
        "4 * B * N * M * d / 2**20": "d is summed over: it is in no shape of the result.",
        "4 * B * N * M / 10**6": "These are MB, of 10⁶ bytes; a MiB has 2²⁰.",
    },
    hints=[
        "Which shape has the table? How many numbers are in it?",
        "A number in float32 takes four bytes, and a MiB is 2**20 bytes.",
    ],
)
