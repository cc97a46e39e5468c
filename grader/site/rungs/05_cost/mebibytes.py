"""How much is that in memory?

A tensor in float32 takes four bytes a number. How many MiB, each 2²⁰ bytes, does a
tensor of this shape take?
"""

from grader.site.rung import Rung


def mebibytes(shape):
    """shape: a list of sizes -> MiB in float32"""
    numbers = 1
    for size in shape:
        numbers = numbers * size
    return 4 * numbers / 2**20


def sizes(draw, axes):
    return {"shape": [32 * draw.integer(3, 20) for _ in range(axes)]}


rung = Rung(
    mebibytes,
    before="attention_matrix_bytes",
    cases={
        "a matrix": lambda draw: sizes(draw, 2),
        "four axes": lambda draw: sizes(draw, 4),
    },
    slips={
        "4 * numbers / 2**20 -> numbers / 2**20": (
            "The numbers are counted, not their bytes: each takes four."
        ),
        "4 * numbers / 2**20 -> 4 * numbers / 10**6": (
            "These are megabytes, of 10⁶; a MiB has 2²⁰ = 1,048,576 bytes."
        ),
        "4 * numbers / 2**20 -> 32 * numbers / 2**20": ("32 is the bits of a number; it takes four bytes."),
        "4 * numbers / 2**20 -> 4 * numbers": "These are bytes; divide by 2²⁰.",
        "numbers * size -> numbers + size": ("The sizes are added; a tensor has their product of numbers."),
    },
    also_right=[
        "4 * numbers / 2**20 -> numbers / 1024 * 4 / 1024",
    ],
    hints=[
        "How many numbers are in a tensor of shape [3, 5]?",
        "Times four bytes, over 2**20.",
    ],
)
