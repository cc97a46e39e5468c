"""Answers to `memory_order`; with each wrong one, what was once said of it by hand."""

WRONG = [
    (["a", "d", "b", "e", "c"], "The order is turned round: from the largest to the smallest."),
    (
        ["e", "b", "d", "a", "c"],
        "The attention matrix is put last. It will be, but L = 784 is smaller than d and n, so L·L is "
        "the smallest of all.",
    ),
    (
        ["c", "e", "b", "a", "d"],
        "The weights of the two layers are swapped: attention has four matrices, the MLP two.",
    ),
    (["c", "b", "e", "d", "a"], "X and the hidden units are swapped: X is d wide, the hidden units n."),
    (
        ["e", "b", "c", "d", "a"],
        "The attention matrix is put between the activations and the weights: L is smaller than d and "
        "n, so it comes before X.",
    ),
    (
        ["e", "c", "b", "d", "a"],
        "X is put before the attention matrix: L is smaller than d, so L·L is smaller than L·d.",
    ),
    (
        ["d", "a", "c", "e", "b"],
        "Weights are put before activations. With a few hundred tokens the weights are larger: they "
        "have d·n entries, L·n is less.",
    ),
    (
        ["d", "a", "e", "b", "c"],
        "Weights are put before activations. With a few hundred tokens the weights are larger: they "
        "have d·n entries, L·n is less.",
    ),
]

RIGHT = [
    ["c", "e", "b", "d", "a"],
    ("c", "e", "b", "d", "a"),
    ["C", "E", "B", "D", "A"],
    ["(c)", "(e)", "(b)", "(d)", "(a)"],
    "c, e, b, d, a",
    "C E B D A",
]
