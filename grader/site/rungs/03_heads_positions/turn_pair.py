"""A pair on a circle

Turn the point (x, y) about 0 by an angle, against the clock: x′ = x·cos − y·sin and
y′ = x·sin + y·cos. Turned so by the angle −k, (sin p, cos p) becomes (sin(p + k),
cos(p + k)): a sinusoidal position, k places on.
"""

import math

from grader.site.rung import Rung


def turn_pair(x, y, angle):
    """x, y: numbers, angle: in radians -> [x', y']"""
    c, s = math.cos(angle), math.sin(angle)
    return [x * c - y * s, x * s + y * c]


def point(draw, turn):
    return {"x": draw.integer(1, 9), "y": draw.integer(-9, -1), "angle": turn + draw.integer(1, 9) / 10}


rung = Rung(
    turn_pair,
    before="shift_rotation",
    cases={
        "a small turn": lambda draw: point(draw, 0.0),
        "more than a half turn": lambda draw: point(draw, 3.5),
    },
    slips={
        "x * c - y * s -> x * c + y * s": (
            "One sign is wrong: x′ = x·cos − y·sin. With a plus the point is stretched, not turned."
        ),
        "[x * c - y * s, x * s + y * c] -> [x * c + y * s, y * c - x * s]": (
            "It turns with the clock; the sines have the other signs."
        ),
        "math.cos(angle), math.sin(angle) -> math.sin(angle), math.cos(angle)": (
            "Sine and cosine have changed places."
        ),
        "math.cos(angle), math.sin(angle) -> math.cos(math.radians(angle)), "
        "math.sin(math.radians(angle))": "The angle is in radians already, as `math` takes it.",
    },
    also_right=[
        "x * c - y * s -> c * x + -s * y",
    ],
    hints=[
        "With angle 0 the point must stay: cos 0 is 1, sin 0 is 0.",
        "A quarter turn takes (1, 0) to (0, 1).",
    ],
)
