"""Answers to `four_times`; with each wrong one, what was once said of it by hand."""

WRONG: list[tuple[object, str]] = []  # none was listed

RIGHT = [
    ["b", "d", "e"],
    ("b", "d", "e"),
    ["B", "D", "E"],
    ["(b)", "(d)", "(e)"],
    "b, d, e",
    "B D E",
    ["e", "d", "b"],
]
