"""Either order, another price

Three matrices, p × q, q × r and r × s. Count the multiplications of (A B) C and of A
(B C), and return both. A product of p × q and q × r takes p·q·r of them: q for each
of its p·r numbers.
"""

from grader.site.rung import Rung


def either_order(p, q, r, s):
    """p, q, r, s: sizes -> [multiplications of (A B) C, of A (B C)]"""
    left = p * q * r + p * r * s
    right = q * r * s + p * q * s
    return [left, right]


def four(draw, tall):
    p, q, r, s = draw.sizes(4)
    return {"p": p * tall, "q": q, "r": r * tall, "s": s}


rung = Rung(
    either_order,
    before="linear_attention",
    cases={
        "small ones": lambda draw: four(draw, 1),
        "many tokens": lambda draw: four(draw, 100),
    },
    slips={
        "p * q * r + p * r * s -> p * q * r + q * r * s": (
            "(A B) C: the result of A B is p × r, so the second product is p × r times r × s."
        ),
        "q * r * s + p * q * s -> q * r * s + p * r * s": (
            "A (B C): the result of B C is q × s, so the second product is p × q times q × s."
        ),
        "[left, right] -> [right, left]": "The two have changed places: first (A B) C.",
        "p * q * r + p * r * s -> p * q * r * p * r * s": (
            "The prices of two products are multiplied; they are added."
        ),
    },
    also_right=[
        "p * q * r + p * r * s -> p * r * (q + s)",
    ],
    hints=[
        "A B is a matrix p × r. What does it cost, and what does it cost to multiply it by C?",
        "For A (B C) do B C first: it is q × s.",
    ],
)
