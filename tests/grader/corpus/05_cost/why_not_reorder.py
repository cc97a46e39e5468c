"""Answers to `why_not_reorder`; with each wrong one, what was once said of it by hand."""

WRONG = [
    ("a", "The softmax does a handful of operations for each score; making one score takes 2n."),
    ("c", "A softmax takes a matrix of any shape. Over Kᵀ V it runs, and gives something else."),
    (
        "d",
        "The results differ. Moving the parentheses is allowed between products; the softmax stands in "
        "between.",
    ),
]

RIGHT = [
    ["b"],
    ("b",),
    ["B"],
    ["(b)"],
    "b",
    "B",
]
