"""Answers to `sharper`; with each wrong one, what was once said of it by hand."""

WRONG = [
    (
        "b",
        "That makes the output ten times as large. The output is a weighted mean of the values, sharp "
        "or not: it stays among them when the queries grow.",
    ),
    ("c", "Weights sum to one before and after. Ten times the scores is not ten times the weights."),
    (
        "d",
        "That makes every score smaller, by √10: flatter weights. Ten times the query makes the scores "
        "larger.",
    ),
]

RIGHT = [
    ["a"],
    ("a",),
    ["A"],
    ["(a)"],
    "a",
    "A",
]
