"""Which shape comes out?"""

from grader.exercise import Matching

exercise = Matching(
    question="Two tensors are added, or divided, entry by entry. Write both shapes aligned from the "
    "**right**. "
    "Which shape has the result?",
    left={
        "a": "(4, 1) + (3,)",
        "b": "(64,) − (64, 1)",
        "c": "(5, 3) / (5,)",
        "d": "(2, 1, 3) + (4, 1)",
        "e": "(5, 5) / (5,)",
    },
    right={"1": "(64,)", "2": "(64, 64)", "3": "(4, 3)", "4": "(5, 5)", "5": "(2, 4, 3)", "6": "an error"},
    pairs={"a": "3", "b": "2", "c": "6", "d": "5", "e": "4"},
    why={
        ("b", "1"): "(64,) stands under the *last* axis of (64, 1), which is 1 and is stretched: each of 64 "
        "numbers less each of 64 numbers.",
        ("c", "4"): "Aligned from the right, 5 stands under 3: neither is 1, so nothing can be stretched.",
        ("e", "6"): "It runs: 5 stands under 5. It divides column j by number j, which is wrong if row i was "
        "meant, and no error tells you.",
    },
    points=2,
    difficulty=2,
    minutes=4,
    hints=[
        "Under each other, from the right: two lengths fit if they are equal, or if one of them is 1 or "
        "missing.",
        "The result takes the longer of the two lengths, axis by axis.",
    ],
)
