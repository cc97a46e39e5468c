"""Two places by hand

For d = 4, PE(p) = [sin p, cos p, sin(p/100), cos(p/100)]. `given.p` and `given.q` are two places of your own.
What is the dot product PE(p)·PE(q)? Angles are in radians, as in `math.sin`.
"""

import itertools
import math

from grader.exercise import Number


def product(p, q):
    fast = math.sin(p) * math.sin(q) + math.cos(p) * math.cos(q)
    slow = math.sin(p / 100) * math.sin(q / 100) + math.cos(p / 100) * math.cos(q / 100)
    return fast + slow


SLIPS = {
    "math.cos(p - q)": "This is the first pair, sin p and cos p; the slow pair is still to be added.",
    "math.cos((p - q) / 100)": "This is the slow pair; the first pair is still to be added.",
    "math.sin(p) * math.sin(q) + math.sin(p/100) * math.sin(q/100)": "Only the sines are multiplied.",
    "math.cos(p) * math.cos(q) + math.cos(p/100) * math.cos(q/100)": "Only the cosines are multiplied.",
    "math.cos(math.radians(p - q)) + math.cos(math.radians((p - q) / 100))": "The angles are taken in "
    "degrees; they are radians.",
    "(math.cos(p - q) + math.cos((p - q) / 100)) / 2": "This is the cosine of the two, divided by their "
    "lengths, √2 each; the plain dot product is asked for.",
    "math.cos(p + q) + math.cos((p + q) / 100)": "A sign is turned: cos(p − q) has a plus between its "
    "products.",
    "math.cos(p - q) + math.cos((p - q) / 10_000)": "The slow wave is 100 times slower, not 10,000: its "
    "exponent is 2·1/4.",
}
CALCULATIONS = [compile(text, "<calculation>", "eval") for text in SLIPS]


def given(draw):
    """Two places, at which no wrong calculation comes near the right one or another."""
    while True:
        places = {"p": draw.integer(20, 90), "q": draw.integer(1, 19)}
        wrong = sorted([product(**places), *(eval(c, {"math": math}, places) for c in CALCULATIONS)])
        if all(high - low > 0.005 * max(abs(high), abs(low)) for low, high in itertools.pairwise(wrong)):
            return places


exercise = Number(
    given=given,
    value=product,
    slips=SLIPS,
    also_right=["math.cos(p - q) + math.cos((p - q) / 100)"],
    words={"fast": "the fast pair", "slow": "the slow pair"},
    points=2,
    difficulty=2,
    minutes=4,
    hints=[
        "Four products, added up: sine with sine and cosine with cosine, for each of the two waves.",
        "Is there a rule for sin a sin b + cos a cos b? It saves half of the work, and says something.",
    ],
)
