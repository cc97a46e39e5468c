"""Greedy, and the best

After "begin", a model gives word A the probability `given.first_a`, word B `given.first_b`. After A, its
likeliest last word has `given.then_a`; after B, `given.then_b`. **Greedy** decoding takes the likeliest word
each time, so it begins with A. How many times as probable as its sentence is the best sentence that begins
with B?
"""

import math

from grader.exercise import Number

RATIO = "first_b*then_b / (first_a*then_a)"
SLIPS = {
    "first_a*then_a / (first_b*then_b)": "This is the other way round: greedy's sentence over the best one.",
    "first_b / first_a": "Only the first words are compared; a sentence is both of its words.",
    "then_b / then_a": "Only the last words are compared; a sentence is both of its words.",
    "(first_b + then_b) / (first_a + then_a)": "Probabilities of one word after another are multiplied, "
    "not "
    "added.",
    "first_b*then_b": "This is the probability of the sentence that begins with B; divide by greedy's.",
    "first_b*then_b - first_a*then_a": "This is the difference of the two; how many *times* is a ratio.",
    "log(first_b*then_b) / log(first_a*then_a)": "These are logarithms over each other: a ratio of "
    "probabilities is a *difference* of logarithms.",
    "log(first_b*then_b) - log(first_a*then_a)": "This is the ratio's logarithm: take the exponential.",
}


def given(draw):
    """Greedy is wrong by a clear factor, and no slip comes near another value."""
    while True:
        hundredths = [draw.integer(*ends) for ends in ((46, 55), (36, 44), (31, 50), (75, 96))]
        first_a, first_b, then_a, then_b = (number / 100 for number in hundredths)
        ratio = first_b * then_b / (first_a * then_a)
        values = dict(first_a=first_a, first_b=first_b, then_a=then_a, then_b=then_b)
        others = [eval(slip, vars(math), dict(values)) for slip in SLIPS]
        if ratio > 1.2 and all(abs(other - ratio) > 0.02 for other in others):
            return values


exercise = Number(
    given=given,
    value=RATIO,
    unit="times",
    slips=SLIPS,
    points=2,
    difficulty=1,
    minutes=3,
    hints=[
        "How probable is a sentence of two words? Each word is drawn after the one before.",
        "Work out both sentences' probabilities; then divide, the better one above.",
    ],
)
