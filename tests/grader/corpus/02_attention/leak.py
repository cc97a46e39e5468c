"""Answers to `leak`; with each wrong one, what was once said of it by hand."""

WRONG = [
    ("a", "Look at the figure: the two curves differ at every β, so the winner did change."),
    ("b", "Its weight is the largest of the row; it is near one only for a large β."),
    (
        "c",
        "Look at the left end of your figure: the weights are nearly equal there, and the gap is at "
        "its widest. When the evidence is thin, one vote that is always right decides many cases.",
    ),
]

RIGHT = [
    ["d"],
    ("d",),
    ["D"],
    ["(d)"],
    "d",
    "D",
]
