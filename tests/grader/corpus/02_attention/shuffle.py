"""Answers to `shuffle`; with each wrong one, what was once said of it by hand."""

WRONG = [
    (
        "a",
        "Nowhere in the formula does it matter who stands beside whom: each pair of tokens has its "
        "score, near or far.",
    ),
    ("b", "The query moves with its token, and row i of the output belongs to query i."),
    ("d", "It sums over the same tokens in another order, and a sum does not depend on the order."),
]

RIGHT = [
    ["c"],
    ("c",),
    ["C"],
    ["(c)"],
    "c",
    "C",
]
