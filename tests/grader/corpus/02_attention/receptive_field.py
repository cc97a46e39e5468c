"""Answers to `receptive_field`; with each wrong one, what was once said of it by hand."""

WRONG = [
    (["a", "d", "b", "c"], "This is the opposite order: the one that needs the most layers comes first."),
    (
        ["c", "d", "b", "a"],
        "Doubling beats a wider window: 1 + 2 + 4 + … + 64 = 127 reaches 98 in 7 layers; 7-wide needs "
        "98 / 3, that is 33.",
    ),
    (
        ["c", "b", "a", "d"],
        "A 7-wide layer adds three tokens on each side, a 3-wide one adds a single token: 33 layers "
        "against 98.",
    ),
    (
        ["b", "c", "d", "a"],
        "One layer of attention compares the middle token with all 197 at once: nothing needs fewer "
        "than one layer.",
    ),
]

RIGHT = [
    ["c", "b", "d", "a"],
    ("c", "b", "d", "a"),
    ["C", "B", "D", "A"],
    ["(c)", "(b)", "(d)", "(a)"],
    "c, b, d, a",
    "C B D A",
]
