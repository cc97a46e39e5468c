"""Answers to `hard_gradient`; with each wrong one, what was once said of it by hand."""

WRONG = [
    ("a", "Slowly would need a small gradient. You saw exact zeros: 1,000 steps along zero lead nowhere."),
    (
        "c",
        "The winning value reaches the output with weight one, so the loss does have a gradient for "
        "it, and for Wv.",
    ),
    (
        "d",
        "At the jump there is no derivative, and beside it the derivative is zero: autograd never sees "
        "the jump.",
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
