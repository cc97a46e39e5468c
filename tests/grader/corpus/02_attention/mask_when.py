"""Answers to `mask_when`; with each wrong one, what was once said of it by hand."""

WRONG: list[tuple[object, str]] = []  # none was listed

RIGHT = [
    ["b", "c", "e"],
    ("b", "c", "e"),
    ["B", "C", "E"],
    ["(b)", "(c)", "(e)"],
    "b, c, e",
    "B C E",
    ["e", "c", "b"],
]
