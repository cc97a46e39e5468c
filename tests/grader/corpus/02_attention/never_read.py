"""Answers to `never_read`; with each wrong one, what is wrong with it."""

WRONG = [
    ("a", "They are read at β = 1,000, from the same scores."),
    ("c", "All weights are nearly equal at β = 1."),
    ("d", "As many of each digit ask."),
]

RIGHT = [["b"], ("b",), ["B"], ["(b)"], "b", "B"]
