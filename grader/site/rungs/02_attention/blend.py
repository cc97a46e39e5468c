"""One blend of values

Each value is a vector, and each has a weight; the weights sum to one. The result is
their blend: every vector times its weight, all added up, number by number.
"""

from grader.site.rung import Rung


def blend(weights, values):
    """weights: L numbers, values: L lists of d numbers -> a list of d numbers"""
    result = [0.0] * len(values[0])
    for weight, value in zip(weights, values):
        result = [total + weight * number for total, number in zip(result, value)]
    return result


def weighted(draw, L, d):
    parts = [draw.integer(1, 9) for _ in range(L)]
    values = [[draw.integer(-9, 9) for _ in range(d)] for _ in range(L)]
    return {"weights": [part / sum(parts) for part in parts], "values": values}


rung = Rung(
    blend,
    before="attention",
    cases={
        "three values": lambda draw: weighted(draw, 3, 2),
        "as many numbers as values": lambda draw: weighted(draw, 4, 4),
    },
    slips={
        "total + weight * number -> total + number": (
            "The weights are not used: this is the sum of all values."
        ),
        "return result -> return [total / len(values) for total in result]": (
            "Divided by how many values there are, once too often: the weights sum to one already."
        ),
        "return result -> return values[weights.index(max(weights))]": (
            "Only the value with the largest weight is handed over: that is hard attention."
        ),
        "return result -> return [weight * sum(value) for weight, value in zip(weights, values)]": (
            "The numbers inside each value are added up; add number 0 of all values, then number 1, …"
        ),
    },
    also_right=[
        "return result -> return [sum([w * v[n] for w, v in zip(weights, values)]) for n in "
        "range(len(values[0]))]",
    ],
    hints=[
        "The result has as many numbers as one value has.",
        "Its first number is the sum of weight · (first number of the value).",
    ],
)
