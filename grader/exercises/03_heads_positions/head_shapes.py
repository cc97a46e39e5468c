"""Follow the shapes

Two sentences of ten tokens, each token 32 numbers wide, go through four heads. Do it on paper.
"""

from grader.exercise import Matching

exercise = Matching(
    question="X is (B, L, d) = (2, 10, 32) and there are h = 4 heads. Which shape has each of these?",
    left={
        "a": "Q, split into heads",
        "b": "Kᵀ, as it meets Q",
        "c": "the scores",
        "d": "the output, its heads merged",
    },
    right={
        "1": "(2, 10, 32)",
        "2": "(2, 4, 10, 8)",
        "3": "(2, 4, 8, 10)",
        "4": "(2, 4, 10, 10)",
        "5": "(2, 10, 10)",
        "6": "(2, 4, 10, 32)",
        "7": "(2, 10, 4, 8)",
    },
    pairs={"a": "2", "b": "3", "c": "4", "d": "1"},
    why={
        (
            "a",
            "7",
        ): "So the numbers lie after cutting; for `@`, tokens and width must be the *last* two axes.",
        ("a", "6"): "The heads share the width: 32 numbers make four heads of 8, and not four of 32.",
        ("c", "5"): "That is one table for each sentence; each head makes a table of its own.",
        ("d", "6"): "Four outputs of width 8 lie side by side again: 4 · 8 = 32.",
    },
    points=1,
    difficulty=1,
    minutes=3,
    hints=[
        "How wide is one head, if four of them share 32 numbers?",
        "`@` multiplies the last two axes and takes all axes in front as a batch: here sentences and heads.",
    ],
)
