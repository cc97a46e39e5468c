"""The bottom learns slowly

Fine-tuning with layer-wise decay: the head has the whole rate r, and every step down from it multiplies by g.
A ViT has n layers, numbered 1 … n from the bottom; below them lies the embedding (patches, CLS, positions).
Which rate has **layer i**? Work the number out for your r, g, n and i, to four digits.
"""

from grader.exercise import Number

exercise = Number(
    given=lambda draw: {
        "r": draw.integer(2, 9) / 1000,
        "g": draw.integer(60, 90) / 100,
        "n": 2 * draw.integer(6, 12),  # both even, the power odd: (1 − g) and (g − 1) to it differ
        "i": 2 * draw.integer(1, 2),
    },
    value="r * g**(n + 1 - i)",
    slips={
        "r * g**(n - i)": "This gives the last layer, i = n, the whole rate: it is one step below the head.",
        "r * g**i": "It falls from the bottom up: the head would learn most slowly.",
        "r * g**(n + 2 - i)": "One step too many: layer n is one step below the head.",
        "r * g * (n + 1 - i)": "Each step *multiplies* by g: a power.",
        "r * (1 - g)**(n + 1 - i)": "Each step multiplies by g, and not by 1 − g: g is what is left.",
        "g**(n + 1 - i)": "This is the factor; the rate of the head, r, belongs in front.",
    },
    points=2,
    difficulty=2,
    minutes=5,
    hints=[
        "How many steps down is it from the head to layer n? And to layer n − 1?",
        "By this count, how many steps is it to the embedding, which is like a layer 0?",
    ],
)
