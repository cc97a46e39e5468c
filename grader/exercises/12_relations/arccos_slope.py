"""How steep is arccos, near 1?

arccos′(c) = −1 / √(1 − c²). A vector of length `given.length` and **itself**, by the formula above with ε =
`given.eps`. How large is |arccos′| at that cosine?
"""

from grader.exercise import Number

exercise = Number(
    given=lambda draw: {"length": draw.integer(4, 12), "eps": draw.integer(1, 9) / 1e4},
    value="1 / sqrt(1 - (length**2 / (length**2 + eps))**2)",
    slips={
        "-1 / sqrt(1 - (length**2 / (length**2 + eps))**2)": "This is the slope with its sign: asked is how "
        "large it is.",
        "1 / (1 - (length**2 / (length**2 + eps))**2)": "The root is missing.",
        "1 / sqrt(1 - (length / (length + eps))**2)": "u·u is the length squared, and so is ‖u‖‖u‖.",
        "1 / sqrt(1 - length**2 / (length**2 + eps))": "The cosine is squared under the root.",
        "sqrt(1 - (length**2 / (length**2 + eps))**2)": "This is one over it.",
        "math.acos(length**2 / (length**2 + eps))": "This is the angle, not the slope at it.",
        "math.inf": "The cosine was taken for 1: with ε in the denominator it is a little below, "
        "which float32 may round away.",
    },
    points=2,
    difficulty=2,
    minutes=7,
    hints=[
        "First the cosine: u·u is ‖u‖², and ε is added below. It is a little less than 1.",
        "Then 1 − c², its root, and one over it. Without ε it would be infinite.",
    ],
)
