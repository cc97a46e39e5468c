"""Answers to `smaller_patches`; with each wrong one, what was once said of it by hand."""

WRONG = [
    ("a", "Half as wide *and* half as high: four patches where one was."),
    (
        "b",
        "Four times the tokens is right, and four times the projections and the MLP. The part with L² "
        "grows more.",
    ),
    (
        "d",
        "16 is what the attention matrix grows by. Most of the price is projections and MLP, which "
        "grow 4 times.",
    ),
]

RIGHT = [
    ["c"],
    ("c",),
    ["C"],
    ["(c)"],
    "c",
    "C",
]
