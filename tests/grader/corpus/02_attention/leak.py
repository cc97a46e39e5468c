"""Answers to `leak`; with each wrong one, what was once said of it by hand."""

WRONG = [
    ("a", "Look at the figure: the two curves differ at β = 300, so the winner did change."),
    ("b", "Its weight is the largest of the row; it is near one only for a large β."),
    ("d", "At β = 1 the own key weighs no more than any other: the curves differ least there."),
]

RIGHT = [
    ["c"],
    ("c",),
    ["C"],
    ["(c)"],
    "c",
    "C",
]
