"""One weight by hand

`given.query`, `given.key_a` and `given.key_b` are three patches of your own, two pixels each. Your query
chooses between the two keys. Which weight does it give to **key A**? Work it out by hand or line by line
in Python; four digits are enough.
"""

import itertools
import math

from grader.exercise import Number


def weight(query, key_a, key_b):
    similarity_a = query[0] * key_a[0] + query[1] * key_a[1]
    similarity_b = query[0] * key_b[0] + query[1] * key_b[1]
    affinity_a, affinity_b = similarity_a / math.sqrt(2), similarity_b / math.sqrt(2)
    return math.exp(affinity_a) / (math.exp(affinity_a) + math.exp(affinity_b))


def of(a, b):
    """The softmax's share of a beside b."""
    return f"exp({a}) / (exp({a}) + exp({b}))"


A1, B1 = "query[0]*key_a[0]", "query[0]*key_b[0]"
A, B = f"({A1} + query[1]*key_a[1])", f"({B1} + query[1]*key_b[1])"
WEIGHT = of(f"{A} / sqrt(2)", f"{B} / sqrt(2)")
SLIPS = {
    of(f"{B} / sqrt(2)", f"{A} / sqrt(2)"): "This is the weight of the other key, B.",
    of(A, B): "The similarities are not divided by √d, here √2.",
    of(f"{A} / 2", f"{B} / 2"): "The similarities are divided by d, here 2, and not by its root.",
    of(f"{A} * sqrt(2)", f"{B} * sqrt(2)"): "The similarities are multiplied by √2, not divided.",
    of(f"{A1} / sqrt(2)", f"{B1} / sqrt(2)"): "Only the first pixel of each patch is used: take both.",
    f"{A} / ({A} + {B})": "This is a share of the similarities: there is no exponential.",
    f"exp({A} / sqrt(2))": "This is the exponential of A's affinity; it is still to be divided by the sum of "
    "both.",
    f"exp(({A} - {B}) / sqrt(2))": "This is one exponential over the other; the sum of both belongs below.",
    f"{A} / sqrt(2)": "This is the affinity of A, before the softmax.",
    A: "This is the similarity with A, a dot product, before everything else.",
    f"100 * {WEIGHT}": "This is in per cent; a number between 0 and 1 is asked for.",
    f"{WEIGHT} / sqrt(2)": "The softmax comes first here and the division by √2 after it: it belongs inside.",
}
CROSSED = [f"(query[0]*{key}[1] + query[1]*{key}[0]) / sqrt(2)" for key in ("key_a", "key_b")]
FAR = [f"-hypot(query[0] - {key}[0], query[1] - {key}[1])" for key in ("key_a", "key_b")]
ITSELF = "exp((query[0]**2 + query[1]**2) / sqrt(2))"
WRONG = (
    *SLIPS,
    of(*CROSSED),
    of(*FAR),
    f"exp({A} / sqrt(2)) / (exp({A} / sqrt(2)) + exp({B} / sqrt(2)) + {ITSELF})",
)
CALCULATIONS = [compile(text, "<calculation>", "eval") for text in WRONG]


def given(draw):
    """Three patches in hundredths: the weight is no foregone conclusion, and no wrong one is near."""
    while True:
        pixels = [hundredths / 100 for hundredths in draw.shuffled(range(111, 400, 4))[:6]]
        patches = dict(query=pixels[:2], key_a=pixels[2:4], key_b=pixels[4:])
        wrong = [eval(calculation, vars(math), patches) for calculation in CALCULATIONS]
        if 0.15 < weight(**patches) < 0.85 and _far_apart([weight(**patches), *wrong]):
            return patches


def _far_apart(values):
    return all(high - low > 0.005 * abs(high) for low, high in itertools.pairwise(sorted(values)))


exercise = Number(
    points=2,
    difficulty=1,
    minutes=3,
    given=given,
    value=weight,
    words={
        "similarity_a": "A's similarity",
        "similarity_b": "B's similarity",
        "affinity_a": "A's affinity",
        "affinity_b": "B's affinity",
    },
    slips=SLIPS,
    hints=[
        "Three steps, in this order: two similarities, two affinities, one softmax.",
        "A similarity is a dot product: first times first plus second times second. An affinity is that over "
        "√2.",
        "The weight of A is exp(affinity of A) divided by the sum of exp(affinity) over A and B.",
    ],
)
