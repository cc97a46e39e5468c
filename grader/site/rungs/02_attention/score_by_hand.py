"""One query, some keys

Before the tensors: one query and some keys, each a list of d numbers. The score of a key
is its dot product with the query, divided by √d.
"""

from grader.site.rung import Rung


def score_by_hand(query, keys):
    """The scores of one query with each key.

    query: d numbers, keys: a list of lists of d numbers -> a list with one score a key
    """
    scores = []
    for key in keys:
        product = sum(q * k for q, k in zip(query, key))
        scores.append(product / len(query) ** 0.5)
    return scores


def vectors(draw, count, d):
    one, *others = [[draw.integer(-4, 4) for _ in range(d)] for _ in range(count + 1)]
    return {"query": one, "keys": others}


rung = Rung(
    score_by_hand,
    before="similarities",
    cases={
        "three keys of four numbers": lambda draw: vectors(draw, 3, 4),
        "five keys of nine numbers": lambda draw: vectors(draw, 5, 9),
    },
    slips={
        "product / len(query) ** 0.5 -> product": (
            "The root of d is missing: these are the bare dot products."
        ),
        "len(query) ** 0.5 -> len(query)": "Divided by d; it should be its root.",
        "len(query) ** 0.5 -> len(keys) ** 0.5": (
            "Divided by the root of how many keys there are; d is the length of the query."
        ),
        "product / len(query) ** 0.5 -> product * len(query) ** 0.5": (
            "Multiplied by the root of d, where it should be divided."
        ),
    },
    also_right=[
        "sum(q * k for q, k in zip(query, key)) -> sum([query[n] * key[n] for n in range(len(query))])",
    ],
    hints=[
        "A dot product: multiply number by number, and add up. zip(query, key) gives the pairs.",
        "len(query) is d, and len(query) ** 0.5 its root.",
    ],
)
